"""Read files as pages: discovery, front matter, escapes, pictures, the catalog."""
