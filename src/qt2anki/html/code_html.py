"""Code for Anki: one ``<pre><code>`` with classes for the style sheet to colour."""

from __future__ import annotations

import re
import threading
from functools import cache, lru_cache

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from qt2anki.html.anki_escape import defuse, escape, without_controls

_LANGUAGE = re.compile(r"[^a-z0-9+#._-]")
_BLANK_SPAN = re.compile(r'<span class="w">(\s*)</span>')
_LEXERS = {"assembly": "nasm", "basic": "qbasic", "c++": "cpp", "pseudocode": "", "text": ""}
# Lexers are free to go back; beyond this no listing is read by a student anyway.
_LONGEST = 20_000
# Lexers keep state, and complete their classes when first used, also for the languages inside.
_PYGMENTS = threading.Lock()


@lru_cache(maxsize=1024)
def code_html(text: str, language: str) -> str:
    """Return a listing as HTML; *language* is the word after the fence, "" for none.

    The language stays as a class (``language-python``) whether Pygments knows it or not; without
    one, or with an unknown one, the text is not coloured. No guess is made.
    """
    clean = without_controls(text.expandtabs(4)).strip("\n")
    name = _LANGUAGE.sub("", language.lower())
    with _PYGMENTS:
        lexer = _lexer(name) if len(clean) <= _LONGEST else None
        body = _coloured(clean, lexer) if lexer else escape(clean)
    attribute = f' class="language-{name}"' if name else ""
    return f"<pre><code{attribute}>{defuse(body, where='code')}</code></pre>"


def inline_code_html(text: str) -> str:
    """Return a code span as HTML; line ends become spaces (CommonMark 0.31, section 6.1)."""
    joined = without_controls(text.replace("\n", " "))
    if len(joined) > 2 and joined[0] == joined[-1] == " " and joined.strip():
        joined = joined[1:-1]
    return f"<code>{defuse(escape(joined), where='code')}</code>"


@cache
def _lexer(name: str) -> Lexer | None:
    try:
        return get_lexer_by_name(_LEXERS.get(name, name), stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _coloured(text: str, lexer: Lexer) -> str:
    return _BLANK_SPAN.sub(r"\1", highlight(text, lexer, _formatter())).rstrip("\n")


@cache
def _formatter() -> HtmlFormatter[str]:
    return HtmlFormatter(nowrap=True)
