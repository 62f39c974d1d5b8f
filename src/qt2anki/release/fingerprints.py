"""The facts of a page as they can be recognised again: by title and text, whatever their key.

A fact is what a review history is about. The notes of one step (what comes next, what happens,
which step is this) are one fact and share its fate; any other note is a fact by itself. Title and
text are read back from the fields, for that is all that a published package has.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from qt2anki.anki.note_content import AnyNote, Content, content_of, field, without_reason

_HTML_TAG = re.compile(r"<[^<>]*>")
_DELETION = re.compile(r"\{\{c[0-9]+::((?:[^}]|\}(?!\}))*)(?:\}\})?")
_BOLD = re.compile(r"<b>((?:[^<]|<(?!/b>))*)")
# A sign of Chinese, Japanese or Korean is a word; they write no blanks.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")
_SHORT = 4  # letters; shorter words are mostly those that any two texts share
_STEP = "step/"
_TEXT_FROM = ("explain", "next", "name", "")  # the best witness of a fact's text first

N = TypeVar("N", bound=AnyNote)
N_co = TypeVar("N_co", bound=AnyNote, covariant=True)
Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Fact(Generic[N_co]):
    """One fact of one page, with the notes that ask for it."""

    name: str  # the key, of a step without its last part: "step/fusion"
    notes: Mapping[str, N_co]  # by the last part of the key; "" where a fact is one note
    title: Words
    texts: Mapping[str, Words]  # by the same parts; those without a text are missing
    contents: frozenset[tuple[str, Content]]
    place: int  # on the page, from 0
    is_retired: bool

    @property
    def family(self) -> str:
        """The first part of the key: only facts of one family can be the same."""
        return self.name.partition("/")[0]


def facts_of(notes: Iterable[N], *, is_retired: bool = False) -> tuple[Fact[N], ...]:
    """Gather the notes of one page, in their order, into facts."""
    groups: dict[str, dict[str, N]] = {}
    for note in notes:
        name, part = split_key(note.key)
        groups.setdefault(name, {})[part] = note
    return tuple(
        _fact(name, group, place, is_retired=is_retired)
        for place, (name, group) in enumerate(groups.items())
    )


def split_key(key: str) -> tuple[str, str]:
    """Part a key into the name of its fact and the rest: ("step/fusion", "next"), ("qa", "")."""
    if key.startswith(_STEP) and key.count("/") > 1:
        name, _, part = key.rpartition("/")
        return name, part
    return key, ""


def join_key(name: str, part: str) -> str:
    """Put together what :func:`split_key` parts."""
    return f"{name}/{part}" if part else name


def title_of(note: AnyNote) -> str:
    """Return what a reader knows a note by, as plain text: the step, the question, the answer."""
    _, part = split_key(note.key)
    if note.note_type == "qa":
        question = field(note, "Question")
        bold = _BOLD.search(question) if part else None
        return _plain(bold[1] if bold else question)
    deletions = [found[1].partition("::")[0] for found in _DELETION.finditer(field(note, "Text"))]
    return _plain(" ".join(deletions[-1:] if part else deletions))


def _fact(name: str, notes: Mapping[str, N], place: int, *, is_retired: bool) -> Fact[N]:
    titles = [title_of(note) for note in notes.values()]
    texts = {part: _words(_text_of(note, part), shortest=_SHORT) for part, note in notes.items()}
    return Fact(
        name=name,
        notes=notes,
        title=_words(titles[0]),
        texts={part: words for part, words in texts.items() if words},
        contents=frozenset((part, content_of(note)) for part, note in notes.items()),
        place=place,
        is_retired=is_retired,
    )


def _text_of(note: AnyNote, part: str) -> str:
    if part == "next":  # its text shows the steps before it, which are other facts
        return _plain(without_reason(field(note, "Extra")))
    if note.note_type == "qa":
        return _plain(field(note, "Answer") + " " + without_reason(field(note, "Extra")))
    return _plain(_DELETION.sub(" ", field(note, "Text")))


def _plain(fragment: str) -> str:
    return " ".join(html.unescape(_HTML_TAG.sub(" ", fragment)).split())


def _words(text: str, *, shortest: int = 1) -> Words:
    words = frozenset(_WORD.findall(text.casefold()))
    long = frozenset(w for w in words if len(w) >= shortest or not w.isascii() or w.isdigit())
    return long or words


def likeness(one: Words, other: Words) -> float:
    """Return the share of words that two sets have in common (Jaccard), 0 to 1."""
    union = len(one | other)
    return len(one & other) / union if union else 1.0


def text_likeness(one: Fact[AnyNote], other: Fact[AnyNote]) -> float | None:
    """Compare the texts of two facts by the best witness both have; None when there is none."""
    for part in (*_TEXT_FROM, *sorted(one.texts)):
        if part in one.texts and part in other.texts:
            return likeness(one.texts[part], other.texts[part])
    return None
