"""From pages to packages: what is stale is made again, and everything else comes from the cache."""

from __future__ import annotations

from typing import Final

CACHE_FOLDER: Final = ".qt2anki-cache"
"""The name of the cache in the output folder."""
