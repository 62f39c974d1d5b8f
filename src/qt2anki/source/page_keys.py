"""Check the values of a page once, so that no later stage has to."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from unicodedata import normalize

from qt2anki.messages import Problem, make_problem, nearest, sort_problems
from qt2anki.model import Page, PageId
from qt2anki.source.dialects import plain_markdown, with_notes_last
from qt2anki.source.entry import BODY, PATH, WHOLE_NUMBER, Entry, FrontMatter, read_id
from qt2anki.source.unescape import decode, decode_unicode

KNOWN_KEYS: Final = frozenset(
    {
        *("_schema", "id", "date", "title", "article_title", "date_format", "post_on_text", "seo"),
        *("author", "question", "answer", "subject", "file_name", "url", "score", "no_index"),
        *("lang", "topic"),
        *(f"related_article{number}" for number in range(1, 6)),
    }
)
"""The keys of pages; any other key may be a misspelled one."""

LONGEST: Final[Mapping[str, int]] = MappingProxyType(
    {"question": 2_000, "answer": 100_000, "subject": 2_000}
)
"""Characters of a text that is read: twenty times the longest real one, so that time is bounded."""

_FEW_KEYS = 5
_SHOWN_LENGTH = 40
_LONGEST_SUBJECT = 100  # characters; real ones have fewer than 30
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # can make a name look like a different one
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,15}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt\s].*)?", re.DOTALL)
_URL = re.compile(r"""(?:https?:/)?/[^\s"<>\\]*""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageReading:
    """The result of reading a page; *page* is None if and only if a problem is an error."""

    page: Page | None
    problems: tuple[Problem, ...]
    page_id: PageId | None = None  # also of a faulty page, if it is known
    front: FrontMatter | None = None  # the values of the page, under our keys


def read_page(front: FrontMatter, source: str, problems: tuple[Problem, ...] = ()) -> PageReading:
    """Make a page of its values; *problems* are those of the front matter."""
    keys = _PageKeys(front, source)
    page_id = keys.page_id()
    page = Page(
        source=source,
        page_id=0 if page_id is None else page_id,
        question=fold_spaces(decode_unicode(keys.text("question"))),
        answer=keys.answer(),
        subjects=keys.subjects(),
        url=keys.url(),
        date=keys.optional("date"),
        keywords=keys.keywords(),
        score=keys.optional("score"),
        related=_related(front),
        language=keys.optional("lang") or "",
        topic=keys.optional("topic") or "",
    )
    keys.note_unread()
    found = sort_problems((*problems, *keys.problems))
    failed = any(problem.severity == "error" for problem in found)
    return PageReading(None if failed else page, found, page_id, front)


class _PageKeys:
    """The keys of one page: each method reads one and reports its faults.

    An invalid value becomes empty, so that reading continues with the next key.
    """

    def __init__(self, front: FrontMatter, source: str) -> None:
        self.problems: list[Problem] = []
        self._front = front
        self._entries = front.entries
        self._source = source
        answer = front.entries.get("answer")
        self._has_body_answer = answer is not None and answer.style == BODY
        page_id = front.entries.get("id")
        self._is_named_by_path = page_id is not None and page_id.style == PATH

    def _name(self, key: str) -> str:
        """Return the page's name for a key, or else the site's name for it."""
        return self._front.names.get(key, _LABELS.get(key, key))

    def page_id(self) -> PageId | None:
        entry = self._needed("id")
        if entry is None or entry.style == PATH:
            return read_id(entry.text) if entry else None
        number = re.fullmatch(r"([-+]?)0*([0-9]{1,15})", entry.text.strip())
        page_id = None
        if entry.kind in ("text", "date") or WHOLE_NUMBER.fullmatch(entry.text):
            page_id = read_id(entry.text)
        if page_id is not None and (number is None or isinstance(page_id, int)):
            return page_id
        sign, name = "-" if number and number[1] == "-" else "", self._name("id")
        hint = (
            f"Write {name}: {sign}{number[2]}" if number else f"Use a line such as {name}: 170604"
        )
        self._refuse("QT121", "id", entry, "be a number or a name", hint)
        return None

    def answer(self) -> str:
        # Below the front matter an answer is Markdown without escapes.
        text = (plain_markdown if self._has_body_answer else decode)(self.text("answer"))
        return normalize("NFC", with_notes_last(text).strip())

    def text(self, key: str) -> str:
        entry = self._needed(key)
        if entry is None:
            return ""
        name = self._name(key)
        if entry.kind != "text":
            hint = f'Write {name}: "{entry.text}"'
            if entry.kind in ("list", "mapping"):
                hint = f"Write {name}: >- and the text on the next line, indented."
            self._refuse("QT121", key, entry, "be text", hint)
            return ""
        length, most = len(entry.text), LONGEST[key]
        if length > most:
            text = f"{name} has {length:,} characters; no more than {most:,} are read"
            hint = "Check for an unclosed quote or unclosed front matter."
            self._add("QT129", text, hint, entry)
            return ""
        return entry.text

    def subjects(self) -> tuple[str, ...]:
        entry = self._entries.get("subject")
        if entry and entry.kind == "list" and entry.items:
            named = [self._subject(item) for item in entry.items if item.kind == "text"]
            if len(named) == len(entry.items):
                return _distinct(named)
        return (self._subject(entry),) if self.text("subject") and entry else ("",)

    def _subject(self, entry: Entry) -> str:
        name = fold_spaces(entry.text)
        if not _is_name(name):
            hint = f"Write a short name, such as Nursing, of at most {_LONGEST_SUBJECT} characters."
            self._refuse("QT121", "subject", entry, "name a deck", hint)
        return name

    def url(self) -> str:
        entry = self._entries.get("url")
        is_part = self._front.part is not None
        if entry is None and (is_part or self._is_named_by_path or self._has_body_answer):
            return ""  # these pages need no URL
        if entry is None or _is_empty(entry):
            hint = self._misspelt("url") or "The cards of this page will have no link to it."
            self._add("QT123", f"there is no {self._name('url')}", hint, entry)
            return ""
        if entry.kind == "text" and _URL.fullmatch(entry.text.strip()):
            return entry.text.strip()
        hint = "Write it in full (https://...) or starting with a slash (/learn/...)."
        self._refuse("QT123", "url", entry, "be an address", hint)
        return ""

    def optional(self, key: str) -> Any:  # noqa: ANN401  # of the type that its reader returns
        """Read a key that pages may lack, None for none or an invalid one."""
        read, wanted, hint = _OPTIONAL[key]
        entry = self._entries.get(key)
        if entry is None or _is_empty(entry):
            return None
        value = read(entry)
        if value is None:
            self._refuse("QT124", key, entry, wanted, hint.format(name=self._name(key)))
        return value

    def keywords(self) -> tuple[str, ...]:
        seo = self._entries.get("seo")
        entry = seo.entries.get("page_keywords") if seo else None
        if entry is None or entry.kind == "nothing":
            return ()
        if entry.kind == "text":
            return _distinct(entry.text.split(","))
        if entry.kind == "list" and all(part.kind == "text" for part in entry.items):
            return _distinct([part.text for part in entry.items])
        hint = f"Write them as a single string: {self._name('keywords')}: first, second"
        self._refuse("QT124", "keywords", entry, "be text", hint)
        return ()

    def note_unread(self) -> None:
        body = self._front.body
        if body is not None and "answer" in self._entries and not self._has_body_answer:
            hint = "The answer is in the front matter. If this text is another page,"
            hint += " put it in its own file."
            text = "the text below the front matter is not read"
            self._add("QT116", text, hint, body)
        is_faulty = any(problem.severity == "error" for problem in self.problems)
        if self._is_named_by_path and not (is_faulty or self._front.part):
            hint = "If the file is renamed, its cards become new ones. Write an id to prevent that."
            self._add("QT117", "there is no id, so the path of the file is used", hint, None)

    def _needed(self, key: str) -> Entry | None:
        entry = self._entries.get(key)
        name = self._name(key)
        if entry is None:
            hint = self._misspelt(name) or self._how_to_add(name)
            self._add("QT120", f"there is no {name}", hint, None)
        elif _is_empty(entry):
            hint = "Under '>-' the text must be indented; a '#' after a space starts a comment."
            self._add("QT122", f"{name} is empty", hint, entry)
        else:
            return entry
        return None

    def _how_to_add(self, name: str) -> str:
        hint = f"Add a line '{name}: ...' to the front matter"
        if name == "answer":
            hint = (
                "Write it below the front matter, or add a line 'answer: ...' to the front matter"
            )
        unknown = [repr(key) for key in self._entries if key not in KNOWN_KEYS]
        if not unknown:
            return f"{hint}."
        some = ", ".join(unknown[:_FEW_KEYS]) + (", ..." if len(unknown) > _FEW_KEYS else "")
        hint += f"; if the value is under {some}, map that key under [front_matter]"
        return f"{hint} in the settings."

    def _misspelt(self, key: str) -> str:
        """Return a hint about the key that was probably meant to be *key*."""
        unknown = {name.lower(): name for name in self._entries if name not in KNOWN_KEYS}
        near = nearest(key, unknown, cutoff=0.7)
        if not near:
            return ""
        name = unknown[near]
        return f"Line {self._entries[name].line} has {name!r}: did you mean {key!r}?"

    def _refuse(self, code: str, key: str, entry: Entry, wanted: str, hint: str) -> None:
        what = entry.text if key == entry.kind == "date" else _shown(entry)
        self._add(code, f"{self._name(key)} is {what}; it must {wanted}", hint, entry)

    def _add(self, code: str, text: str, hint: str, entry: Entry | None) -> None:
        line, column = (entry.line, entry.column) if entry else (self._front.line, None)
        self.problems.append(
            make_problem(code, self._source, text, hint=hint, line=line, column=column)
        )


def fold_spaces(text: str) -> str:
    """Collapse white space to single spaces, strip the ends, and compose accented letters."""
    return " ".join(normalize("NFC", text).split())


def fold_case(name: str) -> str:
    """Return what is equal for names that differ only in case, spaces or composed letters."""
    return fold_spaces(name).casefold()


def _is_name(name: str) -> bool:
    is_short = len(name) <= _LONGEST_SUBJECT
    return is_short and any(map(str.isalnum, name)) and not _TURNING.search(name)


def _topic(entry: Entry) -> str | None:
    name = fold_spaces(entry.text)
    return name if entry.kind == "text" and _is_name(name) and "::" not in name else None


def _day(entry: Entry) -> datetime.date | None:
    found = _DATE.fullmatch(entry.text.strip())
    if found and entry.kind in ("date", "text"):
        try:
            return datetime.date(*map(int, found.groups()))
        except ValueError:  # the thirtieth of February
            return None
    return None


def _score(entry: Entry) -> float | None:
    if entry.kind not in ("integer", "number") or not _NUMBER.fullmatch(entry.text):
        return None
    score = float(entry.text)
    return score if math.isfinite(score) else None


def _tag(entry: Entry) -> str | None:
    tag = entry.text.strip().replace("_", "-")
    return tag if entry.kind == "text" and _LANGUAGE.fullmatch(tag) else None


_LABELS = {"keywords": "page_keywords"}  # the site's name for a key
# How an optional key is read (None for an invalid value), what it must do, and a hint.
_OPTIONAL: dict[str, tuple[Callable[[Entry], object], str, str]] = {
    "date": (_day, "be a day", "Use a line such as {name}: 2025-02-06"),
    "score": (_score, "be a number", "Use a line such as {name}: 4.5"),
    "lang": (_tag, "be a language tag", "Use a line such as {name}: de or {name}: pt-BR"),
    "topic": (
        _topic,
        "name a deck",
        "Write one short name, such as Pain management, without '::'.",
    ),
}


def _related(front: FrontMatter) -> tuple[int, ...]:
    """Read the recommended pages; an invalid id among them is not a fault of this page."""
    ids = []
    for number in range(1, 6):
        entry = front.entries.get(f"related_article{number}")
        inside = entry.entries.get("id") if entry else None
        if inside and inside.kind == "integer" and WHOLE_NUMBER.fullmatch(inside.text):
            ids.append(int(inside.text))
    return tuple(dict.fromkeys(ids))


def _is_empty(entry: Entry) -> bool:
    # In an answer a newline is written as the two characters "\n" (qt2anki.source.unescape).
    is_text = entry.kind == "text"
    return entry.kind == "nothing" or (is_text and not entry.text.replace("\\n", "").strip())


def _distinct(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(folded for text in texts if (folded := fold_spaces(text))))


def _shown(entry: Entry) -> str:
    """Describe an invalid value, with its type in YAML if that may be surprising."""
    if entry.kind in ("list", "mapping", "nothing"):
        return "nothing" if entry.kind == "nothing" else f"a {entry.kind}"
    text = entry.text if len(entry.text) <= _SHOWN_LENGTH else f"{entry.text[:_SHOWN_LENGTH]}..."
    if entry.kind == "text":
        return f"the text {text!r}"
    article = {"integer": "an ", "number": "a ", "date": "a "}.get(entry.kind, "")
    return f"{text}, which YAML reads as {article}{entry.kind}"
