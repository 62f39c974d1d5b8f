"""Make notes of abbreviations: one for each meaning, however many pages and subjects use it.

Meanings are found page by page. The key of a note has its letters and its meaning, so a subject can
be renamed, and two subjects can share an acronym. A note shows the page with the lowest id, because
pages that are added later usually have higher ids.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from math import ceil
from types import MappingProxyType

from qt2anki.anki.visible_text import is_typo
from qt2anki.config import Settings
from qt2anki.html.anki_escape import text_html
from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Kind, Note, Page, page_order
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.choose import Choice, Graded, chosen, judge
from qt2anki.notes.cloze_deletion import box, mask
from qt2anki.notes.frame import Frame, frame_for
from qt2anki.notes.frequency import acronym_rate, is_english
from qt2anki.notes.gates import (
    core_fits,
    echoes,
    front_fits,
    has_opposite,
    other_forms,
    says_something,
)
from qt2anki.notes.identity import guid_for
from qt2anki.notes.kinds.acronyms import find_acronyms
from qt2anki.notes.phrases import phrase
from qt2anki.notes.text_units import Unit
from qt2anki.notes.words import content_words, root, roots
from qt2anki.outline.sentences import sentences

_EMPHASIS = re.compile(r"[*_]+")  # may be inside an acronym, or before it
_KNOWN_TO_ALL = 60  # of 10,000 pages: AI, USA
_MAY_HAVE_BRACKET = re.compile(r"[(&]")  # "&" may start a character reference
_IN_WORD = re.compile(r"\w")
_LETTER = re.compile(r"[A-Za-z]")
_SAME_STEM = 0.7  # of the letters of the longer root
_LOCAL = re.compile(
    r"(?!(?:international|world|global|european|american|national|federal|united|central)\b)"
    r".*\b(?:programs?|programmes?|groups?|areas?|committees?|councils?|centers?|centres?|acts?"
    r"|bills?|foundations?|agency|societ(?:y|ies)|federations?|associations?|schemes?|projects?"
    r"|commissions?|departments?|ministr(?:y|ies)|authorit(?:y|ies)|initiatives?|institutes?"
    r"|institutions?|universit(?:y|ies)|college|schools?|boards?|offices?|organi[sz]ations?"
    r"|company|corporation|bank|district|unions?|league|alliance|bureau|fund|missions?"
    r"|campaigns?|courses?|exams?|examinations?|awards?|parks?|messenger|enterprises?)$",
    re.IGNORECASE,
)
# Institutions of one place; elsewhere their letters mean something else.
_BODY = re.compile(
    r"\b(?:party|society|shelter|coalition|church|hospital|clinic|club|museum|library|festival"
    r"|newspaper|magazine|school|college|university|foundation|centre|center|council|services?"
    r"|network|team|charity|academy|orchestra|airport|station|police)\b"
)
# Parties, armies and schemes: those who know them need no card, and nobody else needs them.
_NAME_OF_GROUP = re.compile(
    r"\b(?:party|army|navy|air force|armed forces|defen[cs]e forces?|militia|abhiyan|yojana)$",
    re.IGNORECASE,
)
_SHORT_PART = re.compile(r"\b[A-Z]{2,}\b")
_OF_PLACE = re.compile(r"\b(?:of|in|for) (?:the )?(?P<place>[A-Z]\w+)$")
_ONE_PLACE = re.compile(r"\b(?:coalition|shelter|hospital|clinic|club|festival)\b", re.IGNORECASE)
_HALF_BOXED = re.compile(r"▢-|-▢")  # the rest of the word gives it away
_LEAST_TOPIC = 2  # words left in a question
_MOST_BOXED = 0.67
_CUE = "abbreviation"
_MOST_MEANINGS = 100  # of one page; each is compared with the others


@dataclass(frozen=True, slots=True)
class Meaning:
    """The meaning of an acronym on one page; texts are Markdown, except for the acronym."""

    short: str
    long: str  # plain text
    page: Page
    sentence: str
    label: str  # the title or heading it is under
    is_name: bool = False  # the page calls the thing by its acronym

    @property
    def name(self) -> str:
        """The name of the meaning: ``MRI/magnet-reson-imag``."""
        return f"{self.short.upper()}/{'-'.join(root(word) for word in content_words(self.long))}"


def find_meanings(page: Page, units: Iterable[Unit]) -> tuple[Meaning, ...]:
    """Return acronyms that *page* explains and students may not know, each meaning once."""
    found: dict[str, Meaning] = {}
    meanings = [meaning for unit in units for meaning in _in_unit(page, unit)]
    answer = _EMPHASIS.sub("", page.answer) if meanings else ""
    for meaning in meanings:
        if len(found) < _MOST_MEANINGS and _is_worth_asking(meaning, answer):
            found.setdefault(meaning.name, meaning)
    return tuple(found.values())


@dataclass(slots=True)
class _Known:
    """A meaning that has a key already, published or made in this build."""

    key: str
    guid: str
    made: Candidate | None = None


class Abbreviations:
    """The notes of a build's acronyms: one for each meaning, shared by all subjects.

    *published* maps keys of such notes to GUIDs; the first of equal meanings is used. *shared* are
    the notes, by GUID, that stay as they are in subjects that do not have their page: all packages
    must have the same note, and not all of them are made in every build. *absent* are the GUIDs of
    notes whose page was not read.
    """

    def __init__(
        self,
        published: Mapping[str, str],
        settings: Settings,
        shared: Mapping[str, Note] = MappingProxyType({}),
        absent: Collection[str] = (),
    ) -> None:
        self.absent = absent
        self._published = published
        self._settings = settings
        self._shared = shared
        self._known: defaultdict[str, list[_Known]] = defaultdict(list)
        for key, guid in published.items():
            self._known[_name_in(key).rpartition("/")[0]].append(_Known(key, guid))

    def choose(
        self,
        meanings: Iterable[Meaning],
        correct: Callable[[Sequence[Choice]], Iterable[Graded]] = chosen,
    ) -> tuple[Note, ...]:
        """Return the notes of a subject's *meanings* that are good enough, sorted by key.

        *correct* chooses among the candidates, and corrects them.
        """
        root = f"{self._settings.tag_root}::tier::"
        notes = []
        for note, tier in correct(tuple(self.choices(meanings))):
            others = (tag for tag in note.tags if not tag.startswith(root))
            notes.append(replace(note, tags=tuple(sorted((*others, root + tier)))))
        return tuple(sorted(notes, key=lambda note: note.key))

    def choices(self, meanings: Iterable[Meaning]) -> Iterator[Choice]:
        """Yield a candidate for each acronym of a subject, and whether it becomes a note.

        The *meanings* can be in any order. If there are several wordings, the published one is
        used, else that of the page with the lowest id. A meaning that an earlier subject has asked
        for gets the same note.
        """
        found: defaultdict[str, list[Meaning]] = defaultdict(list)
        for meaning in sorted(meanings, key=lambda m: (page_order(m.page.page_id), m.name)):
            found[self._find(meaning).key].append(meaning)
        shorts = Counter(group[0].short.upper() for group in found.values())
        for group in found.values():
            known = self._find(group[0])
            shared = self._shared.get(known.guid)
            own = [m for m in group if shared and m.page.page_id == shared.page_id]
            if shared and not own and known.made is None:
                known.made = Candidate(shared, "", cue=_CUE)
            elif own or known.made is None:
                named = [m for m in own or group if m.name == _name_in(known.key)]
                several = shorts[group[0].short.upper()] > 1
                known.made = _candidate(
                    (*named, *own, *group)[0], known, self._settings, needs_label=several
                )
            if known.made is not None:
                published = 0 if known.key in self._published else None
                yield judge(known.made, self._settings, published=published)

    def _find(self, meaning: Meaning) -> _Known:
        """Return the known meaning of this name, or else the most similar one (a typo)."""
        known = self._known[meaning.short.upper()]
        named = [one for one in known if _name_in(one.key) == meaning.name]
        alike = [one for one in known if _is_alike(one, meaning)]
        if not named and not alike:
            key = f"abbr/{meaning.name}"
            known.append(_Known(key, guid_for("", key)))
            return known[-1]
        return (named or alike)[0]


def _in_unit(page: Page, unit: Unit) -> Iterator[Meaning]:
    label = unit.title or unit.section
    titles = sentences(unit.title) if _MAY_HAVE_BRACKET.search(unit.title) else ()
    found = [(title, plain_text(title)) for title in titles]
    found += [(one.markdown, one.plain) for text in unit.sentences for one in text]
    for sentence, plain in found:
        if "(" in plain:
            shown = "" if sentence == unit.title else sentence
            for acronym in find_acronyms(plain):
                yield Meaning(acronym.short, acronym.long, page, shown, label, acronym.is_name)


def _is_worth_asking(meaning: Meaning, answer: str) -> bool:
    """Whether the acronym belongs to the field: a name, used again, or known from other pages.

    One that everyone knows does not, nor does the name of an institution that no other page has.
    """
    rate = acronym_rate(meaning.short)
    if rate >= _KNOWN_TO_ALL or _is_everyday(meaning) or not core_fits(meaning.long):
        return False
    if (rate == 0 and _LOCAL.search(meaning.long)) or _is_of_one_place(meaning.long):
        return False
    if _NAME_OF_GROUP.search(meaning.long) or _leaves_letters(meaning):
        return False
    return rate > 0 or meaning.is_name or _stands_twice(meaning.short, answer)


def _leaves_letters(meaning: Meaning) -> bool:
    """Whether the meaning contains part of the acronym: CTU, CT urogram."""
    return any(part in meaning.short for part in _SHORT_PART.findall(meaning.long))


def _is_of_one_place(long: str) -> bool:
    """Whether *long* is an institution of one town or country; its letters have other meanings."""
    if _ONE_PLACE.search(long):
        return True
    place = _OF_PLACE.search(long) if _BODY.search(long.lower()) else None
    return place is not None and not is_english(root(place["place"].lower()))


def _is_everyday(meaning: Meaning) -> bool:
    word = _everyday().get(meaning.short)
    return word is not None and word in meaning.long.lower()


@cache
def _everyday() -> Mapping[str, str]:
    """Read abbreviations that everyone knows, each with a word that its meaning must contain."""
    words = files("qt2anki.notes").joinpath("data", "everyday-abbreviations.txt")
    entries = (entry.partition("=") for entry in words.read_text("utf-8").split())
    return MappingProxyType({short: word for short, _, word in entries})


def _stands_twice(short: str, answer: str) -> bool:
    """Whether *answer* contains the acronym as a separate word at least twice.

    A regular expression for each would take a hundred times as long on a page full of acronyms.
    """
    found = at = 0
    while found < 2 and (at := answer.find(short, at)) >= 0:
        before, after = answer[max(at - 1, 0) : at], answer[at + len(short) : at + len(short) + 1]
        found += not _IN_WORD.match(before) and not _LETTER.match(after)
        at += 1
    return found == 2


def _name_in(key: str) -> str:
    """Return the name in a key; before 2.0.0 the subject was before it (abbr/physics/EMF/...)."""
    name = key.removeprefix("abbr/")
    first, _, rest = name.partition("/")
    return rest if first == first.lower() and "/" in rest else name


def _is_alike(known: _Known, meaning: Meaning) -> bool:
    """Whether every word of the shorter wording is in the other, possibly misspelled.

    An additional word is a different wording; a different word is a different meaning (acute renal
    failure, acute respiratory failure).
    """
    names = [name.rpartition("/")[2] for name in (_name_in(known.key), meaning.name)]
    if len({name.replace("-", "") for name in names}) == 1:  # intra-uterine, intrauterine
        return True
    short, long = sorted((name.split("-") for name in names), key=len)
    if has_opposite(frozenset(short), frozenset(long)):
        return False
    return all(any(_is_one_word(word, other) for other in long) for word in short)


def _is_one_word(one: str, other: str) -> bool:
    """Whether two roots belong to one word: equal, misspelled, or its forms (comput, computer)."""
    stem = ceil(_SAME_STEM * max(len(one), len(other)))
    return one[:stem] == other[:stem] or is_typo(one, other)


def _candidate(
    meaning: Meaning, known: _Known, settings: Settings, *, needs_label: bool
) -> Candidate | None:
    frame = frame_for(meaning.page, settings)
    label = _label(meaning, frame)
    shown = inline_html(label) if label else _masked_question(meaning)
    if needs_label and not shown:
        return None
    subject = frame.subject
    if not says_something(meaning.long, known=roots(subject) | roots(plain_text(label))):
        return None
    note = frame.qa(
        Kind.ABBR,
        known.key,
        question=phrase("stands_for", short=text_html(meaning.short)),
        answer=text_html(meaning.long),
        extra=f"<p>{inline_html(meaning.sentence)}</p>" if meaning.sentence else "",
        context=" · ".join(filter(None, (text_html(subject), shown or phrase("abbreviation")))),
        order=f"{meaning.page.page_id}.99",
    )
    note = replace(note, guid=known.guid, fields=(known.key, *note.fields[1:]))
    traits = frozenset(("no-context",) if not shown else ())
    sentence = plain_text(meaning.sentence)
    return Candidate(note, "", sentence=sentence, cue=_CUE, traits=traits)


def _label(meaning: Meaning, frame: Frame) -> str:
    """Return text that identifies the page without giving the meaning away, or ""."""
    secret = roots(meaning.long) - roots(frame.subject)
    for label in (meaning.page.question, meaning.label):
        plain = plain_text(label)
        if label and front_fits(plain) and not echoes(secret, roots(plain)):
            return label
    return ""


def _masked_question(meaning: Meaning) -> str:
    """Return the page's question (HTML) with the words of the meaning boxed, or ""."""
    question = meaning.page.question
    plain = plain_text(question)
    every = content_words(plain)
    secret = roots(meaning.long)
    hidden = secret | other_forms(secret, plain)
    masked = mask(inline_html(question), secret=hidden, along=frozenset(), hide=box)
    if masked is None or not front_fits(plain):
        return ""
    shown = plain_text(masked.html)
    left = len(content_words(shown.replace("▢", " ")))
    if (
        _HALF_BOXED.search(shown)
        or left < _LEAST_TOPIC
        or len(every) - left > _MOST_BOXED * len(every)
    ):
        return ""
    return masked.html
