"""Stateful helpers that threads must not share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from typing import Generic, TypeVar

Helper = TypeVar("Helper")


class PerThread(threading.local, Generic[Helper]):
    """Call *make* once per thread, and cache the result for that thread."""

    def __init__(self, make: Callable[[], Helper]) -> None:  # called again in every thread
        self._cached = cache(make)

    def __call__(self) -> Helper:
        """Return the helper of this thread."""
        return self._cached()
