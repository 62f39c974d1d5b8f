"""Key-term clozes: one sentence of the page with its technical term left out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, starmap
from typing import NamedTuple

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Kind
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.cloze_deletion import deletion
from qt2anki.notes.frame import Frame
from qt2anki.notes.frequency import (
    acronym_rate,
    is_rare,
    is_specialist,
    is_technical,
    rarest,
)
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
from qt2anki.notes.kinds.gaps import Gap, find_gaps
from qt2anki.notes.kinds.sentence_terms import bold_words, named_words, rare_words
from qt2anki.notes.patterns import pattern
from qt2anki.notes.phrases import phrase
from qt2anki.notes.soft_gates import (
    explains_gap,
    field_of,
    is_label,
    is_one_of_several,
    names_gap,
    sentence_fits,
)
from qt2anki.notes.text_units import Unit
from qt2anki.notes.verbs import find_verb
from qt2anki.notes.words import content_words, roots, vague_words, word_count
from qt2anki.outline.sentences import sentences

_MOST_WORDS = 4
_KNOWN_ACRONYM = 100  # of 10,000 pages
_LEAST_LEFT = 5
_MOST_HIDDEN = 0.34
_BY = re.compile(r"\b(?:by|work of|works of|theory of|ideas of|named after) $")
_NO_ANSWER = re.compile(r"['’]s?$|\d")
_NAME_GOES_ON = re.compile(r" ?\d| [A-Z]")
_SURE = frozenset(("named", "explained", "in-brackets", "person"))
_ARTICLE = re.compile(r"^(?:the|an?) ?$", re.IGNORECASE)
_LEAST_RARE = 3  # words of a predicate that tells things apart
_NUMBER_BEFORE = re.compile(r"(?:\d|\\\)|\$) $")
_MODAL_BEFORE = re.compile(r"\b(?:can|may|might|must|will|could|should|would|not|cannot) $")
_VERB_END = re.compile(r"(?:ify|i[sz]e|ate)$")
_OBJECT = re.compile(r" (?:the|these|those|an?|their|its)\b")
_FINITE = re.compile(r"\b(?:is|are|was|were|can|may|must|will|has|have|had|do|does|did)\b")
_POINTS_BACK = re.compile(r"\b(?:these|those|this|such|the same|other) $", re.IGNORECASE)
_DASHES = ("-", "‐", "‑")
_REACH = 40  # characters
_FEW = 2  # words before or after a gap that an acronym may stand for together with it
_SMALL = (
    r"(?:a|an|the|of|in|on|to|at|by|for|from|with|as|and|or|but|is|are|was|were|that|which|who|can"
    r"|may|into|its|their|has|have|through|during|between|within|when|while|where|called|known)\b"
)
_NOUN_AFTER = re.compile(rf" (?!{_SMALL})[a-z]{{3,}}")
_NOUN_BEFORE = re.compile(rf"(?:^| )(?!{_SMALL})[A-Za-z-]{{3,}} $")
_ADJECTIVE = re.compile(r"(?:al|ic|ous|ar|ive|ary|ed|ing|ible|able|ian)$")
_NO_GAP = re.compile(r"['’]| (?:known as|called)\b")


@dataclass(frozen=True, slots=True)
class Cut:
    """A gap that passed the gates, with what ranks it among the others of its unit."""

    gap: Gap
    is_kept: bool  # whether students have it already
    names: bool  # whether the sentence says that the gap is what something is called
    vague: int
    rate: int
    origin: frozenset[str]  # what its page and its term are like

    @property
    def traits(self) -> frozenset[str]:
        """What predicts whether a reader would keep the card."""
        has = {
            "named": self.names,
            "explained": explains_gap(self.gap.after),
            "person": is_person(self.gap),
            "in-brackets": self.gap.before.endswith("("),
            "opens": _opens(self.gap),
            "at-end": is_at_end(self.gap),
            "several-words": " " in self.gap.answer.strip(),
            "before-noun": _NOUN_AFTER.match(self.gap.after) is not None,
            "after-noun": _NOUN_BEFORE.search(self.gap.before) is not None,
            "adjective": _ADJECTIVE.search(self.gap.answer) is not None,
        }
        found = self.origin | {name for name, holds in has.items() if holds}
        if not _SURE.isdisjoint(found):
            return found | {"sure"}
        ends_name = has["after-noun"] and not has["before-noun"]  # "the visual cortex"
        return found | {"ends-name"} if ends_name else found

    @property
    def rank(self) -> tuple[bool, bool, bool, int, int]:
        """The lower, the better; ties go to the earlier one."""
        is_other = "keyword" not in self.origin
        return (not self.is_kept, not self.names, is_other, self.vague, self.rate)


class _Phrase(NamedTuple):
    """What may be left out: a keyword, or words in bold."""

    text: str
    roots: frozenset[str]
    rare: frozenset[str]  # those of its roots that are technical words


def cloze_candidates(
    frame: Frame, units: Iterable[Unit], kept: Collection[str] = ()
) -> Iterator[Candidate]:
    """Yield notes with a key term left out: the best of each unit, and those sure to be good.

    Where a key in *kept*, of a note that students have, is among the candidates, it is taken.
    """
    seen: set[str] = set()
    hidden: set[frozenset[str]] = set()
    keywords = [phrase for phrase in map(_phrase, frame.page.keywords) if phrase.rare]
    example = pattern("example_title")
    for unit in units:
        if example.match(unit.title) or example.match(unit.section):
            continue
        for cut in _best(_cuts(frame, unit, keywords, kept)):
            key, answer = gap_key(unit, cut.gap), roots(cut.gap.answer)
            if key in seen or (answer in hidden and not cut.is_kept):
                continue
            seen.add(key)
            hidden.add(answer)
            yield _candidate(frame, unit, cut, key)


def _best(cuts: Iterable[Cut]) -> Iterator[Cut]:
    """Yield the best cut, and from other sentences those whose answer the sentence explains."""
    sentences_of: set[str] = set()
    for place, cut in enumerate(sorted(cuts, key=lambda cut: cut.rank)):
        sentence = f"{cut.gap.before}{cut.gap.answer}{cut.gap.after}"
        if sentence not in sentences_of and (place == 0 or not _SURE.isdisjoint(cut.traits)):
            sentences_of.add(sentence)
            yield cut


def _candidate(frame: Frame, unit: Unit, cut: Cut, key: str) -> Candidate:
    note = frame.cloze(
        Kind.CLOZE,
        key,
        text=gap_html(cut.gap, shape(cut.gap.answer)),
        title=inline_html(unit.title),
        context=frame.context(unit.section),
    )
    return Candidate(
        note,
        unit.angle,
        sentence=f"{cut.gap.before}{cut.gap.answer}{cut.gap.after}",
        cue="named" if cut.names else "term",
        traits=cut.traits,
    )


def _phrase(text: str) -> _Phrase:
    own = roots(text)
    return _Phrase(text, own, frozenset(filter(is_rare, own)))


def gap_key(unit: Unit, gap: Gap) -> str:
    """Return the key of the note that asks for *gap*: it names the answer, not the wording."""
    return f"cloze/{unit.name}/{slug(gap.answer)}"


def gap_html(gap: Gap, hint: str) -> str:
    """Return the sentence with its deletion; *hint* tells the shape of what is missing."""
    return (
        f"{gap.html_before}{deletion(gap.hidden + (f'::{hint}' if hint else ''))}{gap.html_after}"
    )


def shape(answer: str) -> str:
    """Return the hint that a gap of several words gets; no letters, for they do the recalling."""
    count = word_count(answer)
    return phrase("words_hidden", count=str(count)) if count > 1 else ""


def unit_sentences(unit: Unit) -> Iterator[tuple[str, bool]]:
    """Yield the sentences of *unit* (Markdown), and whether each follows the title."""
    for text in unit.texts:
        for at, sentence in enumerate(sentences(text)):
            yield sentence, at == 0 and bool(unit.title)


def _cuts(
    frame: Frame, unit: Unit, keywords: Sequence[_Phrase], kept: Collection[str]
) -> Iterator[Cut]:
    known = frame.known(unit.section, unit.title)
    field = field_of(frame.page.keywords)
    keywords = [keyword for keyword in keywords if not keyword.rare <= known]
    for sentence, opens in unit_sentences(unit):
        plain = plain_text(sentence)
        if not sentence_fits(plain, opens=opens):
            continue
        shown = roots(plain)
        marked = map(_phrase, (*bold_words(sentence), *named_words(plain)))
        bold = [phrase for phrase in marked if phrase.rare - known]
        phrases = [phrase for phrase in (*keywords, *bold) if phrase.roots <= shown]
        if field:
            phrases += [one for one in map(_phrase, rare_words(plain)) if one.rare - known]
        if not phrases or _is_of_no_use(plain, opens=opens):
            continue
        for one in phrases:
            for gap in find_gaps(inline_html(sentence), one.text, known=known):
                names = names_gap(gap.before, gap.after)
                secret = residual(gap.answer, known=known)
                if _is_term(gap, secret, names=names) and gap_passes(frame, unit, gap):
                    is_kept = gap_key(unit, gap) in kept
                    traits = {f"field-{field}"} | ({"keyword"} if one in keywords else set())
                    rate = rarest(secret)
                    yield Cut(gap, is_kept, names, vague_words(plain), rate, frozenset(traits))


def _is_of_no_use(sentence: str, *, opens: bool) -> bool:
    """Whether *sentence* is news, reports one study, or is a phrase with a clause behind it."""
    if pattern("news").search(sentence) or pattern("one_study").search(sentence):
        return True
    start, which, end = sentence.partition(", which ")
    if opens or not which or "," in end or _FINITE.search(start):
        return False
    return not any(starmap(_is_predicate, pairwise(start.split(" "))))


def _is_predicate(before: str, word: str) -> bool:
    """Whether *word* may be the verb of what ends with *before*: many are nouns, too."""
    verb = find_verb(word)
    return verb is not None and (verb.form != "base" or before.endswith(("s", "a")))


def is_at_end(gap: Gap) -> bool:
    """Whether nothing of the sentence comes after the gap."""
    return not gap.after.strip(" .\"”')")


def _is_term(gap: Gap, secret: frozenset[str], *, names: bool) -> bool:
    """Whether *gap* hides a technical term, or what the sentence says something is called.

    *secret* are the roots of the gap that its card does not show elsewhere.
    """
    answer = gap.answer
    if not _is_whole_name(gap):
        return False
    if names:
        return any(map(is_rare, secret))
    if (
        _is_verb(gap)
        or not gap.before.strip()
        or is_label(answer)
        or _NUMBER_BEFORE.search(gap.before)
    ):
        return False
    if answer[0].isupper():
        return is_person(gap) and any(map(is_specialist, secret))
    if is_at_end(gap) and not gap.before.endswith("("):
        return False
    # Many adjectives go with an everyday noun: crystalline materials, cyber attacks.
    is_noun = any(map(is_technical, roots(answer.split()[-1])))
    return is_noun and any(map(is_technical if explains_gap(gap.after) else is_specialist, secret))


def _opens(gap: Gap) -> bool:
    return not _ARTICLE.sub("", gap.before).strip()


def _tells_apart(gap: Gap) -> bool:
    """Whether what the gap at the start of a sentence is said to do is true of few things."""
    verb = find_verb(gap.after.split(" ")[1]) if gap.after.startswith(" ") else None
    if verb is None or not verb.takes_object or verb.is_soft:
        return False
    return sum(map(is_rare, roots(gap.after))) >= _LEAST_RARE


def _is_whole_name(gap: Gap) -> bool:
    answer = gap.answer
    if (
        _POINTS_BACK.search(gap.before)
        or gap.before.endswith(_DASHES)
        or gap.after.startswith(_DASHES)
    ):
        return False
    if word_count(answer) > _MOST_WORDS or _NO_ANSWER.search(answer) or _NO_GAP.match(gap.after):
        return False
    if any(map(_is_little_known, answer.split())) or _is_part_of_quote(gap):
        return False
    return not (answer[0].isupper() and _NAME_GOES_ON.match(gap.after))


def _is_verb(gap: Gap) -> bool:
    if gap.answer.endswith("ly") or _MODAL_BEFORE.search(gap.before):
        return True
    is_after_to = gap.before.endswith(" to ")
    return is_after_to and bool(_OBJECT.match(gap.after) or _VERB_END.search(gap.answer))


def is_person(gap: Gap) -> bool:
    """Whether the gap is somebody's name: ``invented by James Hargreaves``."""
    return gap.answer[0].isupper() and " " in gap.answer and bool(_BY.search(gap.before))


