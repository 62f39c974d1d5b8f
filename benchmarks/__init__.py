"""What the build is measured by; each module prints one table (``python -m benchmarks``)."""
