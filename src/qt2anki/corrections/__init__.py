"""Corrections that people make to cards, kept in files beside the settings."""
