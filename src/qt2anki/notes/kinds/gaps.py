"""Find possible gaps in sentences, and decide whether a card may ask for them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeVar

from qt2anki.html.fragment import plain_text
from qt2anki.notes.cloze_deletion import deletion
from qt2anki.notes.frame import Frame
from qt2anki.notes.frequency import acronym_rate
from qt2anki.notes.gates import (
    cloze_fits,
    echoes,
    front_fits,
    has_opposite,
    residual,
    says_something,
)
from qt2anki.notes.identity import slug
from qt2anki.notes.kinds.acronyms import find_acronyms, is_acronym, singular, stands_for
from qt2anki.notes.kinds.explanations import has_synonym
from qt2anki.notes.phrases import phrase
from qt2anki.notes.soft_gates import is_one_of_several
from qt2anki.notes.text_units import Unit
from qt2anki.notes.tokens import is_bare, tokens
from qt2anki.notes.words import content_words, root, roots, word_count, words

Place = tuple[int, int]
"""Where something starts and ends in a fragment, in characters."""

_LEAST_LEFT = 5
_REACH = 40  # characters
_FEW = 2  # words next to a gap that an acronym may abbreviate together with it
_BY = re.compile(r"\b(?:by|work of|works of|theory of|ideas of|named after) $")
_ACRONYM_AFTER = re.compile(r" \(([A-Z][A-Za-z0-9-]{1,9})\)")
_ACRONYM_INSIDE = re.compile(rf"{_ACRONYM_AFTER.pattern}$")
_MOST_WORDS = 4
_KNOWN_ACRONYM = 100  # of 10,000 pages
_NO_ANSWER = re.compile(r"['’]s?$|\d|[²³¹\u2070-\u209f]|\b\w$")
_NAME_GOES_ON = re.compile(r" ?\d| [A-Z]")
_MODAL_BEFORE = re.compile(r"\b(?:can|may|might|must|will|could|should|would|not|cannot) $")
_VERB_END = re.compile(r"(?:ify|i[sz]e|ate)$")
_OBJECT = re.compile(r" (?:the|these|those|an?|their|its)\b")
_POINTS_BACK = re.compile(r"\b(?:these|those|this|such|the same|other) $", re.IGNORECASE)
# Text after a gap that gives it away: its letter, an example, its formula.
_TOLD_AFTER = re.compile(
    r"(?: [\w-]+){0,3} \((?P<short>[A-Z][A-Za-z-]*\d*)\)"
    r"|,? (?:such as|like|including)\b| \\\(| [A-Z]+\d"
)
_SHORTEST_PART = 5
_DASHES = ("-", "‐", "‑")
_NO_GAP = re.compile(r"['’]| (?:known as|called)\b")
_JOINS = re.compile(r"[ \n\-‐‑]*")
_TAG = re.compile(r"<[^>]*>")
_BARE_WORD = re.compile(r"[A-Za-z0-9]+")


Chosen = TypeVar("Chosen")


class Gap(NamedTuple):
    """A sentence with something left out: ``before`` and ``after`` it, as a reader sees them."""

    html_before: str
    hidden: str  # HTML
    html_after: str
    before: str
    answer: str
    after: str

    @property
    def sentence(self) -> str:
        """The whole sentence."""
        return f"{self.before}{self.answer}{self.after}"


def find_gaps(fragment: str, text: str, *, known: frozenset[str]) -> Iterator[Gap]:
    """Yield a gap for each occurrence of *text* in *fragment*, in any form, in order.

    *fragment* is a rendered sentence. Words that the student sees anyway (*known* roots) are not
    hidden if the rest is one run: ``[...] delusions`` on a page about delusions.
    """
    wanted = _forms(text)
    places, forms = _words(fragment)
    first = -1
    for _ in range(forms.count(wanted[0]) if wanted else 0):
        first = forms.index(wanted[0], first + 1)
        end = first + len(wanted)
        run = places[first:end]
        joins = (_JOINS.fullmatch(fragment, one[1], other[0]) for one, other in pairwise(run))
        if forms[first:end] == wanted and all(joins):
            yield cut(fragment, *_narrowed(fragment, run, known))


def cut(fragment: str, start: int, end: int) -> Gap:
    """Hide the text from *start* to *end*; neither is inside a tag or an entity."""
    parts = fragment[:start], fragment[start:end], fragment[end:]
    return Gap(*parts, *map(_plain, parts))


def with_acronym(gap: Gap) -> Gap:
    """Extend the gap to the acronym in brackets after it, whose letters give the answer away."""
    found = _ACRONYM_AFTER.match(gap.after)
    if found is None or not gap.html_after.startswith(found[0]):
        return gap
    if not stands_for(singular(found[1]), gap.answer):
        return gap
    end = len(found[0])
    return gap._replace(
        hidden=gap.hidden + found[0],
        html_after=gap.html_after[end:],
        answer=gap.answer + found[0],
        after=gap.after[end:],
    )


@lru_cache(maxsize=64)
def _words(fragment: str) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    """Return the positions of the words of *fragment*, and their roots."""
    if is_bare(fragment):
        return tuple(word.span() for word in _BARE_WORD.finditer(fragment)), _forms(fragment)
    places: list[Place] = []
    forms: list[str] = []
    at = 0
    for token in tokens(fragment):
        if token.is_word:
            places.append((at, at + len(token.text)))
            forms.append(next(iter(_forms(token.plain)), ""))
        at += len(token.text)
    return tuple(places), tuple(forms)


@lru_cache(maxsize=4096)
def _forms(text: str) -> tuple[str, ...]:
    return tuple(map(root, words(text)))


def _narrowed(fragment: str, run: tuple[Place, ...], told: frozenset[str]) -> Place:
    """Return the bounds of the part of *run* that is not shown, if there is just one."""
    own = [roots(_plain(fragment[start:end])) for start, end in run]
    new = [at for at, found in enumerate(own) if found - told]
    if not new or any(own[at] <= told for at in range(new[0], new[-1]) if own[at]):
        return run[0][0], run[-1][1]
    return run[new[0]][0], run[new[-1]][1]


def _plain(part: str) -> str:
    return html.unescape(_TAG.sub("", part)) if "<" in part or "&" in part else part


def steady_choice(
    choose: Callable[[Collection[str]], dict[str, Chosen]],
    keys: Iterable[str],
    kept: Collection[str],
) -> dict[str, Chosen]:
    """Choose gaps, by key, so that a page that is made again has the gaps that students have.

    *choose* returns the best gaps, and prefers those whose keys it is given. *keys* are those of
    all gaps. If the best ones leave out a key in *kept*, which students have, these are preferred.
    """
    best = choose(())
    own = frozenset(keys).intersection(kept)
    return best if own <= best.keys() else choose(own)


def gap_key(unit: Unit, gap: Gap) -> str:
    """Return the key of the note that asks for *gap*: it names the answer, not the wording."""
    return f"cloze/{unit.name}/{slug(_ACRONYM_INSIDE.sub('', gap.answer))}"


def gap_html(gap: Gap, hint: str) -> str:
    """Return the sentence with its deletion; *hint* describes the form of the hidden text."""
    return (
        f"{gap.html_before}{deletion(gap.hidden + (f'::{hint}' if hint else ''))}{gap.html_after}"
    )


def shape(answer: str) -> str:
    """Return the hint for a gap of several words; letters would make recall too easy."""
    count = word_count(_ACRONYM_INSIDE.sub("", answer))
    return phrase("words_hidden", count=str(count)) if count > 1 else ""


def is_at_end(gap: Gap) -> bool:
    """Whether the gap is at the end of the sentence."""
    return not gap.after.strip(" .\"”')")


def is_person(gap: Gap) -> bool:
    """Whether the gap is someone's name: ``invented by James Hargreaves``."""
    return gap.answer[0].isupper() and " " in gap.answer and bool(_BY.search(gap.before))


