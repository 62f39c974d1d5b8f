"""Corrections that people make to cards, kept in files next to the settings."""
