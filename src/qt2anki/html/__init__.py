"""Turn Markdown fragments into safe HTML for Anki fields."""
