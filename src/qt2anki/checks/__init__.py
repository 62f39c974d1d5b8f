"""Check pages without building: report everything an author should know, all at once.

A rule is a generator that yields the problems of one page; to add one, add a function to the tuple
``RULES`` of its module, a code to messages.toml, and a case to tests/data/checks.md, or for front
matter to tests/checks/test_pages.py.
"""
