r"""Math for Anki: ``\(...\)`` and ``\[...\]``, the only delimiters it hands to MathJax.

Anki takes the math of a field out by a search that knows no TeX and cuts a cloze deletion at the
first ``}}``, so a formula is written such that neither meets anything of theirs in it. Every
rewriting here is one that TeX does not show: spaces between braces in math mode, character
references in text mode, where a space would be seen.
"""

from __future__ import annotations

import re
from functools import lru_cache

from qt2anki.html.anki_escape import defuse, escape, without_controls, without_directives

# "\%" and "\\" are one token, as for TeX.
_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\[\s\S]|[{}%#]|:|[^\\{}%#:]+|\\")
_TEXT_MACRO = re.compile(r"\\(?:text[a-z]*|[mhf]box|ce|pu|tag|intertext|shortintertext)\*?\Z")
_DELIMITERS = frozenset(("\\(", "\\)", "\\[", "\\]"))
# What sets no formula but does something to the page around it (MathJax 3.2, ui/safe and the TeX
# packages html, mathtools, newcommand, unicode): an address or a style would let a page run a
# script or send a request from a learner's Anki, and a definition stays for all later cards.
_FORBIDDEN = frozenset(
    """
    bbox class cssId data fcolorbox href htmlClass htmlData htmlId htmlStyle includegraphics
    mathtip mmlToken mmltoken style texttip toggle unicode url
    autoload require setOptions setoptions
    DeclareMathOperator DeclarePairedDelimiter DeclarePairedDelimiterX DeclarePairedDelimiterXPP
    DeclarePairedDelimiters DeclarePairedDelimitersX DeclarePairedDelimitersXPP Newextarrow def
    definecolor edef futurelet gdef global let newcolumntype newcommand newenvironment newtagform
    providecommand renewcommand renewenvironment renewtagform usetagform xdef
    """.split()
)
_LINE_BREAK = re.compile(r"(?<!\s)\s*\n\s*")


@lru_cache(maxsize=4096)
def math_html(tex: str, *, display: bool = False) -> str:
    r"""Return the formula *tex*, given without delimiters, as HTML for a field.

    A formula that Anki cannot carry (unbalanced braces, a math delimiter inside) or that would do
    more than be seen (links, styles, definitions) is shown as its source, in ``<code>``, and
    never typeset.
    """
    source = _LINE_BREAK.sub(" ", without_controls(tex)).strip()
    written = _Writer().write(source)
    if not written:
        return f"<code>{defuse(escape(source), where='code')}</code>" if source else ""
    set_by_mathjax = without_directives(written)
    return f"\\[{set_by_mathjax}\\]" if display else f"\\({set_by_mathjax}\\)"


class _Writer:
    """Writes one formula token by token; ``write`` gives "" for one that must not be set."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.modes: list[bool] = []  # one entry per open brace: is it in text mode
        self.macro = ""  # the control word directly before the token at hand

    def write(self, source: str) -> str:
        for piece in _TOKEN.findall(source):
            if piece in _DELIMITERS or piece == "\\" or (piece == "}" and not self.modes):
                return ""
            if piece[0] == "\\" and piece[1:].removesuffix("*") in _FORBIDDEN:
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
        """Add a brace or colon so that it does not double the one before it."""
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
