"""Number clozes: a sentence in which its only number, year or percentage is hidden."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Kind
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frame import Frame
from qt2anki.notes.frequency import specialist_of
from qt2anki.notes.gates import front_fits
from qt2anki.notes.kinds.gaps import Gap, cut, gap_html, gap_key, shown_around, steady_choice
from qt2anki.notes.patterns import pattern
from qt2anki.notes.phrases import phrase
from qt2anki.notes.soft_gates import sentence_fits
from qt2anki.notes.text_units import Unit
from qt2anki.notes.tokens import tokens
from qt2anki.notes.words import content_words, roots

_LEAST_LEFT = 6
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
# A range is one number: "12 to 24 micrometers", "7-10 days".
_RANGE = re.compile(
    rf"(?<![\w.-])(?:{_NUMBER.pattern})(?:%?(?:[-–—]| to )(?:{_NUMBER.pattern}))?(?!\w)"
)
# The same number in other units: "100 kilometers (about 62 miles)".
_AGAIN = re.compile(r"\d[^()]*\((?:about|approximately|roughly|around|or)? ?$")
# What changes from year to year.
_STATISTIC = re.compile(r"\b(?:gdp|economy|revenue|market|sales|currently|today|recent|budget)\b")
_MOST_OF_UNIT = 2
_MOST_NUMBERS = 3  # in a sentence
_MARKUP = re.compile(r"[<&\\]")
_YEAR = re.compile(r"1[0-9]\d\d|20[0-4]\d")
_PERIOD = re.compile(r"(?:1[0-9]|20)\d\d(?:[-–—]| to ).+")
_SHARE_AFTER = re.compile(r" ?(?:%|percent)")
_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|by|from|around|after|until|before|late|early|year|of|circa|on|during"
    r"|january|february|march|april|may|june|july|august|september|october|november|december"
    r"|\d{1,2}),? $",
    re.IGNORECASE,
)
# A name that contains the number: "Type 2", "Article 14", "Act 1919", "COVID-19".
_NAME_BEFORE = re.compile(
    r"(?:\b(?:types?|stages?|phases?|levels?|grades?|figures?|tables?|sections?|articles?|chapters?"
    r"|classes|class|versions?|parts?|acts?|title|volumes?|steps?|numbers?|no\.|item|question"
    r"|units?|group|category|tier|rule|law|schedule|paragraph|page|line|case|model|area|days?|week"
    r"|vitamin|omega|chromosome|factor|scene|form|top|generation|period|century|age|aged"
    r"|b\.c\.|version)|(?-i:\b[A-Z][\w.]*)|[-–—/(#≥≤<>=+~:*×^_]|\bn =) ?$",
    re.IGNORECASE,
)
_NEWS = 2015  # events since this year are news rather than knowledge
_EVENT = re.compile(
    r"\b(?:publish|found(?:ed|ing)|establish|invent|discover|sign(?:ed|ing)|enact|launch|introduc"
    r"|releas|award|creat|declar|propos|formulat|adopt|ratif|pass(?:ed|age)|develop|built|build"
    r"|construct|complet|began|begin|start|end(?:ed|ing)|establish|coin|elect|won"
    r"|defeat|conquer|invad|sank|patent|present|describ|demonstrat|isolat|synthesi|perform|open"
    r"|form(?:ed|ation)|independence|treaty|resign|premier|debut|outlaw|abolish|ban(?:ned)?|record"
    r"|recogni|cultur|identif|erupt|struck|collaps|assassinat|crown|unif|merg|implement|issu)\w*",
    re.IGNORECASE,
)
# Bounds, shares of a sample and growth rates can only be guessed.
_LOOSE_BEFORE = re.compile(
    r"\b(?:up to|at least|(?:less|fewer|more|greater|higher|lower|older|younger) than|nearly"
    r"|over(?: the)?|almost|under|below|above|between \w+ (?:\w+ )?and|(?:from )?\w+ to"
    r"|increas\w+ (?:by|of)|decreas\w+ (?:by|of)|exceed(?:s|ing)?|as (?:low|high|much|many|few) as"
    r"|another|e\.g\.,?|such as|\d or|\d and|growth of|allocated"
    r"|for (?:the )?(?:past|last|next|about|around|some)) (?:[$£€₹])?$",
    re.IGNORECASE,
)
_SAMPLE = re.compile(
    r"\b(?:estimated|reported|rise in|drop in|decline in|aim(?:s|ing)?"
    r"|target\w*|goals?|income|savings?|salary|experience|career"
    r"|participants?|respondents?|survey\w*|enrol\w*|pass rate|students?|patients? in the|adherence"
    r"|staggering|prefer\w*|funding|polls?|responses|increased|decreased|grew|crore|lakh)\b",
    re.IGNORECASE,
)
# Years of someone's life, and estimated years, are not worth learning.
_LIFE = re.compile(r"\b(?:born|died|passed away|widow\w*|married|estimated)\b", re.IGNORECASE)
_SMALL_BEFORE = re.compile(r"[a-z,] $")
_PLAIN_AFTER = re.compile(r"(?:%|°| ?[a-zA-Zµ°%]|[.,;)]| \()")
_PART_AFTER = re.compile(
    r"(?:°\d|[-–—/]|:\d|\.\d|(?:st|nd|rd|th|s|D|x)\b| ?(?:to|or|and|[-–—]) ?\d)"
)
# Searched for in lower case: ignoring case while searching takes many times as long.
_CASE = re.compile(
    r"\b(?:examples?|suppose|consider|imagine|if|let|assume|would|say|instance|hypothetical"
    r"|calculat\w+|substitut\w+|equals?|answer|sample|solution|our|your|you|each)\b",
)
_UNIT_AFTER = re.compile(
    r" ?(%|percent|mg|kg|km|cm|mm|nm|µm|°C|°F|Hz|kHz|MHz|GHz|mL|ml|µL|g/dL|mg/dL|mmHg"
    r"|[gmKLVJN]\b|years?|days?|micrometers?|nanometers?|millimeters?|centimeters?|kilometers?"
    r"|inches|volts?|watts?|joules?|kilograms?|grams?|liters?|amino acids|base pairs|carbon atoms"
    r"|electrons?|protons?|neutrons?|chunks|seats|justices|judges|senators|votes|players|letters"
    r"|vertebrae|teeth|ribs|muscles|articles|chapters|stages|phases"
    r"|hours?|minutes?|seconds?|weeks?|months?|million|billion|miles?|feet|meters?|metres?|degrees?"
    r"|bits?|bytes?|pairs?|chromosomes?|bones?|states?|members?)\b|(%)|(°)"
)
_LAW = re.compile(
    r"\b(?:Act|Law|Treaty|Constitution|Code|Bill|Convention|Pact|Edict) (?:of|in)? ?$"
)


def number_candidates(
    frame: Frame, units: Iterable[Unit], kept: Collection[str] = ()
) -> Iterator[Candidate]:
    """Yield notes in which a number is hidden: at most two per unit, in different sentences.

    If this leaves out a key in *kept*, which students have, candidates with such keys come first.
    """
    gaps = [(unit, [(_key(unit, gap), gap) for gap in _gaps(frame, unit)]) for unit in units]
    keys = (key for _, every in gaps for key, _ in every)
    for key, (unit, gap) in steady_choice(partial(_best, gaps), keys, kept).items():
        yield _candidate(frame, unit, gap, key)


def _best(
    gaps: Iterable[tuple[Unit, Sequence[tuple[str, Gap]]]], kept: Collection[str]
) -> dict[str, tuple[Unit, Gap]]:
    """Return one gap of each sentence, and of these two of each unit; *kept* keys come first."""
    best: dict[str, tuple[Unit, Gap]] = {}
    for unit, every in gaps:
        keyed = sorted(every, key=lambda one: one[0] not in kept)
        one_each = {gap.sentence: gap for _, gap in reversed(keyed)}
        chosen = [(key, gap) for key, gap in keyed if gap in one_each.values()]
        for key, gap in chosen[:_MOST_OF_UNIT]:
            best.setdefault(key, (unit, gap))
    return best


def _candidate(frame: Frame, unit: Unit, gap: Gap, key: str) -> Candidate:
    note = frame.cloze(
        Kind.NUMBER,
        key,
        text=gap_html(gap, _hint(gap)),
        title=inline_html(unit.title),
        context=frame.context(unit.section),
    )
    return Candidate(
        note,
        unit.angle,
        sentence=gap.sentence,
        cue="year" if _hint(gap) == phrase("year_hidden") else "number",
        traits=_traits(gap),
    )


def _key(unit: Unit, gap: Gap) -> str:
    return gap_key(unit, gap._replace(answer=gap.answer.replace(" to ", "-")))


def _traits(gap: Gap) -> frozenset[str]:
    around = f"{gap.before} {gap.after}"
    has = {
        "range": _NUMBER.fullmatch(gap.answer) is None,
        "percent": _SHARE_AFTER.match(gap.after) is not None,
        "several-numbers": _DIGIT.search(around) is not None,
        "statistic": _STATISTIC.search(around.lower()) is not None,
        "named": specialist_of(roots(around)),
    }
    return frozenset(name for name, holds in has.items() if holds)


def _gaps(frame: Frame, unit: Unit) -> Iterator[Gap]:
    if pattern("example_title").match(unit.title):
        return
    for sentence in chain.from_iterable(unit.sentences):
        plain = sentence.plain
        if not _DIGIT.search(plain) or len(_NUMBER.findall(plain)) > _MOST_NUMBERS:
            continue
        is_case = _CASE.search(plain.lower()) or _tells_case(unit)
        if is_case or not sentence_fits(plain, opens=sentence.opens):
            continue
        for gap in _numbers(inline_html(sentence.markdown)):
            if _passes(frame, unit, gap):
                yield gap


def _tells_case(unit: Unit) -> bool:
    """Whether a paragraph is a worked example, even if its sentence does not say so."""
    return not unit.title and bool(_CASE.search(plain_text(" ".join(unit.texts)).lower()))


def _numbers(fragment: str) -> Iterator[Gap]:
    """Hide each number, or range of numbers, of a sentence in turn."""
    if _MARKUP.search(fragment):
        gap = _only_number(fragment)
        if gap is not None:
            yield gap
        return
    for found in _RANGE.finditer(fragment):
        yield cut(fragment, *found.span())


def _only_number(fragment: str) -> Gap | None:
    """Hide the only number of a sentence; None if it is a part of something else."""
    digits: list[tuple[int, int]] = []
    at = 0
    for token in tokens(fragment):
        if _DIGIT.search(token.plain):
            if token.is_kept:
                return None
            digits.append((at, at + len(token.text)))
        at += len(token.text)
    gap = cut(fragment, digits[0][0], digits[-1][1]) if digits else None
    return gap if gap and _NUMBER.fullmatch(gap.answer) else None


def _passes(frame: Frame, unit: Unit, gap: Gap) -> bool:
    around = shown_around(frame, unit)
    known = frame.known(unit.section, unit.title)
    front = f"{around} {gap.before} {gap.after}"
    if roots(gap.answer) & (known | roots(gap.before) | roots(gap.after)) or gap.answer in front:
        return False
    if not front_fits(around, gap.before, gap.after):
        return False
    if _PART_AFTER.match(gap.after) or not _PLAIN_AFTER.match(gap.after):
        return False
    if len(content_words(gap.before)) + len(content_words(gap.after)) < _LEAST_LEFT:
        return False
    if _YEAR.fullmatch(gap.answer):
        return _is_date(gap)
    if _PERIOD.fullmatch(gap.answer):
        return False
    return _is_measure(gap)


def _is_date(gap: Gap) -> bool:
    """Whether the number is the year of an event."""
    if not _YEAR_BEFORE.search(gap.before) or int(gap.answer) >= _NEWS:
        return False
    around = f"{gap.before} {gap.after}"
    if _LIFE.search(around) or _LAW.search(gap.before):
        return False
    return bool(_EVENT.search(around))


def _is_measure(gap: Gap) -> bool:
    """Whether the number counts or measures something, and is not part of a name."""
    money = gap.before.endswith(("$", "£", "€", "₹"))
    # Of several numbers, only a year or a range is unambiguous.
    if _NUMBER.fullmatch(gap.answer) and _DIGIT.search(f"{gap.before}{gap.after}"):
        return False
    if not money and (not _SMALL_BEFORE.search(gap.before) or _NAME_BEFORE.search(gap.before)):
        return False
    if _AGAIN.search(gap.before) or _LOOSE_BEFORE.search(gap.before):
        return False
    if _SAMPLE.search(f"{gap.before}{gap.after}"):
        return False
    if _SHARE_AFTER.match(gap.after) and not specialist_of(roots(gap.before + gap.after)):
        return False
    return bool(money or _UNIT_AFTER.match(gap.after)) and gap.answer not in ("1", "2", "100")


def _hint(gap: Gap) -> str:
    if _YEAR.fullmatch(gap.answer) and not _UNIT_AFTER.match(gap.after):
        return phrase("year_hidden")
    return phrase("number_hidden")
