r"""Render code and math for Anki.

Code is one ``<pre><code>`` with classes for the style sheet to color. Math is in ``\(...\)`` and
``\[...\]``, the only delimiters that Anki hands to MathJax.

Anki finds the math of a field by a search that does not understand TeX, and ends a cloze deletion
at the first ``}}``, so formulas must not contain their delimiters. The changes made here are
invisible in TeX: spaces between braces in math mode, character references in text mode, where a
space would be visible.
"""

from __future__ import annotations

import re
import threading
from functools import cache, lru_cache
from pathlib import Path

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from qt2anki.html.anki_escape import defuse, escape, without_controls, without_directives

# "\%" and "\\" are one token, as for TeX.
_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\[\s\S]|[{}%#]|:|[^\\{}%#:]+|\\")
_TEXT_MACRO = re.compile(r"\\(?:text[a-z]*|[mhf]box|ce|pu|tag|intertext|shortintertext)\*?\Z")
_DELIMITERS = frozenset(("\\(", "\\)", "\\[", "\\]"))
_NAMED = re.compile(r"\\([A-Za-z]+|[-*+?@0-9]|[\s\S])")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)[ \t]*+\{([^{}]*+)\}")
# A color is a name, a code or numbers: "url(...)" would send a request.
_COLOR = re.compile(
    r"\\(?:color|textcolor|colorbox)(?![A-Za-z])\s*+(?:\[[\w ]{0,20}\])?+\s*+"
    r"(?!\{[\w#., !-]{0,60}\}|[A-Za-z])"
)
_LINE_BREAK = re.compile(r"(?<!\s)\s*\n\s*")
_DATA = Path(__file__).with_name("data")


@lru_cache(maxsize=4096)
def math_html(tex: str, *, display: bool = False) -> str:
    r"""Return the formula *tex*, given without delimiters, as HTML for a field.

    A formula that Anki cannot typeset (unbalanced braces, a math delimiter inside), or with
    commands that are not known to affect only this formula, is shown as source in ``<code>``.
    """
    source = _LINE_BREAK.sub(" ", without_controls(tex)).strip()
    written = _Writer().write(source) if _is_allowed(source) else ""
    if not written:
        return f"<code>{defuse(escape(source), where='code')}</code>" if source else ""
    set_by_mathjax = without_directives(written)
    return f"\\[{set_by_mathjax}\\]" if display else f"\\({set_by_mathjax}\\)"


def _is_allowed(source: str) -> bool:
    commands, environments = mathjax_names()
    used = {name for name in _NAMED.findall(source) if name.isalnum() or name in "-*+?@"}
    return (
        used <= commands
        and used.isdisjoint(_unsafe_commands())
        and environments.issuperset(name.strip() for name in _ENVIRONMENT.findall(source))
        and not _COLOR.search(source)
    )


@cache
def mathjax_names() -> tuple[frozenset[str], frozenset[str]]:
    """Return the commands and environments that MathJax in Anki supports."""
    commands, environments = _table("mathjax.txt").split("\n\n")
    return frozenset(commands.split()), frozenset(environments.split())


@cache
def _unsafe_commands() -> frozenset[str]:
    return frozenset(_table("unsafe-commands.txt").split())


def _table(name: str) -> str:
    lines = (_DATA / name).read_text(encoding="utf-8").split("\n")
    return "\n".join(line for line in lines if not line.startswith("#"))


class _Writer:
    """Writes one formula token by token; ``write`` returns "" if it must not be typeset."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.modes: list[bool] = []  # one entry per open brace: is it in text mode
        self.macro = ""  # the control word directly before the current token

    def write(self, source: str) -> str:
        for piece in _TOKEN.findall(source):
            if piece in _DELIMITERS or piece == "\\" or (piece == "}" and not self.modes):
                return ""
            self._put(piece)
        return "" if self.modes else "".join(self.out)

    def _put(self, piece: str) -> None:
        if piece == "{":
            self._put_apart("{")
            self.modes.append(self._in_text() or _TEXT_MACRO.match(self.macro) is not None)
        elif piece == "}":
            self._put_apart("}")
            self.modes.pop()
        elif piece == ":":
            self._put_apart(":")
        elif piece in ("%", "#"):
            # A bare "%" would hide the rest of the line from TeX, "#" is an error in math.
            self.out.append(f"\\{piece}")
        else:
            if self._last() == "\\" and piece[0] in "()]":
                self.out.append(" ")  # a row end and a bracket look like "\)" to Anki
            self.out.append(escape(piece))
        self.macro = piece if piece[0] == "\\" else self.macro if piece.isspace() else ""

    def _put_apart(self, character: str) -> None:
        """Add a brace or colon, separated from an equal one before it."""
        if self._last() != character:
            self.out.append(character)
        elif self._in_text():
            self.out.append(f"&#{ord(character)};")
        else:
            self.out.append(f" {character}")

    def _in_text(self) -> bool:
        return bool(self.modes) and self.modes[-1]

    def _last(self) -> str:
        return self.out[-1][-1] if self.out else ""


_LANGUAGE = re.compile(r"[^a-z0-9+#._-]")
_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)
_BLANK_SPAN = re.compile(r'<span class="w">(\s*)</span>')
_LEXERS = {"assembly": "nasm", "basic": "qbasic", "c++": "cpp", "pseudocode": "", "text": ""}
# Lexers may backtrack; students do not read longer listings anyway.
_LONGEST = 20_000
# Lexers keep state, and complete their classes when first used, also for the languages inside.
_PYGMENTS = threading.Lock()


@lru_cache(maxsize=1024)
def code_html(text: str, language: str) -> str:
    """Return a listing as HTML; *language* is the word after the fence, "" for none.

    The language is kept as a class (``language-python``) even if Pygments does not know it; without
    a language, or with an unknown one, the text is not colored. The language is never guessed.
    """
    clean = without_controls(text.expandtabs(4)).strip("\n")
    name = _LANGUAGE.sub("", language.lower())
    with _PYGMENTS:
        lexer = _lexer(name) if len(clean) <= _LONGEST else None
        body = escape(clean)
        if lexer:
            made = highlight(clean, lexer, _FORMATTER)
            # Whether quotes are written as references depends on the version of Pygments.
            made = made.replace("&quot;", '"').replace("&#39;", "'")
            body = _BLANK_SPAN.sub(r"\1", made).rstrip("\n")
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
