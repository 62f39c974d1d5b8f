"""Anki's formats and rules: note types, templates, cards, clozes, packages."""
