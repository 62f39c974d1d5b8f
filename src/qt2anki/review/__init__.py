"""Review cards in the browser: show them one by one, and write decisions as corrections."""
