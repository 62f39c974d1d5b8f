"""Topics: the parts of a large subject, their names, and pages that ask nearly the same."""
