"""Fuzzing: run with -m from the checkout; it is not installed."""
