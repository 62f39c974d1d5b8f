"""Turn outlines into notes: choose what to ask, reject the rest, and name each note."""
