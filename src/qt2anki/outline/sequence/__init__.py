"""Decide whether a list is a process, from weighted evidence in the list and around it."""
