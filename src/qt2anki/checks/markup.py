"""Rules about Markdown: unclosed delimiters, and markup that cards cannot show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qt2anki.checks.page_view import PATTERNS, WORDS, Reading, Rule, quoted
from qt2anki.html.sanitize import INLINE_TAGS, LINK_SCHEMES
from qt2anki.messages import Problem
from qt2anki.source.pictures import picture_faults

_TICKS = re.compile(r"`+")
_RULE_LINE = re.compile(r"^[ \t]*\*(?:[ \t]*\*){2,}[ \t]*$", re.MULTILINE)
_BOLD = re.compile(r"(?<!\*)\*{2,3}(?!\*)")
_ADDRESS = re.compile(r"<(?:https?|mailto):")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?=:)")
_CLOZE = re.compile(r"\{\{c[0-9]+(?:,[0-9]+)*::")
_ELEMENTS = WORDS.words("elements")


def unclosed_fence(reading: Reading) -> Iterator[Problem]:
    """Find the code block that runs to the end of the answer because nothing closes it."""
    for span in reading.spans[-1:]:
        if span.kind == "fence" and span.inner_end == span.end:
            fence = reading.answer[span.start : span.start + 3]
            hint = f"Write {fence} alone on a line where the code ends."
            yield reading.in_answer("QT210", span.start, "this code block has no end", hint)


def unbalanced_code(reading: Reading) -> Iterator[Problem]:
    """Find backticks without a partner."""
    if "`" not in reading.plain:
        return
    for ticks in _TICKS.finditer(reading.plain):
        after = reading.answer[ticks.start() : ticks.start() + 30].partition("\n")[0]
        hint = "Put a backtick on each side of the code, or a backslash before this one."
        text = f"the backtick in {quoted(after)} is unmatched"
        yield reading.in_answer("QT211", ticks.start(), text, hint)


def unbalanced_emphasis(reading: Reading) -> Iterator[Problem]:
    """Find a ``**`` that opens bold text and is not closed in the same paragraph or item."""
    if "**" not in reading.plain:
        return
    text = _RULE_LINE.sub(lambda rule: " " * len(rule[0]), reading.plain)
    for start, end in reading.blocks:
        # Delimiters next to a word: 2 ** 3 is arithmetic.
        marks = [
            m for m in _BOLD.finditer(text, start, end) if any(map(str.strip, _around(text, m)))
        ]
        if len(marks) % 2:
            at = _lonely(text, marks).start()
            shown = quoted(reading.answer[at : min(end, at + 60)])
            hint = "Put ** directly before and after the bold text, with no space between."
            yield reading.in_answer("QT212", at, f"the ** in {shown} is unmatched", hint)


def _around(text: str, mark: re.Match[str]) -> tuple[str, str]:
    return text[mark.start() - 1 : mark.start()], text[mark.end() : mark.end() + 1]


def _lonely(text: str, marks: list[re.Match[str]]) -> re.Match[str]:
    """Return the delimiter that breaks the alternation of opening and closing, or else the last."""
    is_open = False
    for index, mark in enumerate(marks):
        can_close, can_open = (bool(sign.strip()) for sign in _around(text, mark))
        if is_open and not can_close:
            return marks[index - 1]
        if not is_open and not can_open:
            return mark
        is_open = not is_open
    return marks[-1]


def tags(reading: Reading) -> Iterator[Problem]:
    """Find text that looks like a tag: code without backticks, HTML that is not shown as HTML."""
    if "<" not in reading.plain:
        return
    found = [
        tag
        for tag in PATTERNS["tag"].finditer(reading.plain)
        if not _ADDRESS.match(tag[0]) and not reading.plain.endswith("](", 0, tag.start())
    ]
    lonely = _without_partner(found)
    for tag in found:
        name = tag["name"].lower()
        shown = quoted(tag[0])
        if name in INLINE_TAGS and name not in ("a", "span") and not tag["rest"].strip(" /"):
            if name == "br" or tag.start() not in lonely:
                continue
            text = f"{shown} is unmatched and is shown as text"
            yield reading.in_answer("QT214", tag.start(), text, "Write both tags, or neither.")
        elif name in _ELEMENTS or name in INLINE_TAGS:
            hint = "Write Markdown; if it is meant as code, put backticks around it."
            text = f"the tag {shown} is shown as text"
            yield reading.in_answer("QT214", tag.start(), text, hint)
        elif not tag["close"]:
            hint = f"Put backticks around it: `{' '.join(tag[0].split())[:40]}`"
            yield reading.in_answer("QT213", tag.start(), f"{shown} looks like a tag", hint)


def _without_partner(found: list[re.Match[str]]) -> set[int]:
    opened: dict[str, list[int]] = {}
    lonely: set[int] = set()
    for tag in found:
        waiting = opened.setdefault(tag["name"].lower(), [])
        if not tag["close"]:
            waiting.append(tag.start())
        elif waiting:
            waiting.pop()
        else:
            lonely.add(tag.start())
    return lonely.union(*opened.values())


def links(reading: Reading) -> Iterator[Problem]:
    """Find links that lead nowhere from a card, and pictures that no card can show."""
    if "](" not in reading.plain:
        return
    fault_of = picture_faults(reading.source)
    for link in PATTERNS["link"].finditer(reading.plain):
        target = reading.answer[link.start("target") : link.end("target")].strip("<>")
        if link["image"]:
            if fault := fault_of(target):
                shown = "its text is shown" if link["label"].strip() else "nothing is shown"
                text = f"the picture {quoted(target)} is left out, and {shown} instead: {fault[0]}"
                yield reading.in_answer("QT216", link.start(), text, fault[1])
            continue
        scheme = _SCHEME.match(target)
        if scheme is None or scheme[0].lower() not in LINK_SCHEMES:
            why = (
                "has no http:// or https://"
                if scheme is None
                else "uses a scheme that is not allowed"
            )
            text = f"the link {quoted(target)} {why}; only its text is shown"
            hint = "Write the whole address, or a space between ] and ( if it is not a link."
            yield reading.in_answer("QT215", link.start(), text, hint)


def cloze_syntax(reading: Reading) -> Iterator[Problem]:
    """Find text that looks like a cloze deletion of Anki, which is only text in a page."""
    for cloze in _CLOZE.finditer(reading.answer):
        shown = quoted(reading.answer[cloze.start() : cloze.start() + 30].partition("\n")[0])
        hint = "The build makes gaps itself; write the text without the braces."
        yield reading.in_answer("QT219", cloze.start(), f"{shown} is shown as written", hint)


RULES: tuple[Rule, ...] = (
    unclosed_fence,
    unbalanced_code,
    unbalanced_emphasis,
    tags,
    links,
    cloze_syntax,
)
