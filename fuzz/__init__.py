"""Fuzzing, run with -m from the checkout, never installed."""
