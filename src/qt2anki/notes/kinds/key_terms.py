"""Key-term clozes: one sentence of the page in which a technical term is hidden."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, pairwise, starmap
from typing import NamedTuple

from qt2anki.html.fragment import inline_html
from qt2anki.model import Kind
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frame import Frame
from qt2anki.notes.frequency import rare_of, rarest, rate, specialist_of, technical_of
from qt2anki.notes.gates import residual
from qt2anki.notes.kinds.gaps import (
    Gap,
    find_gaps,
    gap_html,
    gap_key,
    gap_passes,
    is_at_end,
    is_person,
    is_verb_gap,
    is_whole_name,
    shape,
    steady_choice,
    with_acronym,
)
from qt2anki.notes.kinds.sentence_terms import bold_words, named_words, noun_phrases, rare_words
from qt2anki.notes.patterns import pattern, word_set
from qt2anki.notes.soft_gates import (
    explains_gap,
    is_label,
    names_gap,
    praises,
    sentence_fits,
)
from qt2anki.notes.text_units import Unit, UnitSentence
from qt2anki.notes.verbs import find_verb
from qt2anki.notes.words import STOP_WORDS, root, roots, vague_words

_MOST_OF_TERM, _MOST_OF_PHRASE = 0.34, 0.24  # of the content words of a sentence
_EVERYWHERE = 1000  # of 10,000 pages
_SURE = frozenset(("named", "explained", "in-brackets", "person"))
_ARTICLE = re.compile(r"^(?:the|an?) ?$", re.IGNORECASE)
_NUMBER_BEFORE = re.compile(r"(?:\d|\\\)|\$) $")
_FINITE = re.compile(r"\b(?:is|are|was|were|can|may|must|will|has|have|had|do|does|did)\b")
_REFERS = re.compile(r"(?:It|They|This|These|In contrast|Conversely|Similarly|On the other hand)\b")
_HEDGED = re.compile(r"\b(?:may|might|could|should|must|you|your|we|our|such(?! as))\b")
_SMALL = (
    r"(?:a|an|the|of|in|on|to|at|by|for|from|with|as|and|or|but|is|are|was|were|that|which|who|can"
    r"|may|into|its|their|has|have|through|during|between|within|when|while|where|called|known)\b"
)
_NOUN_AFTER = re.compile(rf" (?!{_SMALL})[a-z]{{3,}}")
_NOUN_BEFORE = re.compile(rf"(?:^| )(?!{_SMALL})[A-Za-z-]{{3,}} $")
_ADJECTIVE = re.compile(r"(?:al|ic|ous|ar|ive|ary|ed|ing|ible|able|ian)$")
_PART_OF_NAME = re.compile(r" (?:of |\d)|[²³¹\u2070-\u209f*_]")
_NAME_BEFORE = re.compile(r"[A-Z][\w'’.]* $")
_GLOSS = re.compile(r"[a-z -]{5,}")
_NO_HEAD = word_set("no_head")
_NO_SUBJECT = re.compile(r",(?! who\b)| (?:to|into|by|from)\b")
_HYPHEN = re.compile("[-‐‑]")
_MERE_QUALITY = re.compile(r"[\w-]+(?:ed|ing|ful|ive|ous|able|ible|ant|ent|less|ly|est|er) ")
# After these, a noun phrase is what the sentence is about: "secretes ...", "is converted into ...".
# Noun phrases in other places are not asked for.
_PLACES = {"": 0, "object": 0, "verb": 0, "preposition": 1, "other": 2}
_ABSTRACT = re.compile(r"(?:tion|ment|ness|ity|ance|ence|ship|ism|ing)s?$")


class _Phrase(NamedTuple):
    """A phrase that may be hidden: a keyword, words in bold, or a name that is introduced."""

    text: str
    roots: frozenset[str] = frozenset()  # empty for a noun phrase, which is searched for literally
    rare: frozenset[str] = frozenset()  # those of its roots that are technical words
    cue: str = ""  # the kind of word before a noun phrase
    is_keyword: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """A gap that passed the gates, with the data that rank it among the gaps of its unit."""

    gap: Gap
    phrase: _Phrase
    names: bool  # whether the sentence introduces the gap as a name
    vague: int
    rate: int
    around: frozenset[str]  # traits of its page and its sentence

    @property
    def traits(self) -> frozenset[str]:
        """The traits that predict whether a reader keeps the card."""
        gap, cue = self.gap, self.phrase.cue
        has = {
            "named": self.names,
            "explained": explains_gap(gap.after),
            "person": is_person(gap),
            "in-brackets": gap.before.endswith("("),
            "opens": not _ARTICLE.sub("", gap.before).strip(),
            "at-end": is_at_end(gap),
            "several-words": " " in gap.answer.strip(),
            "keyword": self.phrase.is_keyword,
            "before-noun": not cue and _NOUN_AFTER.match(gap.after) is not None,
            "after-noun": not cue and _NOUN_BEFORE.search(gap.before) is not None,
            "adjective": not cue and _ADJECTIVE.search(gap.answer) is not None,
        }
        found = self.around.union(name for name, holds in has.items() if holds)
        if cue:
            found = found.union(_phrase_traits(gap, cue))
        if not _SURE.isdisjoint(found):
            return found | {"sure"}
        ends_name = "after-noun" in found and "before-noun" not in found  # "the visual cortex"
        return found | {"ends-name"} if ends_name else found

    @property
    def rank(self) -> tuple[bool, bool, int, int, int]:
        """The rank: lower is better; of equal ones, the first wins."""
        place = _PLACES[self.phrase.cue]
        is_other = not self.phrase.is_keyword
        return (not self.names, is_other, place, self.vague, self.rate)


def _phrase_traits(gap: Gap, cue: str) -> Iterator[str]:
    """Yield traits of the hidden noun phrase, and of the word before it."""
    yield from ("phrase", f"after {cue}")
    last = _head(gap.answer)
    if gap.answer[0].isupper():
        yield "name"
    elif specialist_of(frozenset((root(last),))):
        yield "special-head"
    if _ABSTRACT.search(last):
        yield "abstract-head"


def _head(phrase: str) -> str:
    return _HYPHEN.split(phrase.partition(" (")[0].split()[-1])[-1].lower()


def cloze_candidates(
    frame: Frame, units: Iterable[Unit], kept: Collection[str] = ()
) -> Iterator[Candidate]:
    """Yield notes in which a key term is hidden: the best of each sentence, each answer once.

    If this leaves out a key in *kept*, which students have, candidates with such keys come first.
    """
    keywords = [
        _phrase(word, is_keyword=True) for word in frame.page.keywords if rare_of(roots(word))
    ]
    example = pattern("example_title")
    cuts = [
        (unit, [(gap_key(unit, cut.gap), cut) for cut in _cuts(frame, unit, keywords)])
        for unit in units
        if not (example.match(unit.title) or example.match(unit.section))
    ]
    keys = (key for _, every in cuts for key, _ in every)
    for key, (unit, cut) in steady_choice(partial(_best, cuts), keys, kept).items():
        note = frame.cloze(
            Kind.CLOZE,
            key,
            text=gap_html(cut.gap, shape(cut.gap.answer)),
            title=inline_html(unit.title),
            context=frame.context(unit.section),
        )
        cue = "named" if cut.names else "term"
        yield Candidate(note, unit.angle, sentence=cut.gap.sentence, cue=cue, traits=cut.traits)


def _best(
    cuts: Iterable[tuple[Unit, Iterable[tuple[str, Cut]]]], kept: Collection[str]
) -> dict[str, tuple[Unit, Cut]]:
    """Return the best cut of each sentence, by key; those with *kept* keys come first.

    Each answer is asked for once, but for those with *kept* keys.
    """
    best: dict[str, tuple[Unit, Cut]] = {}
    hidden: set[frozenset[str]] = set()
    for unit, every in cuts:
        sentences: set[str] = set()
        for key, cut in sorted(every, key=lambda one: (one[0] not in kept, one[1].rank)):
            answer = roots(cut.gap.answer)
            is_asked = key in best or (answer in hidden and key not in kept)
            if not is_asked and cut.gap.sentence not in sentences:
                best[key] = unit, cut
                hidden.add(answer)
                sentences.add(cut.gap.sentence)
    return best


def _phrase(text: str, *, is_keyword: bool = False) -> _Phrase:
    own = roots(text)
    return _Phrase(text, own, rare_of(own), is_keyword=is_keyword)


def _cuts(frame: Frame, unit: Unit, keywords: Sequence[_Phrase]) -> Iterator[Cut]:
    known = frame.known(unit.section, unit.title)
    keywords = [keyword for keyword in keywords if not keyword.rare <= known]
    for sentence in chain.from_iterable(unit.sentences):
        if not sentence_fits(sentence.plain, opens=sentence.opens):
            continue
        around: frozenset[str] = frozenset()
        for one in _phrases(sentence, keywords, known, is_technical_page=frame.field > 0):
            for found in find_gaps(inline_html(sentence.markdown), one.text, known=known):
                secret = residual(found.answer, known=known)
                if not _fits(found, one, secret):
                    continue
                around = around or _around(sentence.plain, frame.field)
                # In a sentence with praise, only a term that it explains is asked for.
                if one.cue and "praise" in around and not explains_gap(found.after):
                    continue
                gap = with_acronym(found)
                most = _MOST_OF_PHRASE if one.cue else _MOST_OF_TERM
                passes = gap_passes(frame, unit, gap, most_hidden=most)
                if not passes or _is_of_no_use(sentence.plain, opens=sentence.opens):
                    continue
                names = names_gap(found.before, found.after)
                vague = vague_words(sentence.plain)
                yield Cut(gap, one, names, vague, rarest(secret), around)


def _around(sentence: str, field: int) -> frozenset[str]:
    """Return the traits of a plain *sentence* and its page."""
    has = {"refers": _REFERS.match(sentence), "praise": praises(sentence), f"field-{field}": True}
    return frozenset(name for name, holds in has.items() if holds)


def _phrases(
    sentence: UnitSentence,
    keywords: Sequence[_Phrase],
    known: frozenset[str],
    *,
    is_technical_page: bool,
) -> Iterator[_Phrase]:
    """Yield phrases that can be hidden: keywords, names that are introduced, technical nouns."""
    own = {word: root(word) for word in sentence.words - STOP_WORDS}
    shown = frozenset(own.values())
    new = rare_of(shown - known)
    if not new:
        return
    yield from (one for one in keywords if one.roots <= shown)
    marked = map(_phrase, (*bold_words(sentence.markdown), *named_words(sentence)))
    yield from (one for one in marked if one.rare - known and one.roots <= shown)
    fresh = technical_of(new)
    if not fresh:
        return
    if is_technical_page and specialist_of(fresh):
        yield from (one for one in map(_phrase, rare_words(sentence.plain)) if one.rare - known)
    if not _HEDGED.search(sentence.plain):
        telling = {word for word, stem in own.items() if stem in fresh}
        for text, cue in noun_phrases(sentence.plain, telling):
            # The first words of a sentence, and what follows "to", may be a verb.
            if cue in _PLACES and _is_noun(text):
                secret = roots(text) - known
                # Everyday words together fit many sentences: "a precarious position".
                needs_special = cue == "other" or " " not in text
                if (specialist_of if needs_special else technical_of)(secret):
                    yield _Phrase(text, cue=cue)


def _is_noun(text: str) -> bool:
    """Whether *text* ends with an informative noun; a single word must be a specialist word."""
    if _head(text) in _NO_HEAD or (text[0].islower() and _ADJECTIVE.search(text)):
        return False  # "oriented relative to"
    return " " in text or bool(specialist_of(roots(text)))


def _is_of_no_use(sentence: str, *, opens: bool) -> bool:
    """Whether *sentence* is news, reports one study, or is a phrase followed by a clause."""
    if pattern("news").search(sentence) or pattern("one_study").search(sentence):
        return True
    start, which, end = sentence.partition(", which ")
    if opens or not which or "," in end or _FINITE.search(start):
        return False
    return not any(starmap(_is_predicate, pairwise(start.split(" "))))


def _is_predicate(before: str, word: str) -> bool:
    """Whether *word* may be the verb after *before*; many verbs are also nouns."""
    verb = find_verb(word)
    return verb is not None and (verb.form != "base" or before.endswith(("s", "a")))


def _fits(gap: Gap, phrase: _Phrase, secret: frozenset[str]) -> bool:
    """Whether *gap* hides a technical term, or a name that the sentence introduces.

    *secret* are the roots of the gap that its card does not show elsewhere.
    """
    if phrase.cue and not (_ends_with_phrase(gap, phrase) and _is_name(gap, phrase, secret)):
        return False
    if not is_whole_name(gap):
        return False
    if not phrase.cue and names_gap(gap.before, gap.after):
        return bool(rare_of(secret))
    if is_verb_gap(gap) or is_label(gap.answer) or _NUMBER_BEFORE.search(gap.before):
        return False
    return bool(phrase.cue) or (bool(gap.before.strip()) and _is_term(gap, secret))


def _is_term(gap: Gap, secret: frozenset[str]) -> bool:
    """Whether *gap* hides a person, or a term that is not the end of its sentence."""
    answer = gap.answer
    if answer[0].isupper():
        return is_person(gap) and bool(specialist_of(secret))
    if is_at_end(gap) and not gap.before.endswith("("):
        return False
    # Many adjectives fit an everyday noun: crystalline materials, cyber attacks.
    is_noun = technical_of(roots(answer.split()[-1]))
    of_field = technical_of if explains_gap(gap.after) else specialist_of
    return bool(is_noun and of_field(secret))


def _ends_with_phrase(gap: Gap, phrase: _Phrase) -> bool:
    """Whether *gap* ends with its noun phrase, and its last word is certainly not a verb."""
    if _PART_OF_NAME.match(gap.after):
        return False
    if phrase.cue == "other" and _NO_SUBJECT.match(gap.after):
        return False
    return _head(gap.answer) == _head(phrase.text)


def _is_name(gap: Gap, phrase: _Phrase, secret: frozenset[str]) -> bool:
    """Whether a noun phrase is a name, so that few others would fit the gap."""
    answer, before, head = gap.answer, gap.before, _head(gap.answer)
    if before.endswith("(") and not _GLOSS.fullmatch(answer):
        return False
    is_special = bool(specialist_of(secret))
    if answer[0].isupper():
        return is_special and not _NAME_BEFORE.search(before)
    if " " in answer and before.endswith(" to "):
        return False  # "to phosphorylate proteins"
    # Combinations of everyday words fit many sentences: "a precarious position".
    if is_special or " " not in answer or phrase.cue == "other":
        return is_special
    is_everyday = _MERE_QUALITY.match(answer) or rate(root(head)) > _EVERYWHERE
    return not is_everyday and bool(technical_of(secret))
