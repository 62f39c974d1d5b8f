"""The summary note: the page in one sentence, where it is more than the main answer again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import QA_FIELDS, Kind, Note, Outline
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frame import Frame
from qt2anki.notes.gates import front_fits, residual
from qt2anki.notes.kinds.filler import is_hollow
from qt2anki.notes.words import roots, word_count
from qt2anki.outline.sentences import first_sentence

_LEAST_WORDS = 10
_MOST_WORDS = 40
_LEAST_NEW = 5
_MOST_ALIKE = 0.6
_TAG = re.compile(r"<[^>]*>")
_SAYS_LITTLE = re.compile(
    r"\b(?:depends? on|critical|central|tailored|individuali[sz]ed|designed to|integral|specific"
    r" (?:needs|requirements)|suitable|linked to|determinant|utili[sz]es|still felt)\b",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"by \w+ing\b|in all (?:these|cases)|the choice\b|(?:thus|therefore|hence|as such)\b"
    r"|(?:through )?(?:understanding|recognizing|following|considering|implementing|adopting"
    r"|addressing|mastering|focusing|leveraging|incorporating|applying)\b|these\b|this\b|they\b"
    r"|it\b"
    r"|such\b|each\b|together\b|both\b|for (?:further|more)\b|if you\b|here\b",
    re.IGNORECASE,
)


def summary_candidates(frame: Frame, outline: Outline, main: Note | None) -> Iterator[Candidate]:
    """Make the page's summary note, unless it would be *main*, the page's first note, again.

    Where :func:`is_outlined`, the main note asks for the points and shows the summary on its
    back; a second answer to the same question belongs in the fullest decks only.
    """
    sentence = first_sentence(outline.summary.text) if outline.summary else ""
    plain = plain_text(sentence)
    front = f"In one sentence: {frame.question}"
    if not _is_worth(plain, frame.question) or not front_fits(front):
        return
    if main and _alike(plain, _TAG.sub(" ", main.fields[QA_FIELDS.index("Answer")])):
        return
    note = frame.qa(
        Kind.SUMMARY,
        "summary",
        question=f"In one sentence: {inline_html(frame.page.question)}",
        answer=inline_html(sentence),
    )
    yield Candidate(note, "summary")


def is_outlined(outline: Outline) -> bool:
    """Whether the answer is a list of titled points, which the main note asks for."""
    return any(sum(bool(item.title) for item in listing.items) >= 2 for listing in outline.lists)


def _is_worth(sentence: str, question: str) -> bool:
    if not _LEAST_WORDS <= word_count(sentence) <= _MOST_WORDS or sentence.endswith((":", "?")):
        return False
    asked = roots(question)
    if _EMPTY.match(sentence) or len(residual(sentence, known=asked)) < _LEAST_NEW:
        return False
    return not is_hollow(sentence, known=asked) and not _SAYS_LITTLE.search(sentence)


def _alike(sentence: str, core: str) -> bool:
    one, other = roots(sentence), roots(core)
    return len(one & other) >= _MOST_ALIKE * len(one | other)
