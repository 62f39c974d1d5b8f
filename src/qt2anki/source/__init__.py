"""From files to pages: discovery, front matter, escapes, pictures, the catalogue."""
