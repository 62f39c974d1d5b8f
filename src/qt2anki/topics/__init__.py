"""Topics: the parts of a large subject, their names, and pages with nearly the same question."""
