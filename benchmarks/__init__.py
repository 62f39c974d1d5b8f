"""Benchmarks of the build; each module prints one table (``python -m benchmarks``)."""