def _is_little_known(word: str) -> bool:
    """Whether *word* is an acronym of the kind that only its own page explains."""
    return is_acronym(singular(word)) and acronym_rate(singular(word)) < _KNOWN_ACRONYM


def _is_part_of_quote(gap: Gap) -> bool:
    """Whether the gap is some of the words of a title in quotation marks."""
    if gap.before.count('"') % 2 == 0 and gap.before.count("“") == gap.before.count("”"):
        return False
    return not (gap.before[-1:] in '"“' and gap.after.lstrip(",.")[:1] in ('"', "”"))


def gap_passes(frame: Frame, unit: Unit, gap: Gap) -> bool:
    """Whether a card may ask for *gap*: the hard gates, and that nothing else would fit it."""
    known = frame.known(unit.section, unit.title)
    front = known | roots(gap.before) | roots(gap.after)
    secret = residual(gap.answer, known=known)
    if (
        not secret
        or echoes(secret, front)
        or has_opposite(secret, front)
        or not says_something(gap.answer, known=front)
    ):
        return False
    around = shown_around(frame, unit)
    if not cloze_fits(gap.answer) or not front_fits(around, gap.before, gap.after):
        return False
    left = len(content_words(gap.before)) + len(content_words(gap.after))
    gone = len(content_words(gap.answer))
    if left < _LEAST_LEFT or gone > _MOST_HIDDEN * (gone + left):
        return False
    return not is_one_of_several(gap.before, gap.after) and not _is_abbreviated(gap, around)


