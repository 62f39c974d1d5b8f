"""Compare with the previous release: reconcile notes, retire notes, list differences."""
