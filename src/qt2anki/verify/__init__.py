"""Rehearse an import in real Anki, in a temporary collection.

This is the only part of the program that needs the ``anki`` wheel (``qt2anki[verify]``).
"""
