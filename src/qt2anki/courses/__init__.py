"""Courses: separate decks of pages from several subjects, in a teacher's order."""
