"""What an acronym stands for: one note a subject, however many of its pages use it.

Meanings are found page by page; notes are made for the subject, whose pages may use one acronym
in two meanings. A note is named by what it says, not by a page, and shows the page with the lowest
id, so that pages that join later, having higher ids, change as little as can be.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from qt2anki.config import Settings
from qt2anki.html.anki_escape import text_html
from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Kind, Note, Page, PageId, page_order
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.choose import Choice, judge
from qt2anki.notes.frame import Frame, frame_for
from qt2anki.notes.frequency import acronym_rate
from qt2anki.notes.gates import core_fits, front_fits, says_something
from qt2anki.notes.identity import guid_for, slug
from qt2anki.notes.kinds.acronyms import find_acronyms
from qt2anki.notes.ranker import tier_of
from qt2anki.notes.text_units import Unit
from qt2anki.notes.words import content_words, root, roots
from qt2anki.outline.sentences import sentences

_EMPHASIS = re.compile(r"[*_]+")  # may stand within an acronym, or hide where it begins
_KNOWN_TO_ALL = 60  # of 10,000 pages: AI, USA
_MOST_PAGES_TAGGED = 5
_MAY_HAVE_BRACKET = re.compile(r"[(&]")  # it may be written as a reference
_IN_WORD = re.compile(r"\w")
_LETTER = re.compile(r"[A-Za-z]")
_SAME_MEANING = 0.5
_MOST_MEANINGS = 100  # of one page; each is compared with the others


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one page says that an acronym stands for; texts are Markdown but for the acronym."""

    short: str
    long: str  # plain text
    page: Page
    sentence: str
    label: str  # the title or heading it stands under
    is_name: bool = False  # the page calls the thing by its acronym

    @property
    def name(self) -> str:
        """Names the meaning within a subject: ``MRI/magnet-reson-imag``."""
        return f"{self.short.upper()}/{'-'.join(root(word) for word in content_words(self.long))}"


def find_meanings(page: Page, units: Iterable[Unit]) -> tuple[Meaning, ...]:
    """Return the acronyms that *page* explains and a learner may not know, each meaning once."""
    found: dict[str, Meaning] = {}
    meanings = [meaning for unit in units for meaning in _in_unit(page, unit)]
    answer = _EMPHASIS.sub("", page.answer) if meanings else ""
    for meaning in meanings:
        if len(found) < _MOST_MEANINGS and _is_worth_asking(meaning, answer):
            found.setdefault(meaning.name, meaning)
    return tuple(found.values())


def choose_abbreviations(
    subject: str,
    meanings: Iterable[Meaning],
    settings: Settings,
    kept: Collection[str] = (),
) -> tuple[Note, ...]:
    """Make the notes of a subject's acronyms that are good enough, sorted by key."""
    tier = f"{settings.tag_root}::tier::"
    chosen = []
    for choice in abbreviation_choices(subject, meanings, settings, kept):
        if not choice.left_out:
            note = choice.candidate.note
            tags = tuple(sorted((*note.tags, tier + tier_of(choice.score))))
            chosen.append(replace(note, tags=tags))
    return tuple(sorted(chosen, key=lambda note: note.key))


def abbreviation_choices(
    subject: str, meanings: Iterable[Meaning], settings: Settings, kept: Collection[str] = ()
) -> Iterator[Choice]:
    """Yield a candidate for each acronym of a subject, and whether it becomes a note.

    *meanings* are those of all its pages, in any order; *kept* are the keys of notes that are
    published. Of several wordings of one meaning the kept one is asked for, else the one of the
    page with the lowest id.
    """
    by_short: defaultdict[str, list[list[Meaning]]] = defaultdict(list)
    ordered = sorted(meanings, key=lambda m: (page_order(m.page.page_id), m.name))
    ordered.sort(key=lambda m: _key(subject, m) not in kept)
    for meaning in ordered:
        groups = by_short[meaning.short.upper()]
        group = next((group for group in groups if _is_same(group[0], meaning)), None)
        if group is None:
            groups.append([meaning])
        else:
            group.append(meaning)
    for groups in by_short.values():
        for group in groups:
            note = _note(subject, group, settings, is_labelled=len(groups) > 1)
            if note:
                sentence = plain_text(group[0].sentence)
                candidate = Candidate(note, "", sentence=sentence, cue="abbreviation")
                yield judge(candidate, settings, is_published=note.key in kept)