def is_whole_name(gap: Gap) -> bool:
    """Whether the gap is a complete name, not part of a compound, a quotation or an acronym."""
    answer = gap.answer
    if (
        _POINTS_BACK.search(gap.before)
        or gap.before.endswith(_DASHES)
        or gap.after.startswith(_DASHES)
    ):
        return False
    if word_count(answer) > _MOST_WORDS or _NO_ANSWER.search(answer) or _NO_GAP.match(gap.after):
        return False
    acronyms = filter(is_acronym, map(singular, answer.split()))
    is_little_known = any(acronym_rate(short) < _KNOWN_ACRONYM for short in acronyms)
    if is_little_known or _is_part_of_quote(gap):
        return False
    return not (answer[0].isupper() and _NAME_GOES_ON.match(gap.after))


def is_verb_gap(gap: Gap) -> bool:
    """Whether the gap is a verb or an adverb."""
    if gap.answer.endswith("ly") or _MODAL_BEFORE.search(gap.before):
        return True
    is_after_to = gap.before.endswith(" to ")
    return is_after_to and bool(_OBJECT.match(gap.after) or _VERB_END.search(gap.answer))


def _is_part_of_quote(gap: Gap) -> bool:
    """Whether the gap is some of the words of a title in quotation marks."""
    if gap.before.count('"') % 2 == 0 and gap.before.count("“") == gap.before.count("”"):
        return False
    return not (gap.before[-1:] in '"“' and gap.after.lstrip(",.")[:1] in ('"', "”"))


