"""Recognize pages about which nothing can be asked."""

from __future__ import annotations

import re

from qt2anki.notes.words import word_count
from qt2anki.outline.sentences import sentences

_REFUSAL = re.compile(
    r"(?:i['’]?m sorry|sorry|unfortunately|i|we)\b.{0,60}?\b(?:cannot|can ?not|can['’]t|could not"
    r"|unable to|do not have|don['’]t have|not able to)\b.{0,120}?"
    r"\b(?:answer|information|assist|help|provide|context|details)\b"
    r"|(?:there is|there was) (?:no|not enough|insufficient) (?:\w+ ){0,3}information\b"
    r"|(?:the|based on the) (?:available|provided|gathered|given) (?:information|context|text)"
    r"\b.{0,40}?\b(?:does not|do not|doesn['’]t|is not|i cannot|cannot)\b",
    re.IGNORECASE | re.DOTALL,
)
_REFUSAL_MOST_WORDS = 160
# The program that wrote the page mentions the texts that it was given. Searched for in lower
# case: ignoring case while searching takes many times as long.
_GIVEN = ("gathered", "available", "provided", "retrieved", "given")
_SOURCES = re.compile(
    rf"\b(?:{'|'.join(_GIVEN)}) (?:information|context|texts?|sources?"
    r"|documents?)\b"
)
_SAYS_NOTHING = re.compile(
    r"\b(?:does|do|did) not (?:\w+ ){0,2}(?:provide|mention|contain|specify|include|address|detail"
    r"|discuss|describe|cover)\b",
    re.IGNORECASE,
)
# Names of texts and lessons, and words after them that change the meaning: "assignment briefing",
# "study environment", "Presentation Layer".
_TEXTS = (
    "course|lecture|passage|excerpt|case study|assignment|video|webinar|workshop|syllabus|handout"
    "|presentation|podcast|seminar|study"
)
_OTHER_THING = (
    r"(?!['’ ]*(?:of|to)\b|-| (?-i:[A-Z]\w+|layers?|briefings?|environments?|area|areas|group"
    r"|groups|guides?|habits|skills|room|hall|tools?|software|design|designs|designers?|planning"
    r"|format|style|mode|population|period|protocols?|load|record|records|grants?|operators?)\b)"
)
# Words that refer to something that students of the deck do not see.
_ORPHAN = re.compile(
    rf"\b(?:this|the) (?:{_TEXTS})\b{_OTHER_THING}"
    rf"|\b(?:in|during|on|for) the (?:exam|examination|test|quiz)\b{_OTHER_THING}"
    r"|\bthis (?:article|text|chapter|document|book|paper|reading|module|unit|lesson|story)\b"
    r"|\b(?:example|exercise|problem|question|figure|table|lecture|module|week|slide|worksheet)"
    r" \d+\b"
    r"|(?-i:\b[A-Z][a-z]+['’]s case\b)",
    re.IGNORECASE,
)
# "These institutions", if the question does not say before which ones it means.
_POINTS_BACK = re.compile(r"\b(?:these|those|this) (?=[a-z])", re.IGNORECASE)
_NAMED_BEFORE = re.compile(r"[,:]|\b(?:and|or|that|if)\b", re.IGNORECASE)


def is_refusal(answer: str) -> bool:
    """Whether the answer says that there is no answer, or that it is about something else."""
    if _REFUSAL.match(answer.strip()) and word_count(answer) <= _REFUSAL_MOST_WORDS:
        return True
    opening = sentences(answer.partition("\n\n")[0])[:3]
    return any(
        _SAYS_NOTHING.search(s) and speaks_of_sources(s) for s in opening if " not " in s.lower()
    )


def speaks_of_sources(sentence: str) -> bool:
    """Whether a sentence mentions "the gathered information", so that it is unusable."""
    low = sentence.lower()
    return any(map(low.__contains__, _GIVEN)) and _SOURCES.search(low) is not None


def points_elsewhere(question: str) -> bool:
    """Whether the question is about a text or a course that is not on the page."""
    if _ORPHAN.search(question):
        return True
    back = _POINTS_BACK.search(question)
    return back is not None and not _NAMED_BEFORE.search(question, 0, back.start())