def _in_unit(page: Page, unit: Unit) -> Iterator[Meaning]:
    label = unit.title or unit.section
    for text in (unit.title, *unit.texts):
        if not _MAY_HAVE_BRACKET.search(text):
            continue
        for sentence in filter(_MAY_HAVE_BRACKET.search, sentences(text)):
            shown = "" if sentence == unit.title else sentence
            for acronym in find_acronyms(plain_text(sentence)):
                yield Meaning(acronym.short, acronym.long, page, shown, label, acronym.is_name)


def _is_worth_asking(meaning: Meaning, answer: str) -> bool:
    """Whether the acronym is one of the field: a name, used again, or known from other pages."""
    rate = acronym_rate(meaning.short)
    if rate >= _KNOWN_TO_ALL or not core_fits(meaning.long):
        return False
    return rate > 0 or meaning.is_name or _stands_twice(meaning.short, answer)


def _stands_twice(short: str, answer: str) -> bool:
    """Whether the acronym is in *answer* as a word of its own, twice or more.

    An expression made for it would take a hundred times as long on a page full of acronyms.
    """
    found = at = 0
    while found < 2 and (at := answer.find(short, at)) >= 0:
        before, after = answer[max(at - 1, 0) : at], answer[at + len(short) : at + len(short) + 1]
        found += not _IN_WORD.match(before) and not _LETTER.match(after)
        at += 1
    return found == 2


def _is_same(one: Meaning, other: Meaning) -> bool:
    left, right = roots(one.long), roots(other.long)
    return len(left & right) >= _SAME_MEANING * min(len(left), len(right))


def _key(subject: str, meaning: Meaning) -> str:
    return f"abbr/{slug(subject)}/{meaning.name}"


def _note(
    subject: str, group: Sequence[Meaning], settings: Settings, *, is_labelled: bool
) -> Note | None:
    owner = min(
        (meaning for meaning in group if meaning.name == group[0].name),
        key=lambda meaning: page_order(meaning.page.page_id),
    )
    label = _label(owner) if is_labelled else ""
    if label is None or not says_something(
        owner.long, known=roots(subject) | roots(plain_text(label))
    ):
        return None
    frame = frame_for(replace(owner.page, subjects=(subject,)), settings)
    key = _key(subject, owner)
    note = frame.qa(
        Kind.ABBR,
        key,
        question=f"What does <b>{text_html(owner.short)}</b> stand for?",
        answer=text_html(owner.long),
        extra=f"<p>{inline_html(owner.sentence)}</p>" if owner.sentence else "",
        context=" · ".join(filter(None, (text_html(subject), inline_html(label)))),
        order=f"{owner.page.page_id}.99",
    )
    return replace(
        note,
        guid=guid_for("", key),
        fields=(key, *note.fields[1:]),
        tags=_tags(note, frame, [meaning.page.page_id for meaning in group]),
    )


def _label(meaning: Meaning) -> str | None:
    """Return what tells this meaning from others without giving it away, None for nothing."""
    secret = roots(meaning.long)
    for label in (meaning.label, meaning.page.question):
        if label and front_fits(plain_text(label)) and not secret & roots(plain_text(label)):
            return label
    return None


def _tags(note: Note, frame: Frame, pages: Iterable[PageId]) -> tuple[str, ...]:
    """Add tags for the first pages that use the acronym; later ones would only change the note."""
    first = sorted(set(pages), key=page_order)[:_MOST_PAGES_TAGGED]
    root_tag = frame.settings.tag_root
    return tuple(sorted({*note.tags, *(f"{root_tag}::page::{page_id}" for page_id in first)}))