def gap_passes(frame: Frame, unit: Unit, gap: Gap, *, most_hidden: float) -> bool:
    """Whether a card may ask for *gap*: it passes the hard gates, and nothing else would fit.

    At most the share *most_hidden* of the content words of its sentence can be hidden.
    """
    left = len(content_words(gap.before)) + len(content_words(gap.after))
    gone = len(content_words(_ACRONYM_INSIDE.sub("", gap.answer)))
    if left < _LEAST_LEFT or gone > most_hidden * (gone + left) or not cloze_fits(gap.answer):
        return False
    around = shown_around(frame, unit)
    if is_one_of_several(gap.before, gap.after) or not front_fits(around, gap.before, gap.after):
        return False
    known = frame.known(unit.section, unit.title)
    front = known | roots(gap.before) | roots(gap.after)
    secret = residual(gap.answer, known=known)
    if not secret or echoes(secret, front) or has_opposite(secret, front):
        return False
    if has_synonym(secret, front) or _is_told(gap, f"{around} {gap.before} {gap.after}".lower()):
        return False
    return says_something(gap.answer, known=front) and not _is_abbreviated(gap, around)


def _is_told(gap: Gap, front: str) -> bool:
    """Whether the text after the gap, or a longer word (lymphovenous for venous), gives it away."""
    found = _TOLD_AFTER.match(gap.after)
    if found and (not found["short"] or gap.answer[0].upper() in found["short"]):
        return True
    own = [word for word in words(gap.answer) if len(word) >= _SHORTEST_PART]
    return any(_is_inside(word, front) for word in own)


def _is_inside(word: str, front: str) -> bool:
    """Whether *word* is in *front* after a letter, a digit or an underscore."""
    at = front.find(word)
    while at >= 0:
        if at and (front[at - 1].isalnum() or front[at - 1] == "_"):
            return True
        at = front.find(word, at + 1)
    return False


def shown_around(frame: Frame, unit: Unit) -> str:
    """Return what a cloze of *unit* shows in addition to its sentence, as a reader sees it."""
    return f"{frame.context_text(unit.section)} {plain_text(unit.title)}"


def _is_abbreviated(gap: Gap, around: str) -> bool:
    """Whether the front shows the acronym of the answer, or the meaning if it is an acronym.

    *around* is what the front shows in addition to the sentence.
    """
    front = f"{around} {gap.before} {gap.after}"
    short = singular(gap.answer.strip())
    if is_acronym(short):
        initials = "".join(word[0] for word in content_words(front) if word[0].isalpha())
        return "".join(filter(str.isalpha, short.lower())) in initials
    whole = f"{around} {gap.before}{_ACRONYM_INSIDE.sub('', gap.answer)}{gap.after}"
    if any(roots(acronym.long) & roots(gap.answer) for acronym in find_acronyms(whole)):
        return True
    found = {singular(word) for word in re.findall(r"\b[A-Z][A-Za-z&]{1,9}\b", front)}
    shorts = [word for word in found if is_acronym(word)]
    return bool(shorts) and any(
        stands_for(short, one) for one in _with_neighbours(gap) for short in shorts
    )


def _with_neighbours(gap: Gap) -> Iterator[str]:
    """Yield the answer alone, and with neighboring words: electromotive force."""
    before = re.findall(r"[A-Za-z-]+(?= )", gap.before[-_REACH:])[-_FEW:]
    after = re.findall(r"(?<= )[A-Za-z-]+", gap.after[:_REACH])[:_FEW]
    answer = _ACRONYM_INSIDE.sub("", gap.answer).strip()
    for start in range(len(before) + 1):
        for end in range(len(after) + 1):
            yield " ".join((*before[start:], answer, *after[:end]))
