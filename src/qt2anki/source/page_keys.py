"""Check the values of a page once, so that no later stage has to."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from qt2anki.messages import Problem, make_problem, nearest
from qt2anki.model import PageId
from qt2anki.source.dialects import plain_markdown, with_notes_last
from qt2anki.source.entry import BODY, PATH, WHOLE_NUMBER, Entry, FrontMatter, ValueKind, read_id
from qt2anki.source.unescape import decode

KNOWN_KEYS: Final = frozenset(
    {
        *("_schema", "id", "date", "title", "article_title", "date_format", "post_on_text", "seo"),
        *("author", "question", "answer", "subject", "file_name", "url", "score", "no_index"),
        *("lang", "topic"),
        *(f"related_article{number}" for number in range(1, 6)),
    }
)
"""What the site writes; a key that is none of these may be a misspelt one."""


LONGEST: Final[Mapping[str, int]] = MappingProxyType(
    {"question": 2_000, "answer": 100_000, "subject": 2_000}
)
"""Characters of a text that is read: twenty times the longest real one, so that time is bounded."""


class PageKeys:
    """The keys of one page: each method reads one and notes what is wrong with it.

    An invalid value becomes empty, so that reading continues with the next key.
    """

    def __init__(self, front: FrontMatter, source: str) -> None:
        self.problems: list[Problem] = []
        self._front = front
        self._source = source

    def page_id(self) -> PageId | None:
        """Read the id; None if there is no valid one."""
        entry = self._needed("id")
        if entry is None:
            return None
        if entry.style == PATH:
            return read_id(entry.text)
        number = re.fullmatch(r"([-+]?)0*([0-9]{1,15})", entry.text.strip())
        page_id = None
        if entry.kind in ("text", "date") or WHOLE_NUMBER.fullmatch(entry.text):
            page_id = read_id(entry.text)
        if page_id is not None and (number is None or isinstance(page_id, int)):
            return page_id
        sign = "-" if number and number[1] == "-" else ""
        hint = f"Write id: {sign}{number[2]}" if number else "Write it like id: 170604"
        self._add("QT121", f"id is {_shown(entry)}; it must be a number or a name", hint, entry)
        return None

    def answer(self) -> str:
        """Read the answer; below the front matter it is Markdown without escapes."""
        text = self.text("answer")
        text = plain_markdown(text) if self._has_body_answer() else decode(text)
        return with_notes_last(text).strip()

    def text(self, key: str) -> str:
        """Read a text that every page needs."""
        entry = self._needed(key)
        if entry is None or entry.kind == "text":
            return "" if entry is None or self._is_too_long(key, entry) else entry.text
        key = self._front.names.get(key, key)
        if entry.kind in ("list", "mapping"):
            hint = f"Write {key}: >- and the text on the next line, indented."
        else:
            hint = f'Write {key}: "{entry.text}"'
        self._add("QT121", f"{key} is {_shown(entry)}; it must be text", hint, entry)
        return ""

    def _is_too_long(self, key: str, entry: Entry) -> bool:
        is_too_long = len(entry.text) > LONGEST[key]
        if is_too_long:
            length, most = len(entry.text), LONGEST[key]
            text = f"{key} has {length:,} characters; no more than {most:,} are read"
            self._add(
                "QT129", text, "Check whether a quote or the front matter is not closed.", entry
            )
        return is_too_long

    def subjects(self) -> tuple[str, ...]:
        """Read the subject, or a list of them."""
        entry = self._front.entries.get("subject")
        if entry is not None and entry.kind == "list" and entry.items:
            named = [self._subject(item) for item in entry.items if item.kind == "text"]
            if len(named) == len(entry.items):
                return _distinct(named)
        return (self._subject(entry),) if self.text("subject") and entry else ("",)

    def _subject(self, entry: Entry) -> str:
        name = fold_spaces(entry.text)
        is_name = len(name) <= _LONGEST_SUBJECT and any(map(str.isalnum, name))
        if not is_name or _TURNING.search(name):
            hint = f"Write a short name, such as Nursing, of at most {_LONGEST_SUBJECT} characters."
            text = f"subject is {_shown(entry)}; it must name a deck"
            self._add("QT121", text, hint, entry)
        return name

    def topic(self) -> str:
        """Read the topic that the page belongs to, "" for none."""
        entry = self._optional("topic")
        if entry is None:
            return ""
        name = fold_spaces(entry.text)
        is_name = entry.kind == "text" and len(name) <= _LONGEST_SUBJECT and "::" not in name
        if is_name and any(map(str.isalnum, name)) and not _TURNING.search(name):
            return name
        hint = "Write one short name, such as Pain management, without '::'."
        self._add("QT124", f"topic is {_shown(entry)}; it must name a deck", hint, entry)
        return ""

    def url(self) -> str:
        """Read the URL of the page, "" for none."""
        entry = self._front.entries.get("url")
        if entry is None and self._is_foreign():
            return ""
        if entry is None or _is_empty(entry):
            hint = self._misspelt("url") or "The cards of this page will have no link to it."
            self._add("QT123", "there is no url", hint, entry)
            return ""
        if entry.kind == "text" and _URL.fullmatch(entry.text.strip()):
            return entry.text.strip()
        hint = "Write it in full (https://...) or starting with a slash (/learn/...)."
        self._add("QT123", f"url is {_shown(entry)}; it must be an address", hint, entry)
        return ""

    def date(self) -> datetime.date | None:
        """Read the day, None for none."""
        entry = self._optional("date")
        if entry is None:
            return None
        found = _DATE.fullmatch(entry.text.strip())
        try:
            if found and entry.kind in ("date", "text"):
                return datetime.date(*(int(part) for part in found.groups()))
        except ValueError:  # the thirtieth of February
            pass
        hint = "Write it like date: 2025-02-06"
        what = entry.text if entry.kind == "date" else _shown(entry)
        self._add("QT124", f"date is {what}; it must be a day", hint, entry)
        return None

    def keywords(self) -> tuple[str, ...]:
        """Read the keywords, without duplicates."""
        seo = self._front.entries.get("seo")
        entry = seo.entries.get("page_keywords") if seo else None
        if entry is None or entry.kind == "nothing":
            return ()
        parts = [part for part in entry.items if part.kind == "text"]
        if entry.kind == "text":
            return _distinct(entry.text.split(","))
        if entry.kind == "list" and len(parts) == len(entry.items):
            return _distinct([part.text for part in parts])
        hint = "Write them as one text: page_keywords: first, second"
        self._add("QT124", f"page_keywords is {_shown(entry)}; it must be text", hint, entry)
        return ()

    def score(self) -> float | None:
        """Read the score of the page."""
        entry = self._optional("score")
        if entry is None:
            return None
        if entry.kind in ("integer", "number") and _NUMBER.fullmatch(entry.text):
            score = float(entry.text)
            if math.isfinite(score):
                return score
        hint = "Write it like score: 4.5"
        self._add("QT124", f"score is {_shown(entry)}; it must be a number", hint, entry)
        return None

    def language(self) -> str:
        """Read the tag of the page's language, "" for none."""
        entry = self._optional("lang")
        if entry is None:
            return ""
        tag = entry.text.strip().replace("_", "-")
        if entry.kind == "text" and _LANGUAGE.fullmatch(tag):
            return tag
        hint = "Write it like lang: de or lang: pt-BR"
        self._add("QT124", f"lang is {_shown(entry)}; it must be a language tag", hint, entry)
        return ""

    def related(self) -> tuple[int, ...]:
        """Read which pages are recommended; one that cannot be read is not a fault of this page."""
        ids = []
        for number in range(1, 6):
            entry = self._front.entries.get(f"related_article{number}")
            inside = entry.entries.get("id") if entry else None
            if inside and inside.kind == "integer" and WHOLE_NUMBER.fullmatch(inside.text):
                ids.append(int(inside.text))
        return tuple(dict.fromkeys(ids))

    def note_unread(self) -> None:
        """Report what is not read in the file, and what depends on its path."""
        body, entry = self._front.body, self._front.entries.get("id")
        if body is not None and "answer" in self._front.entries and not self._has_body_answer():
            hint = "The answer is in the front matter; put a second page into its own file."
            text = "the text below the front matter is not read"
            self._add("QT116", text, hint, body)
        is_faulty = any(problem.severity == "error" for problem in self.problems)
        if entry is not None and entry.style == PATH and not (is_faulty or self._front.part):
            hint = "If the file is renamed, its cards become new ones. Write an id to prevent that."
            self._add("QT117", "there is no id, so the path of the file is used", hint, None)

    def _is_foreign(self) -> bool:
        """Whether this kind of page has no URL."""
        page_id = self._front.entries.get("id")
        is_named_by_path = page_id is not None and page_id.style == PATH
        return self._front.part is not None or is_named_by_path or self._has_body_answer()

    def _has_body_answer(self) -> bool:
        entry = self._front.entries.get("answer")
        return entry is not None and entry.style == BODY

    def _needed(self, key: str) -> Entry | None:
        entry = self._front.entries.get(key)
        if entry is None:
            name = self._front.names.get(key, key)
            hint = self._misspelt(name) or self._how_to_add(name)
            self._add("QT120", f"there is no {name}", hint, None)
        elif _is_empty(entry):
            hint = "Under '>-' the text must be indented; a '#' after a space starts a comment."
            name = self._front.names.get(key, key)
            self._add("QT122", f"{name} is empty", hint, entry)
        else:
            return entry
        return None

    def _optional(self, key: str) -> Entry | None:
        entry = self._front.entries.get(key)
        return None if entry is None or _is_empty(entry) else entry

    def _how_to_add(self, name: str) -> str:
        """Return a hint on where to write *name*, and which keys of the page may be meant."""
        hint = f"Add a line '{name}: ...' to the front matter"
        if name == "answer":
            hint = "Write it below the front matter, or add a line 'answer: ...' to that"
        unknown = [repr(key) for key in self._front.entries if key not in KNOWN_KEYS]
        if not unknown:
            return f"{hint}."
        some = ", ".join(unknown[:_FEW_KEYS]) + (", ..." if len(unknown) > _FEW_KEYS else "")
        return f"{hint}; if one of {some} is it, say so under [front_matter] in the settings."

    def _misspelt(self, key: str) -> str:
        """Return a hint about the key that was probably meant to be *key*."""
        unknown = {name.lower(): name for name in self._front.entries if name not in KNOWN_KEYS}
        near = nearest(key, unknown, cutoff=0.7)
        if not near:
            return ""
        name = unknown[near]
        return f"Line {self._front.entries[name].line} has {name!r}: did you mean {key!r}?"

    def _add(self, code: str, text: str, hint: str, entry: Entry | None) -> None:
        line, column = (entry.line, entry.column) if entry else (self._front.line, None)
        self.problems.append(
            make_problem(code, self._source, text, hint=hint, line=line, column=column)
        )


