"""Review cards in the browser: read them one by one, and write what was decided."""
