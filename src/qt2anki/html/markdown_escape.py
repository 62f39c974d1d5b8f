"""Text put into Markdown that we write ourselves, where it must stay text."""

from __future__ import annotations

import re

from qt2anki.messages import visible

_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~])")


def escape_markdown(text: str) -> str:
    """Return a line of text as Markdown that shows it; not for the start of a line."""
    return _SIGNS.sub(r"\\\1", visible(text))
