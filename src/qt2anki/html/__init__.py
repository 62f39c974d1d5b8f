"""From Markdown fragments to safe HTML for Anki fields."""
