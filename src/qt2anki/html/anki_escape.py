r"""Escape commands of Anki in text: ``{{``, ``}}``, ``::``, ``\(``, ``\[``, ``[sound:``.

Anki looks for cloze deletions and math in the HTML of a field as it is written, so a character
reference hides what it stands for (anki/rslib, cloze.rs: the first ``::`` splits off a hint, the
first ``}}`` closes; math is ``\\[(\[](.*?)\\[\])]``). MathJax sees the page after references are
resolved, but leaves ``<code>`` and ``<pre>`` alone and reads no delimiter across a tag.

Sounds, speech and LaTeX pictures are found in the HTML of a card as it is written, too (anki/rslib,
card_rendering/parser.rs and latex.rs), and so is a box to type in (anki/qt, reviewer.py).
"""

from __future__ import annotations

import html
import re
from typing import Final, Literal

from qt2anki.messages import visible

CONTROLS: Final = "\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
"""Characters that no field may hold, as a class of an expression has them."""

_MAY_ACT = re.compile(r"[{}:\\\[]")
_CONTROL = re.compile(f"[{CONTROLS}]")
_BRACES_AND_COLONS = re.compile(r"[{}]|::+")
_MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~])")
_MATH_DELIMITER = re.compile(r"\\(?=[()\[\]])")
_DIRECTIVE = re.compile(r"\[(?=/?(?:sound:|anki:|latex\]|\$\$?\])|\[type:)", re.IGNORECASE)


def without_controls(text: str) -> str:
    r"""Drop characters that fields cannot have; ``\x1f`` would end one (anki/rslib, notes.rs)."""
    return _CONTROL.sub("", text)


def escape(text: str) -> str:
    """Return *text* with the three special characters of HTML text escaped."""
    return html.escape(text, quote=False)


def text_html(text: str) -> str:
    """Return plain text, such as a subject, as HTML that shows exactly that."""
    return defuse(escape(without_controls(text)))


def defuse(safe_html: str, *, where: Literal["text", "code"] = "text") -> str:
    """Escape everything in the text and attributes of *safe_html* that Anki or MathJax acts on.

    All braces are written as references, so that even one at the very end may be directly
    before the ``}}`` of a cloze deletion.
    """
    if not _MAY_ACT.search(safe_html):
        return safe_html
    backslash = "&#92;" if where == "code" else "<span>&#92;</span>"
    hidden = _BRACES_AND_COLONS.sub(
        lambda found: "".join(f"&#{ord(character)};" for character in found[0]),
        without_directives(safe_html),
    )
    return _MATH_DELIMITER.sub(backslash, hidden)


def without_directives(safe_html: str) -> str:
    """Escape everything in *safe_html* that Anki plays, speaks, typesets or asks to type."""
    return _DIRECTIVE.sub("&#91;", safe_html)


def escape_markdown(text: str) -> str:
    """Return a line of text as Markdown that shows it; not for the start of a line."""
    return _MARKDOWN_SIGNS.sub(r"\\\1", visible(text))
