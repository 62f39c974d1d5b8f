"""Check pages without building, and report everything an author should know at once."""
