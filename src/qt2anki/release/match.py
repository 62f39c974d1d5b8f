"""Match the facts of a page with those published before: a history must stay with its fact.

A review history is about a fact. The notes of one step (what comes next, what happens, which step
is this) are one fact and are matched together; any other note is a fact by itself. A fact is
recognized by its content: a title may be reworded, a text corrected, or a step moved. If a title
moves to a different text, the history does not move with the title.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import product
from unicodedata import normalize

from qt2anki.anki.cloze import with_gaps
from qt2anki.anki.note_content import AnyNote, as_generated, field, without_reason
from qt2anki.anki.visible_text import Words, likeness, visible_text
from qt2anki.notes.frame import without_full_answer
from qt2anki.notes.gates import has_opposite
from qt2anki.notes.identity import natural_key_of, split_key, title_in_question, title_of
from qt2anki.notes.words import roots

# A character of Chinese, Japanese or Korean is a word; they are written without spaces.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")
SHORT = 4  # letters; most texts share their shorter words
_SHORT_ANSWER = 5  # words; longer answers explain something
_PAGE = "page"  # names the text of a fact, which may be on no card
_TEXT_FROM = (_PAGE, "explain", "next", "name", "")  # the best evidence first


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One fact of one page.

    If its cards ask for something short (*is_gap*), *title* is that answer, and the text surrounds
    it. Otherwise *title* names what the text explains.
    """

    name: str  # the published key; for a step, without its last part: "step/fusion"
    natural_name: str  # the same for the key that the page gave it in the last build
    note_types: Mapping[str, str]  # by the last part of the key; "" if the fact is one note
    card: tuple[str, str]  # for a fact that is one question: visible text of question and answer
    title: Words
    texts: Mapping[str, Words]  # by the same parts; parts without a text are missing
    is_gap: bool
    sentence: Words  # the long words of the sentence it is from
    place: int  # on the page, from 0
    is_retired: bool

    @property
    def family(self) -> str:
        """The first part of the key that the page gave it; equal facts seldom differ in it."""
        return self.natural_name.partition("/")[0]

    @property
    def surroundings(self) -> Words:
        """The words around the gap."""
        return self.texts.get("", frozenset())

    def shows(self, answer: Words) -> bool:
        """Whether the words around the gap include all long words of an answer."""
        long = frozenset(word for word in answer if len(word) >= SHORT)
        return bool(long) and long <= self.surroundings


def fingerprints_of(
    notes: Iterable[AnyNote], *, is_retired: bool = False
) -> tuple[Fingerprint, ...]:
    """Gather the notes of one page, in their order, into facts."""
    groups: dict[str, dict[str, AnyNote]] = {}
    for note in map(as_generated, notes):
        name, part = split_key(note.key)
        groups.setdefault(name, {})[part] = note
    return tuple(
        _fact(name, group, place, is_retired=is_retired)
        for place, (name, group) in enumerate(groups.items())
    )


def _fact(name: str, notes: Mapping[str, AnyNote], place: int, *, is_retired: bool) -> Fingerprint:
    first = next(iter(notes.values()))
    if first.note_type == "cloze":
        label = title_of(first)
    elif _is_gap(first):
        label = visible_text(field(first, "Answer"))
    else:
        label = title_in_question(first)
    words = _all_words if name.startswith("formula/") else long_words
    texts = {part: words(_text_of(note, part)) for part, note in notes.items()}
    texts[_PAGE] = long_words(next((n.text for n in notes.values() if n.text), ""))
    extra = visible_text(without_full_answer(without_reason(field(first, "Extra"))))
    said = extra or f"{label} {_text_of(first, split_key(first.key)[1])}"
    card = ("", "")
    if first.note_type == "qa" and notes.keys() == {""}:
        question, answer = (visible_text(field(first, name)) for name in ("Question", "Answer"))
        card = (
            " ".join(_WORD.findall(question.casefold())),
            " ".join(_WORD.findall(answer.casefold())),
        )
    return Fingerprint(
        name=name,
        natural_name=split_key(natural_key_of(first))[0],
        note_types={part: note.note_type for part, note in notes.items()},
        title=_all_words(label),
        texts={part: words for part, words in texts.items() if words},
        card=card,
        is_gap=_is_gap(first),
        sentence=long_words(said),
        place=place,
        is_retired=is_retired,
    )


def _is_gap(note: AnyNote) -> bool:
    if split_key(note.key)[1]:
        return False
    if note.note_type == "cloze":
        return True
    return len(_WORD.findall(visible_text(field(note, "Answer")))) < _SHORT_ANSWER


