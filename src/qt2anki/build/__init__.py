"""Build packages from pages: stale ones are made again, all others come from the cache."""

from __future__ import annotations

from typing import Final

CACHE_FOLDER: Final = ".qt2anki-cache"
"""The name of the cache in the output folder."""
