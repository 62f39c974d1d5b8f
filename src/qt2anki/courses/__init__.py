"""Courses: pages of several subjects in a teacher's order, as a deck of their own."""