def _text_of(note: AnyNote, part: str) -> str:
    extra = without_full_answer(without_reason(field(note, "Extra")))
    if part == "next":  # its text shows the steps before it, which are different facts
        return visible_text(extra)
    if note.note_type == "cloze":
        return visible_text(with_gaps(field(note, "Text"), 1, " "))
    if _is_gap(note):
        return visible_text(field(note, "Question"))
    return visible_text(field(note, "Answer") + " " + extra)


def _all_words(text: str) -> Words:
    return frozenset(_WORD.findall(normalize("NFC", text).casefold()))


def long_words(text: str) -> Words:
    """Return the long words and the numbers of a text, or all words if it has only short ones."""
    words = _all_words(text)
    long = frozenset(w for w in words if len(w) >= SHORT or not w.isascii() or w.isdigit())
    return long or words


def text_likeness(one: Fingerprint, other: Fingerprint) -> float | None:
    """Compare the texts of two facts by the best kind of text that both have, if any."""
    for part in (*_TEXT_FROM, *sorted(one.texts)):
        if part in one.texts and part in other.texts:
            return likeness(one.texts[part], other.texts[part])
    return None


_ENOUGH = 0.5
_SAME_KEY_TEXT = 0.2  # below it, an equal key may name a different fact now
_UNSEEN_TEXT = 0.7  # likeness of texts under equal titles, if one of the texts is unknown
_SAME_SENTENCE = 0.8  # around a gap with a new answer
_LEAST_SENTENCE = 4  # words; fewer do not identify a sentence
_SAID = 0.8  # of the words of a fact must be in its sentence
_LOOK_ALIKE = 0.75  # likeness of words that could be misspellings of each other
_MOST_PAIRS = 100_000  # pages have about 50 facts; a malicious page may have more


def match_facts(
    new: Sequence[Fingerprint],
    old: Sequence[Fingerprint],
    said: Callable[[], Sequence[Words]] = tuple,
) -> dict[int, int]:
    """Match facts of a page, by index, with published ones; facts without a match are new.

    *said* returns the sentences of the published page, and is called if a fact has changed: a fact
    that was in one of its own, next to that of a published fact, is not a rewording of it.

    No published fact is taken twice. Live ones are preferred to retired ones, unless title and text
    are the same; among equals, the greater likeness decides, then an equal name, then the nearer
    place, so the result never depends on chance.
    """
    ranked = sorted(
        (rank, other, one)
        for one, other in _pairs_to_compare(new, old)
        if (rank := _rank(new[one], old[other]))
        and (
            _is_unchanged(new[one], old[other])
            or not (
                _were_both_said(new[one], old[other], said)
                or _has_other_title(old[other], new[one], new)
                or _has_look_alike(new[one], old[other], said)
            )
        )
    )
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, other, one in ranked:
        if one not in found and other not in taken:
            found[one] = other
            taken.add(other)
    return found


