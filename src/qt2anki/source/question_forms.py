"""The formats of questions and answers in the text of a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

from qt2anki.source.pattern_files import PatternFile
from qt2anki.source.spans import find_spans, outside

PATTERNS = PatternFile(Path(__file__).with_name("questions.toml")).patterns()
_BOLD_LEVEL = 7
_ANCHOR = re.compile(r"[ \t]*\{:?[ \t]*#([\w.-]+)[^{}\n]*\}[ \t]*$")
_ANCHOR_TAG = re.compile(r"<a\s+(?:name|id)=[\"']?([\w.-]+)[\"']?\s*(?:/>|>)", re.IGNORECASE)
_EMPHASIS = re.compile(r"(\*{1,3}|_{1,3})(.+)\1$")
_HASHTAGS = re.compile(r"(?:[ \t]+#[^\W\d][\w/-]*)+[ \t]*$")
QUOTE_SIGN = re.compile(r"^> ?", re.MULTILINE)
_CARD_TAG = re.compile(r"(?:^|\s)#(?:flashcards?|cards?)\b")
_BAR = re.compile(r"(?<!\\)\|")
_PROPERTY = re.compile(r"^[ \t]*[a-z][\w-]*:: [^\n]*(?:\n|\Z)", re.MULTILINE)
_ONE_BULLET = re.compile(r"[-*+][ \t]+(\S.*(?:\n(?![-*+] ).*)*)\Z")
_OPTION = re.compile(r"^[-*+][ \t]+\[([ xX])\][ \t]+(\S[^\n]*)$", re.MULTILINE)
_FEWEST = 2  # questions; with fewer, the form is not meant for questions


class FoundQuestion(NamedTuple):
    """A question within a file: where it is in the body, and its answer."""

    question: str
    at: int
    start: int  # of the answer, or of the line that it begins in
    answer: str

    @property
    def anchor(self) -> str:
        """The name that the file gives the question, "" for none."""
        found = _ANCHOR.search(self.question) or _ANCHOR_TAG.search(self.question)
        return found[1] if found else ""


_Find = Callable[[str], list[re.Match[str]]]
"""Finds the matches of a named pattern outside of code and math."""


def find_questions(body: str, title: str) -> list[FoundQuestion]:
    """Find the questions in the text of a file, in the first format that finds any.

    If the *title* is a question, questions in headings and lists belong to its answer.
    """
    spans = find_spans(body)

    def find(name: str) -> list[re.Match[str]]:
        return list(outside(spans, PATTERNS[name].finditer(body)))

    parts = list(_labelled(body, find)) or _folded(body, find)
    if parts or asks(title):
        return parts
    headings = find("heading")
    parts = list(_headed(body, headings))
    if parts or (headings and _level(headings[0]) == 1 and asks(question_text(_name(headings[0])))):
        return parts
    for form in (
        _sections(body, headings),
        _callouts(find),
        _cards(body, find),
        _tables(find),
        _items(body, find),
        _paragraphs(body),
    ):
        if parts := list(form):
            return parts
    return []


def only_answer(body: str) -> FoundQuestion | None:
    """Return the section "Answer" of a text whose one section "Question" is above it."""
    parts = list(_sections(body, list(PATTERNS["heading"].finditer(body))))
    return parts[0] if len(parts) == 1 else None


def asks(text: str) -> bool:
    """Whether a title ends in a question mark."""
    return text.rstrip("*_ \t").endswith(("?", "？", "؟", "ですか", "ますか", "吗", "嗎"))


def question_text(text: str) -> str:
    """Return a question without number, anchor, emphasis and emojis."""
    plain = PATTERNS["tag"].sub("", _ANCHOR.sub("", _HASHTAGS.sub("", text))).strip()
    return bare(PATTERNS["count"].sub("", bare(PATTERNS["signs_around"].sub("", plain)), count=1))


def bare(text: str) -> str:
    """Remove the emphasis of a whole heading."""
    found = _EMPHASIS.match(text.strip())
    return found[2].strip() if found else text.strip()


def _labelled(body: str, find: _Find) -> Iterator[FoundQuestion]:
    """Yield lines that start with Q: and A:, or a line with both."""
    found = find("asked")
    ends = [*(match.start() for match in found[1:]), len(body)]
    for match, end in zip(found, ends, strict=False):
        place = (body, match.end(), end)
        beside = PATTERNS["answered_beside"].match(*place)
        if answer := beside or PATTERNS["answered"].search(*place):
            question = match["text"] or match["bold"]
            yield FoundQuestion(question, match.start(), answer.end(), body[answer.end() : end])


def _folded(body: str, find: _Find) -> list[FoundQuestion]:
    parts = []
    for mark, after in pairwise(find("folded")):
        title = next(filter(None, mark.groups()), "")
        question = " ".join(PATTERNS["tag"].sub("", title).split())
        is_answer = PATTERNS["named_answer"].match(question.strip(" :"))
        if question and not any(after.groups()) and not is_answer:
            answer = body[mark.end() : after.start()]
            parts.append(FoundQuestion(question, mark.start(), mark.end(), answer))
    return parts if len(parts) > 1 or any(asks(part.question) for part in parts) else []


def _headed(body: str, headings: Sequence[re.Match[str]]) -> Iterator[FoundQuestion]:
    """Yield the sections whose headings are questions."""
    # A bold line within an answer is a part of it.
    headings = [h for h in headings if not h["bold"] or asks(question_text(h["bold"]))]
    levels = Counter(_level(h) for h in headings if asks(question_text(_name(h))))
    level = min(levels, default=0)
    if levels[level] < _FEWEST:
        return
    headings = [heading for heading in headings if _level(heading) <= level]
    ends = (*(heading.start() for heading in headings[1:]), len(body))
    for heading, end in zip(headings, ends, strict=True):
        name = _name(heading)
        if _level(heading) == level and asks(question_text(name)):
            yield FoundQuestion(name, heading.start(), heading.end(), body[heading.end() : end])


def _name(heading: re.Match[str]) -> str:
    return heading["text"] or heading["bold"] or heading["above"]


def _level(heading: re.Match[str]) -> int:
    """Return the level of a heading; a bold line is below all others."""
    if heading["line"]:
        return 1 if heading["line"][0] == "=" else 2
    return len(heading["signs"]) if heading["signs"] else _BOLD_LEVEL


def _sections(body: str, headings: Sequence[re.Match[str]]) -> Iterator[FoundQuestion]:
    """Yield what is below the headings "Question" and "Answer", or "Front" and "Back"."""
    ends = (*(heading.start() for heading in headings[1:]), len(body))
    sections = list(zip(headings, ends, strict=False))  # without headings there is one end
    for (first, middle), (second, end) in pairwise(sections):
        question = " ".join(body[first.end() : middle].split())
        one, other = (_name(heading).strip(" :：") for heading in (first, second))
        is_one = PATTERNS["named_question"].match(one) and PATTERNS["named_answer"].match(other)
        if is_one and question:
            yield FoundQuestion(question, first.start(), second.end(), body[second.end() : end])


def _callouts(find: _Find) -> Iterator[FoundQuestion]:
    """Yield Obsidian's ``> [!question]``."""
    for match in find("callout"):
        if asks(match[1]):
            text = QUOTE_SIGN.sub("", match[2])
            yield FoundQuestion(match[1], match.start(), match.start(2), text)


