"""Turn what Obsidian, Hugo, Jekyll and other programs add to Markdown into plain Markdown.

Code and math are left as they are, and every line keeps its number, so that problems are found
where they are in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from qt2anki.source.spans import find_spans

# Mark the places of code and math while the rest is changed; pages cannot contain them.
_OPEN, _CLOSE = "\U00100003", "\U00100004"
_SHELTERED = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")

_COMMENTS = (("<!--", "-->"), ("%%", "%%"), ("{% comment %}", "{% endcomment %}"))
# Jekyll: {% tags %} and {: .classes}; Hugo: {{< shortcodes >}} and {#anchors}.
_HIGHLIGHT = re.compile(
    r"^([ \t]*)\{%-?\s*(?:highlight\s+(\S{1,40})[^%\n]*|endhighlight\s*-?)%\}[ \t]*$", re.MULTILINE
)
_SHORTCODE = re.compile(
    r"\{%[^%\n]{0,300}%\}|\{\{[<%][^\n]{0,300}?[>%]\}\}|\{\{-?[ \t][^{}\n]{0,300}\}\}"
)
_EMPTY_LINK = re.compile(r"(?<!!)\[([^\[\]\n]{1,300})\]\([ \t]*\)")
_CLOZE = re.compile(r"\{\{c\d{1,3}::([^{}\n]{1,300}?)(?:::[^{}\n]{0,300})?\}\}")  # of Anki
_ATTRIBUTES = re.compile(
    r"[ \t]*\{:?[ \t]*(?:[.#][A-Za-z][\w-]*|[\w-]+=\"[^\"\n]*\")[^{}\n]{0,200}\}[ \t]*$",
    re.MULTILINE,
)
_CONTENTS = re.compile(
    r"^[ \t]*(?:\[TOC\]|\[\[_?TOC_?\]\]|\{:toc\})[ \t]*$", re.MULTILINE | re.IGNORECASE
)
# Obsidian: #tags on a line of their own, ^block-ids, [[links]], ![[embeds]], ==marks==, callouts.
_TAGS_ONLY = re.compile(
    r"^[ \t]*(?:\*{0,2}[Tt]ags?:\*{0,2}[ \t]*)?"
    r"#[^\W\d][\w/-]*#?(?:[ \t,]+#[^\W\d][\w/-]*#?)*[ \t]*$"
    r"|^[ \t]*\[#[\w/-]+\]\(\)[ \t]*$"
    r"|(?<=[.!?)])(?:[ \t]+#[^\W\d][\w/-]*)+[ \t]*$",
    re.MULTILINE,
)
# Dataview and Logseq: "status:: seed".
_FIELD = re.compile(r"^[ \t]*(?:[-*][ \t]+)?[a-z][\w-]{0,30}::[ \t][^\n]*$", re.MULTILINE)
_BLOCK_ID = re.compile(
    r"^[ \t]*\^[A-Za-z0-9-]{1,60}[ \t]*$|(?<=\s)\^(?=[0-9-]*[A-Za-z])[A-Za-z0-9-]{2,60}[ \t]*$",
    re.MULTILINE,
)
_EMBED = re.compile(r"!\[\[([^\[\]\n|]{1,300})(?:\|([^\[\]\n]{0,300}))?\]\]")
_WIKI_LINK = re.compile(r"\[\[([^\[\]\n|]{1,300})(?:\|([^\[\]\n]{1,300}))?\]\]")
_LINKS_ONLY = re.compile(r"^[ \t]*(?:\[\[[^\[\]\n]{1,300}\]\][ \t,·|]*){2,}$", re.MULTILINE)
_MARKED = re.compile(r"(?<![=\w])==(?=[^\s=])([^=\n]{1,400})(?<=[^\s=])==(?![=\w])")
_CALLOUT = re.compile(
    r"^((?:[ \t]*>)+)[ \t]*\[!([\w-]{1,40})(?:\|[^\]\n]{0,40})?\][+-]?[ \t]*(.*)$", re.MULTILINE
)
# MkDocs and Docusaurus.
_IMPORT = re.compile(
    r"^import [^\n\"']{1,200} from [\"'][^\"'\n]{1,200}[\"'];?[ \t]*$", re.MULTILINE
)
_INDENTED_NOTE = re.compile(r"(?:!!!|\?\?\?\+?)[ \t]+([\w-]+)[ \t]*(?:\"([^\"]*)\")?[ \t]*$")
_FENCED_NOTE = re.compile(
    r":::+[ \t]*\{?\.?(?:callout-)?([\w-]+)[^\[\]{}\n]*\}?[ \t]*(?:\[([^\]\n]*)\]|(.*))$"
)
_TAB = re.compile(r"===[!+]?[ \t]+\"([^\"]*)\"[ \t]*$")
# Components of MDX, a line each; citations of Pandoc and Quarto.
_COMPONENT = re.compile(
    r"^[ \t]*</?[A-Z][\w.]*(?:[ \t][^<>\n]{0,300})?/?>[ \t]*$|\{/\*[^{}]{0,1000}\*/\}", re.MULTILINE
)
_CITATION = re.compile(r"[ \t]?\[(?:see[ \t]+)?-?@[\w:.-]+(?:[,;][^\[\]\n]{0,200})?\]")
_QUERY = re.compile(r"(?:`{3,}|~{3,})[ \t]*(?:dataview(?:js)?|query|tasks|button)\b")
# Tables of contents, and links back to them.
_LOCAL_LINE = re.compile(
    r"^[ \t]*(?:[-*+]|\d+\.)?[ \t]*\**\[[^\]\n]{1,300}\]\(#[^)\n]{0,300}\)\**[ \t]*$", re.MULTILINE
)
_LOCAL_LINK = re.compile(r"(?<!!)\[([^\]\n]{1,300})\]\(#[^)\n]{0,300}\)")
# Definitions of links, which are dropped with their links; those of Foam are for other programs.
_REFERENCE = re.compile(
    r"^ {0,3}\[(?!\^)[^\]\n]{1,300}\]:[ \t]+(?:\S+|<[^<>\n]*>)(?:[ \t]+[\"'(][^\n]*)?[ \t]*$",
    re.MULTILINE,
)
_REFERRING = re.compile(r"(?<!!)\[([^\[\]\n]{1,300})\]\[[^\[\]\n]{0,300}\]")
# Terms in bold, each a paragraph of its own.
_BOLD_TERM = re.compile(
    r"(?:(?<=\n\n)|\A)(?=\*\*[^*\n]{1,60}(?:\*\*[ \t]*[:：–—]|[:：]\*\*)[ \t]*\S)"
)
# HTML.
_IMAGE_TAG = re.compile(r"<img\b([^<>]{0,500})>", re.IGNORECASE)
_LINK_TAG = re.compile(
    r"<a\b[^<>]{0,300}?\bhref=[\"']([^\"'<>\s]{1,300})[\"'][^<>]{0,300}>([^<>]{1,300})</a>",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"\b(src|alt)=(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_ANSWER_SUMMARY = re.compile(
    r"<summary>\s*(?:(?:Show|See|View|Reveal|Click)[^<>]{0,60}|Answer|Solution)\s*:?\s*</summary>",
    re.IGNORECASE,
)
_SUMMARY = re.compile(r"<summary>([^<>]{1,500})</summary>", re.IGNORECASE)
_DEFINED = re.compile(r"<dt>([^<>]{1,300})</dt>\s{0,20}<dd>([^<>]{1,2000})</dd>", re.IGNORECASE)
_BOX_TAG = re.compile(
    r"</?(?:article|aside|center|details|div|dl|figcaption|figure|font|main|p|section|small|span)"
    r"\b[^<>]{0,300}>",
    re.IGNORECASE,
)
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
    """Return Markdown that any reader of Markdown understands."""
    plain, sheltered = _shelter(text)
    for opening, closing in _COMMENTS:
        plain = _without(plain, opening, closing)
    plain = _HIGHLIGHT.sub(lambda m: f"{m[1]}```{m[2] or ''}", plain)
    if ":::" in plain or "!!!" in plain or "???" in plain or '=== "' in plain:
        plain = "\n".join(_quoted_notes(plain.split("\n")))
    for pattern in (
        _FIELD,
        _LINKS_ONLY,
        _COMPONENT,
        _CITATION,
        _SHORTCODE,
        _ATTRIBUTES,
        _CONTENTS,
        _LOCAL_LINE,
        _IMPORT,
        _TAGS_ONLY,
        _BLOCK_ID,
    ):
        plain = pattern.sub("", plain)
    plain = _EMPTY_LINK.sub(r"\1", _CLOZE.sub(r"\1", plain))
    plain = _LOCAL_LINK.sub(r"\1", _REFERRING.sub(r"\1", _REFERENCE.sub("", plain)))
    if len(_BOLD_TERM.findall(plain)) > 1:
        plain = _BOLD_TERM.sub("- ", plain)
    plain = _CALLOUT.sub(lambda m: f"{m[1]} **{m[3] or m[2].capitalize()}**  ", plain)
    plain = _EMBED.sub(_embedded, plain)
    plain = _WIKI_LINK.sub(lambda m: m[2] or _last_part(m[1]), plain)
    plain = _MARKED.sub(r"<mark>\1</mark>", plain)
    plain = _IMAGE_TAG.sub(_image, plain)
    plain = _LINK_TAG.sub(r"[\2](\1)", plain)
    plain = _DEFINED.sub(lambda m: f"\n{m[1].strip()}\n: {' '.join(m[2].split())}\n", plain)
    plain = _ANSWER_SUMMARY.sub("", plain)
    plain = _SUMMARY.sub(lambda m: f"**{m[1].strip()}**", plain)
    return _restored(_BOX_TAG.sub("", plain), sheltered)


def with_notes_last(text: str) -> str:
    """Return the text without the signs of its footnotes, and these as a quotation at its end."""
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
    # "[^0-9]" is a regular expression; a number without its note is a note that got lost.
    plain = _NOTE_SIGN.sub(lambda m: "" if m[1] in notes or m[1].isdecimal() else m[0], plain)
    quoted = "\n>\n".join(f"> {note}" for note in notes.values() if note)
    return _restored(f"{plain.rstrip()}\n\n{quoted}" if quoted else plain, sheltered)


def _shelter(text: str) -> tuple[str, list[str]]:
    """Put signs in the place of code and math, which are returned beside the text."""
    parts: list[str] = []
    sheltered: list[str] = []
    last = 0
    text = text.replace(_OPEN, "").replace(_CLOSE, "")
    for span in find_spans(text):
        kept = text[span.start : span.end]
        if _QUERY.match(kept):  # of a program, for what it shows
            kept = "\n" * kept.count("\n")
        parts += [text[last : span.start], f"{_OPEN}{len(sheltered)}{_CLOSE}"]
        sheltered.append(kept)
        last = span.end
    return "".join((*parts, text[last:])), sheltered


def _restored(text: str, sheltered: list[str]) -> str:
    return _SHELTERED.sub(lambda sign: sheltered[int(sign[1])], text)


def _without(text: str, opening: str, closing: str) -> str:
    """Take out what is between two marks; an opening one without a partner stays."""
    kept: list[str] = []
    last = 0
    start = text.find(opening)
    while start >= 0:
        end = text.find(closing, start + len(opening))
        if end < 0:
            break
        end += len(closing)
        kept += [text[last:start], "\n" * text.count("\n", start, end)]
        last = end
        start = text.find(opening, last)
    return "".join((*kept, text[last:]))


def _quoted_notes(lines: list[str]) -> Iterator[str]:
    """Make quotations of ``!!! note`` with indented lines, and of ``::: note`` up to ``:::``.

    Tabs, ``=== "Linux"`` with indented lines, become bold lines and the text below them.
    """
    inside = ""  # which of these the line is in
    for line in lines:
        is_indented = not line.strip() or line[0] in " \t"
        if inside == "fences" and line.strip(" \t:") == "" and ":::" in line:
            inside = ""
            yield ""
            continue
        if inside in ("note", "tab") and not is_indented:
            inside = ""
        tab, indented = _TAB.match(line), _INDENTED_NOTE.match(line)
        fenced = _FENCED_NOTE.match(line) if inside != "fences" else None
        if tab:
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
    """Write an embedded picture as Markdown has it; a width is dropped, as cards have their own."""
    label = embed[2] or ""
    alt = "" if re.fullmatch(r"[\dx]*", label) else label
    return f"![{alt or PurePosixPath(embed[1]).stem}]({_target(embed[1].strip())})"


def _target(path: str) -> str:
    return f"<{path}>" if re.search(r"[\s()]", path) else path


def _last_part(target: str) -> str:
    """Return what names a note: without its folder, and without the part that is meant."""
    note, _, heading = target.partition("#")
    return PurePosixPath(note.strip()).name or heading.strip(" ^")


def _image(tag: re.Match[str]) -> str:
    values = {name.lower(): double or single for name, double, single in _ATTRIBUTE.findall(tag[1])}
    if not values.get("src"):
        return tag[0]
    return f"![{values.get('alt', '')}]({_target(values['src'])})"
