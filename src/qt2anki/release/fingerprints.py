"""Describe the facts of a page so that they are recognised in a later release.

A fact is what a review history is about. The notes of one step (what comes next, what happens,
which step is this) are one fact and share its fate; any other note is a fact by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qt2anki.anki.cloze import hidden_parts, with_gaps
from qt2anki.anki.likeness import Words, likeness
from qt2anki.anki.note_content import AnyNote, field, without_reason
from qt2anki.anki.visible_text import visible_text
from qt2anki.notes.frame import without_full_answer
from qt2anki.notes.identity import slug

BOLD = re.compile(r"<b>((?:[^<]|<(?!/b>))*)")
# A character of Chinese, Japanese or Korean is a word; they are written without spaces.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")
SHORT = 4  # letters; any two texts share most of their shorter words
_SHORT_ANSWER = 5  # words; longer answers explain something
_STEP = "step/"
_PAGE = "page"  # names the text of a fact that need not be on any card
_TEXT_FROM = (_PAGE, "explain", "next", "name", "")  # the best evidence first


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One fact of one page.

    Where its cards ask for something short (*is_gap*), *title* is that answer, and the text is
    what surrounds it. Otherwise *title* names what the text explains.
    """

    name: str  # the published key, of a step without its last part: "step/fusion"
    natural_name: str  # the same of the key that the page gave it when it was last built
    note_types: Mapping[str, str]  # by the last part of the key; "" where a fact is one note
    title: Words
    texts: Mapping[str, Words]  # by the same parts; those without a text are missing
    is_gap: bool
    place: int  # on the page, from 0
    is_retired: bool

    @property
    def family(self) -> str:
        """The first part of the key: only facts of one family can be the same."""
        return self.name.partition("/")[0]

    @property
    def surroundings(self) -> Words:
        """The words around the gap."""
        return self.texts.get("", frozenset())


def fingerprints_of(
    notes: Iterable[AnyNote], *, is_retired: bool = False
) -> tuple[Fingerprint, ...]:
    """Gather the notes of one page, in their order, into facts."""
    groups: dict[str, dict[str, AnyNote]] = {}
    for note in notes:
        name, part = split_key(note.key)
        groups.setdefault(name, {})[part] = note
    return tuple(
        _fact(name, group, place, is_retired=is_retired)
        for place, (name, group) in enumerate(groups.items())
    )


def split_key(key: str) -> tuple[str, str]:
    """Split a key into the name of its fact and the rest: ("step/fusion", "next"), ("qa", "")."""
    if key.startswith(_STEP) and key.count("/") > 1:
        name, _, part = key.rpartition("/")
        return name, part
    return key, ""


def join_key(name: str, part: str) -> str:
    """Join what :func:`split_key` splits."""
    return f"{name}/{part}" if part else name


def natural_key_of(note: AnyNote) -> str:
    """Return the key that the page gave a note when it was last built.

    Packages of version 1 do not have it: there a renamed step is recognised by its title.
    """
    name, part = split_key(note.key)
    if note.natural_key or not part:
        return note.natural_key or note.key
    return f"{name.rpartition('/')[0]}/{slug(title_of(note))}/{part}"


def title_of(note: AnyNote) -> str:
    """Return what a reader knows a note by, as plain text: the step, the question, the answer."""
    _, part = split_key(note.key)
    if note.note_type == "qa":
        question = field(note, "Question")
        bold = BOLD.search(question) if part else None
        return visible_text(bold[1] if bold else question)
    found = hidden_parts(field(note, "Text"), 1)
    return visible_text(" ".join(found[-1:] if part else found))


def _fact(name: str, notes: Mapping[str, AnyNote], place: int, *, is_retired: bool) -> Fingerprint:
    first = next(iter(notes.values()))
    texts = {part: _words(_text_of(note, part), shortest=SHORT) for part, note in notes.items()}
    texts[_PAGE] = _words(next((n.text for n in notes.values() if n.text), ""), shortest=SHORT)
    return Fingerprint(
        name=name,
        natural_name=split_key(natural_key_of(first))[0],
        note_types={part: note.note_type for part, note in notes.items()},
        title=_words(_label_of(first)),
        texts={part: words for part, words in texts.items() if words},
        is_gap=_is_gap(first),
        place=place,
        is_retired=is_retired,
    )


def _is_gap(note: AnyNote) -> bool:
    if split_key(note.key)[1]:
        return False
    return note.note_type == "cloze" or _has_short_answer(note)


def _has_short_answer(note: AnyNote) -> bool:
    return len(_WORD.findall(visible_text(field(note, "Answer")))) < _SHORT_ANSWER


def _label_of(note: AnyNote) -> str:
    if note.note_type == "cloze":
        return title_of(note)
    if _is_gap(note):
        return visible_text(field(note, "Answer"))
    bold = BOLD.search(field(note, "Question"))
    return visible_text(bold[1] if bold else field(note, "Question"))


def _text_of(note: AnyNote, part: str) -> str:
    if part == "next":  # its text shows the steps before it, which are other facts
        return visible_text(_own_extra(note))
    if note.note_type == "cloze":
        return visible_text(with_gaps(field(note, "Text"), 1, " "))
    if _is_gap(note):
        return visible_text(field(note, "Question"))
    return visible_text(field(note, "Answer") + " " + _own_extra(note))


def _own_extra(note: AnyNote) -> str:
    return without_full_answer(without_reason(field(note, "Extra")))


def _words(text: str, *, shortest: int = 1) -> Words:
    words = frozenset(_WORD.findall(text.casefold()))
    long = frozenset(w for w in words if len(w) >= shortest or not w.isascii() or w.isdigit())
    return long or words


def text_likeness(one: Fingerprint, other: Fingerprint) -> float | None:
    """Compare the texts of two facts by the best evidence that both have, if any."""
    for part in (*_TEXT_FROM, *sorted(one.texts)):
        if part in one.texts and part in other.texts:
            return likeness(one.texts[part], other.texts[part])
    return None