def _pairs_to_compare(
    new: Sequence[Fingerprint], old: Sequence[Fingerprint]
) -> Iterator[tuple[int, int]]:
    """Yield the pairs worth comparing: all or, if there are too many, those with one title."""
    if len(new) * len(old) <= _MOST_PAIRS:
        yield from product(range(len(new)), range(len(old)))
        return
    by_title: dict[tuple[str, Words], list[int]] = defaultdict(list)
    for at, fact in enumerate(old):
        by_title[fact.family, fact.title].append(at)
    for one, fact in enumerate(new):
        for other in by_title[fact.family, fact.title][: _MOST_PAIRS // len(new) + 1]:
            yield one, other


def _rank(left: Fingerprint, right: Fingerprint) -> tuple[float, ...]:
    """Rank a pair (smaller is better); () if the facts differ."""
    common = left.note_types.keys() & right.note_types.keys()
    # Anki never changes the type of a note.
    has_types = all(left.note_types[part] == right.note_types[part] for part in common)
    is_one_card = left.card == right.card != ("", "")
    if not has_types or (left.family != right.family and not is_one_card):
        return ()
    score = fact_likeness(left, right)
    if score < _ENOUGH:
        return ()
    return (
        float(score < 1 and right.is_retired),
        -score,
        float(right.is_retired),
        float(left.natural_name != right.natural_name),
        abs(left.place - right.place),
    )


def _is_unchanged(new: Fingerprint, old: Fingerprint) -> bool:
    """Whether a fact has the key, title and text that were published."""
    has_key = new.natural_name == old.natural_name and new.title == old.title
    return has_key and text_likeness(new, old) == 1


def _were_both_said(
    new: Fingerprint, old: Fingerprint, said: Callable[[], Sequence[Words]]
) -> bool:
    """Whether the published page had a sentence for each of two differently worded facts."""
    if new.sentence == old.sentence or (new.title == old.title and not new.is_gap):
        return False
    one, other = _places(new, said()), _places(old, said())
    return bool(one and other) and one.isdisjoint(other)


def _has_other_title(old: Fingerprint, new: Fingerprint, facts: Sequence[Fingerprint]) -> bool:
    """Whether the text of a published fact is now under the title of a different one of *facts*."""
    told = old.sentence - old.title
    enough = _SAID * len(told)
    if new.title != old.title or len(told & new.sentence) >= enough or len(told) < _LEAST_SENTENCE:
        return False
    return any(fact.title != old.title and len(told & fact.sentence) >= enough for fact in facts)


def _has_look_alike(
    new: Fingerprint, old: Fingerprint, said: Callable[[], Sequence[Words]]
) -> bool:
    """Whether a new title was a word of the published page, not a misspelling (ureter, urethra).

    If the text is the same, a misspelling has been corrected.
    """
    was = old.title - new.title
    similar = {
        word
        for word in new.title - old.title
        for other in get_close_matches(word, was, n=1, cutoff=_LOOK_ALIKE)
        if roots(word) != roots(other)
    }
    if not similar or (text_likeness(new, old) or 0) >= _SAME_SENTENCE:
        return False
    return any(not words.isdisjoint(similar) for words in said())


def _places(fact: Fingerprint, said: Sequence[Words]) -> frozenset[int]:
    """Return the indexes of the sentences with the most words of a fact, if it is in any."""
    counts = [len(fact.sentence & words) for words in said]
    most = max(counts, default=0)
    if most < _SAID * len(fact.sentence):
        return frozenset()
    return frozenset(at for at, count in enumerate(counts) if count == most)


def fact_likeness(left: Fingerprint, right: Fingerprint) -> float:
    """Return how likely two facts of a page are the same, 0 to 1; 0.5 is enough."""
    if "/" not in left.natural_name:  # a page has only one: the main question, the summary
        return float(left.natural_name == right.natural_name)
    title, text = likeness(left.title, right.title), text_likeness(left, right)
    if text is not None and not _may_be_one(left, right, title, text):
        return 0.0
    has_same_key = left.natural_name == right.natural_name
    if text is None:
        return title if not left.texts and not right.texts else _UNSEEN_TEXT * title
    if left.is_gap and right.is_gap:
        return _gap_likeness(left, right, title, text)
    if right.is_retired and text < _SAME_KEY_TEXT:  # a new step under an old title
        return 0.0
    # Half title, half text. But a text that stayed while its title changed is the same fact under a
    # new name, and a text whose title came from a different text is a different fact.
    if has_same_key and text >= _SAME_KEY_TEXT:
        title = 1.0
    return max((title + text) / 2, text)


def _may_be_one(left: Fingerprint, right: Fingerprint, title: float, text: float) -> bool:
    """Whether a fact can have changed like this and still be the same."""
    answers = (long_words(fact.card[1]) for fact in (left, right))
    if title == 1 and left.card[0] != right.card[0] and likeness(*answers) < _ENOUGH:
        return False  # e.g. where it is found, what it does
    named = (
        fact.title | fact.surroundings if fact.is_gap else fact.title for fact in (left, right)
    )
    one, other = (roots(" ".join(words)) for words in named)
    if has_opposite(one - other, other - one):
        return text == 1 and not left.is_gap  # a wrong title was corrected
    # Most signs of two formulas are equal.
    return left.family != "formula" or title == 1 or text >= _SAME_SENTENCE


def _gap_likeness(left: Fingerprint, right: Fingerprint, answer: float, around: float) -> float:
    """Compare two facts that ask for something short: a different answer is a different fact.

    The exception is a corrected answer: the sentence is the same, but the old answer is gone.
    """
    enough = _SAME_KEY_TEXT if left.natural_name == right.natural_name else _ENOUGH
    if answer == 1 and around >= enough:
        return max((answer + around) / 2, _ENOUGH)
    numbers = ({word for word in fact.title if word[:1].isdigit()} for fact in (left, right))
    if left.shows(right.title) or right.shows(left.title) or next(numbers) != next(numbers):
        return 0.0
    if answer >= _ENOUGH:
        return (answer + around) / 2 if around >= _ENOUGH else 0.0
    is_one_sentence = around >= _SAME_SENTENCE and len(left.surroundings) >= _LEAST_SENTENCE
    return _ENOUGH if is_one_sentence else 0.0
