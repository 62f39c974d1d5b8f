"""Outlines to notes: what to ask, what never to ask, and what a note is called."""
