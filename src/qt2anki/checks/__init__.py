"""Looks at pages without building anything: what a writer would want to know, all at once.

A rule is a generator that yields the problems of one page; adding one is adding a function to the
tuple ``RULES`` of its module, a code in messages.toml and a case in tests/data/checks.md.
"""
