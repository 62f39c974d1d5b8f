"""What a build knows from the one before, so that it does again only what is stale.

A cache is never memory: without it the same packages come out, only later. It lies beside the
packages, may be deleted at any time, and is thrown away whenever it is not what this program wrote
last (docs/performance.md).
"""

from __future__ import annotations

from typing import Final

CACHE_FOLDER: Final = ".qt2anki-cache"
"""What a cache is called in the folder of the packages."""