def _cards(body: str, find: _Find) -> Iterator[FoundQuestion]:
    """Yield ``question::answer``, and questions with a "?" on the line below."""
    has_tag = _CARD_TAG.search(body) is not None
    for match in find("card"):
        question = (match["front"] or match["above"]).strip()
        name = "back" if match["front"] else "below"
        answer = match[name].strip(": \t")
        if answer and (has_tag or asks(question)):
            yield FoundQuestion(question, match.start(), match.start(name), answer)


def _tables(find: _Find) -> Iterator[FoundQuestion]:
    """Yield the rows of a table that has a column of questions and one of answers."""
    for match in find("table"):
        names, rows = _cells(match[1]), [_cells(row) for row in match[2].splitlines()]
        asked = [n for n, name in enumerate(names) if PATTERNS["named_question"].match(name)]
        told = [n for n, name in enumerate(names) if PATTERNS["named_answer"].match(name)]
        if len(names) == 2 and all(asks(row[0]) for row in rows):
            asked, told = [0], [1]
        at = match.start(2)
        for row in match[2].splitlines(keepends=True) if asked and told else ():
            cells = _cells(row)
            if len(cells) > max(asked[0], told[0]):
                yield FoundQuestion(cells[asked[0]], at, at, cells[told[0]])
            at += len(row)


def _cells(row: str) -> list[str]:
    return [cell.strip(" \t*_:") for cell in _BAR.split(row.strip().strip("|"))]


def _items(body: str, find: _Find) -> Iterator[FoundQuestion]:
    """Yield the questions among the points of a list, with the text below or next to each."""
    found = find("item")
    parts = []
    for match in found:
        question = match["bold"] or match["text"]
        end = PATTERNS["top_line"].search(body, match.end() + 1)
        below = body[match.end() : end.start() if end else len(body)]
        beside = (match["beside"] or "").strip(" \t:–—-")
        answer = _chosen(f"{beside}\n{_below(below)}".strip())
        if asks(_HASHTAGS.sub("", question)) and answer:
            parts.append(FoundQuestion(question, match.start(), match.start(), answer))
    yield from parts if len(parts) >= max(_FEWEST, len(found) / 2) else ()


def _below(text: str) -> str:
    """Return the text below a point, dedented; if that is a single point, return its text."""
    plain = dedent(_PROPERTY.sub("", text).expandtabs(4)).strip("\n")
    only = _ONE_BULLET.match(plain)
    return dedent(only[1]) if only else plain


def _chosen(answer: str) -> str:
    """Return the checked options of an answer that consists only of options."""
    options = _OPTION.findall(answer)
    checked = [text for mark, text in options if mark != " "]
    if len(options) != len(answer.split("\n")) or not 0 < len(checked) < len(options):
        return answer
    return checked[0] if len(checked) == 1 else "\n".join(f"- {text}" for text in checked)


def _paragraphs(body: str) -> Iterator[FoundQuestion]:
    """Yield paragraphs whose first line is a question, if all paragraphs are like that."""
    parts, at, others = [], 0, 0
    for text in re.split(r"(\n[ \t]*\n)", body):
        question, _, answer = text.strip().partition("\n")
        is_asked = bool(answer) and asks(question)
        if is_asked:
            parts.append(FoundQuestion(question, at, at + text.index(question), answer))
        others += bool(question) and not question.startswith("#") and not is_asked
        at += len(text)
    yield from parts if len(parts) >= _FEWEST and not others else ()