def shown_around(frame: Frame, unit: Unit) -> str:
    """Return what a cloze of *unit* shows besides its sentence, as a reader sees it."""
    return f"{frame.context_text(unit.section)} {plain_text(unit.title)}"


def _is_abbreviated(gap: Gap, around: str) -> bool:
    """Whether the front shows the acronym of the answer, or what the answer is an acronym of.

    *around* is what the front shows besides the sentence.
    """
    front = f"{around} {gap.before} {gap.after}"
    short = singular(gap.answer.strip())
    if is_acronym(short):
        return _initials_run(short, front)
    whole = f"{around} {gap.before}{gap.answer}{gap.after}"
    if any(roots(acronym.long) & roots(gap.answer) for acronym in find_acronyms(whole)):
        return True
    found = {singular(word) for word in re.findall(r"\b[A-Z][A-Za-z&]{1,9}\b", front)}
    answers = tuple(_with_neighbours(gap))
    return any(is_acronym(word) and stands_for(word, one) for word in found for one in answers)


def _with_neighbours(gap: Gap) -> Iterator[str]:
    """Yield the answer alone, and with words around it: electromotive force."""
    before = re.findall(r"[A-Za-z-]+(?= )", gap.before[-_REACH:])[-_FEW:]
    after = re.findall(r"(?<= )[A-Za-z-]+", gap.after[:_REACH])[:_FEW]
    for start in range(len(before) + 1):
        for end in range(len(after) + 1):
            yield " ".join((*before[start:], gap.answer.strip(), *after[:end]))


def _initials_run(short: str, front: str) -> bool:
    initials = "".join(word[0] for word in content_words(front) if word[0].isalpha())
    return "".join(char for char in short.lower() if char.isalpha()) in initials