_FEW_KEYS = 5
_LONGEST_SUBJECT = 100  # characters; real ones have fewer than 30
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # can make a name look like a different one
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,15}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt\s].*)?", re.DOTALL)
_URL = re.compile(r"""(?:https?:/)?/[^\s"<>\\]*""", re.IGNORECASE)


def fold_spaces(text: str) -> str:
    """Collapse white space to single spaces, and strip the ends."""
    return " ".join(text.split())


def _is_empty(entry: Entry) -> bool:
    if entry.kind == "nothing":
        return True
    # In an answer a newline is written as the two characters "\n" (qt2anki.source.unescape).
    return entry.kind == "text" and not entry.text.replace("\\n", "").strip()


def _distinct(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(folded for text in texts if (folded := fold_spaces(text))))


def _shown(entry: Entry) -> str:
    """Describe an invalid value, with its type in YAML if that may be surprising."""
    if entry.kind in ("list", "mapping", "nothing"):
        return "nothing" if entry.kind == "nothing" else f"a {entry.kind}"
    text = entry.text if len(entry.text) <= _SHOWN_LENGTH else f"{entry.text[:_SHOWN_LENGTH]}..."
    if entry.kind == "text":
        return f"the text {text!r}"
    return f"{text}, which YAML reads as {_READ_AS[entry.kind]}"


_READ_AS: Final[Mapping[ValueKind, str]] = {
    "integer": "an integer",
    "number": "a number",
    "true or false": "true or false",
    "date": "a date",
}
_SHOWN_LENGTH = 40
