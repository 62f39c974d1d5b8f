"""What is told to everybody who looks at a preview: the newest message, to each of them once."""

from __future__ import annotations

import threading


class News:
    """Holds the newest message; a late listener hears that one, and none of those before."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._number = 0
        self._text = ""
        self._is_over = False

    @property
    def is_over(self) -> bool:
        """Whether no news will ever come."""
        return self._is_over

    def tell(self, text: str) -> None:
        """Tell everybody; *text* is one line."""
        with self._changed:
            self._number += 1
            self._text = text
            self._changed.notify_all()

    def after(self, number: int, seconds: float) -> tuple[int, str] | None:
        """Wait for a message newer than *number* and return it with its own number.

        None when there was none for so many seconds, or there will be none.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._is_over or self._number > number, seconds)
            return (self._number, self._text) if self._number > number else None

    def end(self) -> None:
        """Let everybody go."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
