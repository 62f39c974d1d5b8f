"""Keep published notes when a misspelling on their page is corrected.

One corrected word can push a score or a word count past a limit. The note is still correct, and
students have it, so it stays, with the word corrected, as long as the page supports it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from qt2anki.anki.cloze import hidden_parts, with_gaps
from qt2anki.anki.note_content import field
from qt2anki.anki.package_reader import PublishedNote
from qt2anki.anki.visible_text import Words, is_typo, visible_blocks, visible_text, visible_words
from qt2anki.notes.identity import BOLD
from qt2anki.release.match import long_words

_WORD = re.compile(r"[^\W_]+")
# Our fixed words on the front of a step card.
_ASKED = re.compile(r'(?<=<div class="qt-ask">)[^<{]*|(?<=<div class="qt-step qt-start">)[^<]*')
_GAP = "\ue000"  # stands for a deletion while its sentence is searched for
_MOST_CORRECTED = 3  # words
_SHORT = 4  # letters; shorter words are too similar
_SAID = 0.9  # of the long words of a text that is on a page
_MOST_MISSING = 0.2  # of the long words of a question, which may be our fixed words


def corrected(note: PublishedNote, words: tuple[str, ...]) -> PublishedNote | None:
    """Return *note* with its misspellings corrected from *words* of its page; None to retire it.

    A note without a misspelling stays only if it stayed before.
    """
    found = _find_misspelt(page_words(_said(note)), words)
    if found is None or not _is_asked_near(note, words, found.start):
        return None
    wrong = found.wrong | _misspelt_on_front(note, words)
    if not (wrong or note.is_kept):
        return None
    fields = list(note.fields)
    for misspelt, right in wrong.items():
        word = re.compile(rf"(?<![\w&]){misspelt}(?!\w)")
        fields[1:] = [word.sub(right, fragment) for fragment in fields[1:]]
    fixed = replace(note, fields=tuple(fields), is_kept=True)
    return None if _shows_answer(fixed) else fixed


def is_on_page(note: PublishedNote, words: Words) -> bool:
    """Whether the text of a note is still on its page, of whose long words these are."""
    said = long_words(_said(note))
    return len(said & words) >= _SAID * len(said)


def page_words(text: str) -> tuple[str, ...]:
    """Return the words of a page, in order."""
    return tuple(_WORD.findall(text))


def _said(note: PublishedNote) -> str:
    """Return the text of the page in a note: its answer, or the sentence or title with its gaps."""
    if note.note_type == "qa":
        return visible_text(field(note, "Answer"))
    text = _ASKED.sub("", field(note, "Text"))
    gaps = (line for line in visible_blocks(with_gaps(text, 1, _GAP)) if _GAP in line)
    hidden = iter(hidden_parts(text, 1))
    return " ".join(re.sub(_GAP, lambda _: visible_text(next(hidden)), line) for line in gaps)


class _Found(NamedTuple):
    """The start of a text on the page, and its misspelled words with their corrections."""

    start: int
    wrong: dict[str, str]


def _find_misspelt(said: tuple[str, ...], words: tuple[str, ...]) -> _Found | None:
    """Find *said* in *words*, ignoring misspellings; None if it is missing."""
    folded, own = [w.casefold() for w in words], [w.casefold() for w in said]
    best: _Found | None = None
    for start in range(len(words) - len(said) + 1 if said else 0):
        wrong: dict[str, str] = {}
        for at, word in enumerate(own):
            there = folded[start + at]
            if word != there:
                if len(wrong) == _MOST_CORRECTED or not _is_misspelt(word, there):
                    break
                wrong[said[at]] = words[start + at]
        else:
            if best is None or len(wrong) < len(best.wrong):
                best = _Found(start, wrong)
    return best


def _is_asked_near(note: PublishedNote, words: tuple[str, ...], start: int) -> bool:
    """Whether the words of a question are on the page, around the answer that begins at *start*.

    If a point is gone, a similar word elsewhere is not its answer (Hypotonic, Hypertonic).
    """
    if note.note_type != "qa" or note.key == "qa":
        return True
    asked = page_words(visible_text(field(note, "Question")))
    reach = 2 * len(asked) + 10
    near = {word.casefold() for word in words[max(start - reach, 0) : start + reach]}
    long = {word.casefold() for word in asked if len(word) > _SHORT}
    missing = [w for w in long - near if not any(_is_misspelt(w, each) for each in near)]
    return len(missing) <= max(1, _MOST_MISSING * len(long))


def _shows_answer(note: PublishedNote) -> bool:
    """Whether the words of a gap are also outside it."""
    if note.note_type == "qa":
        return False
    text = field(note, "Text")
    hidden = visible_words(" ".join(hidden_parts(text, 1)))
    return hidden <= visible_words(with_gaps(text, 1, " "))


def _misspelt_on_front(note: PublishedNote, words: tuple[str, ...]) -> dict[str, str]:
    """Find misspelled words of a front whose correct spelling is on the page."""
    if note.note_type == "qa":
        question = field(note, "Question")
        title = BOLD.search(question)
        front = title[1] if title else question
    else:
        front = with_gaps(_ASKED.sub("", field(note, "Text")), 1, " ")
    own = {word.casefold(): word for word in words}
    found: dict[str, str] = {}
    for word in page_words(visible_text(front)):
        if len(word) > _SHORT and word.casefold() not in own:
            twin = next((each for each in own if _is_misspelt(word.casefold(), each)), None)
            if twin is not None:
                found[word] = own[twin]
    return found


def _is_misspelt(word: str, right: str) -> bool:
    """Whether *word* may be a misspelling of *right*, not just a different form of it."""
    short, long = sorted((word, right), key=len)
    is_form = long.startswith(short[: max(_SHORT, len(short) - 1)]) and long[-1] != short[-1]
    return len(short) >= _SHORT and not is_form and is_typo(word, right)
