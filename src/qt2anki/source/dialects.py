"""Convert the additions of Obsidian, Hugo, Jekyll and other programs into plain Markdown.

Code and math are left as they are, and every line keeps its number, so that problems are found
where they are in the file. The replacements are in dialects.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from qt2anki.source.spans import find_spans

# Mark the places of code and math while the rest is changed; pages cannot contain them.
_OPEN, _CLOSE = "\U00100003", "\U00100004"
_SHELTERED = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")

_COMMENTS = (("<!--", "-->"), ("%%", "%%"), ("{% comment %}", "{% endcomment %}"))
_HIGHLIGHT = re.compile(
    r"^([ \t]*)\{%-?\s*(?:highlight\s+(\S{1,40})[^%\n]*|endhighlight\s*-?)%\}[ \t]*$", re.MULTILINE
)
# MkDocs and Docusaurus.
_INDENTED_NOTE = re.compile(r"(?:!!!|\?\?\?\+?)[ \t]+([\w-]+)[ \t]*(?:\"([^\"]*)\")?[ \t]*$")
_FENCED_NOTE = re.compile(
    r":::+[ \t]*\{?\.?(?:callout-)?([\w-]+)[^\[\]{}\n]*\}?[ \t]*(?:\[([^\]\n]*)\]|(.*))$"
)
_TAB = re.compile(r"===[!+]?[ \t]+\"([^\"]*)\"[ \t]*$")
_QUERY = re.compile(r"(?:`{3,}|~{3,})[ \t]*(?:dataview(?:js)?|query|tasks|button)\b")
_ATTRIBUTE = re.compile(r"\b(src|alt)=(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
# PHP Markdown Extra, GitHub and Pandoc: footnotes.
_NOTE = re.compile(
    r"^ {0,3}\[\^([^\]\s]{1,60})\]:[ \t]*([^\n]*"
    r"(?:\n(?:[ \t]*\n)?(?: {4}|\t)[^\n]+|\n(?![ \t]*(?:\n|\[\^|\Z|[-*+#>|]|\d+[.)]))[^\n]+)*)",
    re.MULTILINE,
)
_NOTE_SIGN = re.compile(r"(?<!\\)\[\^([^\]\s]{1,60})\](?!:)")
_WORDS = re.compile(r"[^\W\d_]{2,}\W+[^\W\d_]{2,}")
_INLINE_NOTE = re.compile(r"(?<!\\)\^\[([^\[\]\n]{1,1000})\]")


def plain_markdown(text: str) -> str:
    """Return Markdown without the extensions of other programs."""
    plain, sheltered = _shelter(text)
    for opening, closing in _COMMENTS:
        plain = _without(plain, opening, closing)
    plain = _HIGHLIGHT.sub(r"\1```\2", plain)
    if ":::" in plain or "!!!" in plain or "???" in plain or '=== "' in plain:
        plain = "\n".join(_quoted_notes(plain.split("\n")))
    for rule in _RULES:
        if rule.least == 1 or len(rule.pattern.findall(plain)) >= rule.least:
            plain = rule.pattern.sub(rule.replacement, plain)
    return _restored(plain, sheltered)


def with_notes_last(text: str) -> str:
    """Return the text without footnote marks, and with its footnotes as a quotation at the end."""
    if "[^" not in text and "^[" not in text:
        return text
    plain, sheltered = _shelter(text)
    notes: dict[str, str] = {}

    def take(note: re.Match[str]) -> str:
        notes.setdefault(note[1], " ".join(note[2].split()))
        return "\n" * note[0].count("\n")

    def take_inline(note: re.Match[str]) -> str:
        if not _WORDS.search(note[1]):  # an exponent
            return note[0]
        notes[f"^{len(notes)}"] = note[1]
        return ""

    plain = _INLINE_NOTE.sub(take_inline, _NOTE.sub(take, plain))
    # "[^0-9]" is a regular expression; a number without a footnote is a lost footnote.
    plain = _NOTE_SIGN.sub(lambda m: "" if m[1] in notes or m[1].isdecimal() else m[0], plain)
    quoted = "\n>\n".join(f"> {note}" for note in notes.values() if note)
    return _restored(f"{plain.rstrip()}\n\n{quoted}" if quoted else plain, sheltered)


def _shelter(text: str) -> tuple[str, list[str]]:
    """Replace code and math with signs, and return them along with the text."""
    parts: list[str] = []
    sheltered: list[str] = []
    last = 0
    text = text.replace(_OPEN, "").replace(_CLOSE, "")
    for span in find_spans(text):
        kept = text[span.start : span.end]
        if _QUERY.match(kept):  # a query whose results a program shows
            kept = "\n" * kept.count("\n")
        parts += [text[last : span.start], f"{_OPEN}{len(sheltered)}{_CLOSE}"]
        sheltered.append(kept)
        last = span.end
    return "".join((*parts, text[last:])), sheltered


def _restored(text: str, sheltered: list[str]) -> str:
    return _SHELTERED.sub(lambda sign: sheltered[int(sign[1])], text)


def _without(text: str, opening: str, closing: str) -> str:
    """Remove the text between two marks; an opening mark without a partner stays."""
    kept: list[str] = []
    last = end = 0
    while (start := text.find(opening, last)) >= 0 and end >= 0:
        if (end := text.find(closing, start + len(opening))) >= 0:
            kept += [text[last:start], "\n" * text.count("\n", start, end)]
            last = end + len(closing)
    return "".join((*kept, text[last:]))


def _quoted_notes(lines: list[str]) -> Iterator[str]:
    """Make quotations of ``!!! note`` with indented lines, and of ``::: note`` up to ``:::``.

    Tabs, ``=== "Linux"`` with indented lines, become bold lines and the text below them.
    """
    inside = ""  # the block that the line is in
    for line in lines:
        is_indented = not line.strip() or line[0] in " \t"
        if inside == "fences" and line.strip(" \t:") == "" and ":::" in line:
            inside = ""
            yield ""
            continue
        if inside in ("note", "tab") and not is_indented:
            inside = ""
        indented = _INDENTED_NOTE.match(line)
        fenced = _FENCED_NOTE.match(line) if inside != "fences" else None
        if tab := _TAB.match(line):
            inside = "tab"
            yield f"**{tab[1]}**"
        elif found := indented or fenced:
            inside = "note" if indented else "fences"
            title = found[2] or (found[3] if fenced else "") or found[1].capitalize()
            yield f"> **{title.strip()}**  "
        elif inside == "tab":
            yield line.removeprefix("    ").removeprefix("\t")
        else:
            yield f"> {line.strip()}" if inside else line


def _embedded(embed: re.Match[str]) -> str:
    """Write an embedded picture as in Markdown; a width is dropped, because cards set their own."""
    label = embed[2] or ""
    alt = "" if re.fullmatch(r"[\dx]*", label) else label
    return f"![{alt or PurePosixPath(embed[1]).stem}]({_target(embed[1].strip())})"


def _target(path: str) -> str:
    return f"<{path}>" if re.search(r"[\s()]", path) else path


def _linked(link: re.Match[str]) -> str:
    """Return the text of a link, or else the name of the note without its folder and section."""
    note, _, heading = link[1].partition("#")
    return link[2] or PurePosixPath(note.strip()).name or heading.strip(" ^")


def _image(tag: re.Match[str]) -> str:
    values = {name.lower(): double or single for name, double, single in _ATTRIBUTE.findall(tag[1])}
    source = values.get("src")
    return f"![{values.get('alt', '')}]({_target(source)})" if source else tag[0]


class _Rule(NamedTuple):
    """A pattern of dialects.toml, applied to texts in which it occurs often enough."""

    pattern: re.Pattern[str]
    replacement: str | Callable[[re.Match[str]], str]
    least: int


_FUNCTIONS: dict[str, Callable[[re.Match[str]], str]] = {
    "callout": lambda m: f"{m[1]} **{m[3] or m[2].capitalize()}**  ",
    "embedded picture": _embedded,
    "wiki link": _linked,
    "picture": _image,
    "definition": lambda m: f"\n{m[1].strip()}\n: {' '.join(m[2].split())}\n",
    "summary": lambda m: f"**{m[1].strip()}**",
}


def _rule(written: dict[str, Any]) -> _Rule:
    pattern = written["pattern"]
    alternatives = pattern if isinstance(pattern, str) else "|".join(pattern)
    named = "function" in written
    replacement = _FUNCTIONS[written["function"]] if named else written.get("replacement", "")
    return _Rule(re.compile(alternatives, re.MULTILINE), replacement, written.get("least", 1))


_TABLE = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
_RULES = tuple(map(_rule, tomllib.loads(_TABLE)["rules"]))
