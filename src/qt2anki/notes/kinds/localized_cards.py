"""Cards in languages other than English: only kinds whose rules need few words of the language.

These are the page's question if a short paragraph or a set of titles answers it, the order of named
stages, and terms in bold or in the keywords. Doubtful cards are not made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Kind, Listing, Note, Outline, Paragraph
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frame import Frame
from qt2anki.notes.gates import CORE_MOST_WORDS, FRONT_MOST_WORDS, echoes
from qt2anki.notes.identity import unit_slugs
from qt2anki.notes.kinds.answer_sentences import MOST_WORDS
from qt2anki.notes.kinds.localized_blocks import block_candidates
from qt2anki.notes.kinds.localized_clozes import (
    ENDS,
    TITLE_MOST_WORDS,
    localized_clozes,
    title_and_text,
)
from qt2anki.notes.kinds.main_question import is_beside
from qt2anki.notes.kinds.steps import next_text
from qt2anki.notes.phrases import phrase
from qt2anki.outline.lines import list_numbers
from qt2anki.outline.sequence.score import FEWEST_STEPS, MOST_STEPS

_SCORES = {Kind.QA: 900, Kind.CLOZE: 700}
_SCORE = 850
_MOST_MEMBERS = 5
_MOST_MEMBERS_AT_ALL = 8
_STAGE_MOST_WORDS = 5
_STAGE_NAME_MOST_WORDS = 2  # such stages have a first one that is worth asking for
_SHOWN_BEFORE = 2


def localized_candidates(frame: Frame, outline: Outline) -> Iterator[Candidate]:
    """Yield all candidates of a page, in the order in which they are learned."""
    for candidate in _candidates(frame, outline):
        yield replace(candidate, fixed_score=_SCORES.get(candidate.note.kind, _SCORE))


def _candidates(frame: Frame, outline: Outline) -> Iterator[Candidate]:
    sequences = tuple(_sequences(frame, outline))
    main = _main_note(frame, outline, sequences)
    if main is not None:
        yield Candidate(main, "", sentence=frame.question)
    for listing in sequences:
        yield from _next_candidates(frame, listing, named=len(outline.lists) > 1)
    yield from block_candidates(frame, outline)
    yield from localized_clozes(frame, outline)


def _sequences(frame: Frame, outline: Outline) -> Iterator[Listing]:
    """Yield the lists that count up from 1 and are announced as steps or stages."""
    override = dict(frame.settings.sequences).get(frame.page.page_id)
    counted = [one for one in outline.lists if _counts_up(one)]
    is_asked = bool(frame.language.steps.search(frame.question)) and len(counted) == 1
    for one in counted:
        titles = [title_and_text(frame, item)[0] for item in one.items]
        announced = is_asked or frame.language.steps.search(f"{one.section} {one.lead}")
        fits = all(titles) and len(set(titles)) == len(titles)
        if fits and override is not False and (announced or override):
            yield one


def _counts_up(listing: Listing) -> bool:
    system, numbers = list_numbers([item.marker for item in listing.items])
    length = len(listing.items)
    is_counted = system == "1" and numbers == tuple(range(1, length + 1))
    return is_counted and FEWEST_STEPS <= length <= MOST_STEPS


def _main_note(frame: Frame, outline: Outline, sequences: Sequence[Listing]) -> Note | None:
    """Ask the page's question if its answer is a short paragraph or a set of titles."""
    if frame.language.size(frame.question) > FRONT_MOST_WORDS:
        return None
    answer = _set_answer(frame, outline, sequences) or _text_answer(frame, outline)
    if answer is None:
        return None
    html, hint = answer
    shape = f' <span class="qt-shape">({hint})</span>' if hint else ""
    question = f"{inline_html(frame.page.question)}{shape}"
    return frame.qa(Kind.QA, "qa", question=question, answer=html, context="")


def _set_answer(
    frame: Frame, outline: Outline, sequences: Sequence[Listing]
) -> tuple[str, str] | None:
    """Return the titles of the list that the question asks for, and how many there are."""
    language, question = frame.language, frame.question
    if not language.set_question.match(question) or language.open_sets.search(question):
        return None
    asks_for_steps = bool(language.steps.search(question))
    lists = sequences if asks_for_steps and sequences else outline.lists
    asked = language.stems(question)
    naming = [one for one in lists if asked & language.stems(f"{one.section} {one.lead}")]
    if len(lists) == 1 or len(naming) == 1:
        listing = lists[0] if len(lists) == 1 else naming[0]
    else:
        return None
    titles = [title_and_text(frame, item)[0] for item in listing.items]
    names = [plain_text(title) for title in titles]
    most = _MOST_MEMBERS_AT_ALL if frame.settings.profile == "full" else _MOST_MEMBERS
    if not 2 <= len(names) <= most + asks_for_steps or not all(_is_member(frame, n) for n in names):
        return None
    is_order = listing in sequences
    if not is_order and any(map(language.command.match, names)):
        return None
    items = "".join(f"<li>{inline_html(title)}</li>" for title in titles)
    tag, name = ("ol", "in_order") if is_order else ("ul", "members")
    return f"<{tag}>{items}</{tag}>", phrase(name, language.code, count=str(len(names)))


def _is_member(frame: Frame, name: str) -> bool:
    language = frame.language
    says_more = bool(language.stems(name) - frame.told)
    fits = 0 < language.size(name) <= TITLE_MOST_WORDS
    return fits and says_more and not language.stock.match(name)


def _text_answer(frame: Frame, outline: Outline) -> tuple[str, str] | None:
    """Return an answer that is one short paragraph, or the sentence that says what something is.

    A short paragraph is used as a whole.
    """
    language = frame.language
    blocks = [block for block in outline.blocks if not is_beside(block)]
    if not blocks or not isinstance(blocks[0], Paragraph):
        return None
    written = [blocks[0].text] if len(blocks) == 1 else []
    written += [one for one in language.sentences(blocks[0].text)[:1] if _defines(frame, one)]
    for markdown in written:
        plain = plain_text(markdown)
        says_more = len(language.stems(plain) - frame.told) > 1
        if says_more and language.size(plain) <= min(MOST_WORDS, CORE_MOST_WORDS):
            return inline_html(markdown), ""
    return None


def _defines(frame: Frame, sentence: str) -> bool:
    """Whether a sentence has all that the question asks for, and can be understood alone."""
    language, plain = frame.language, plain_text(sentence)
    asks = language.definition.match(frame.question)
    is_whole = plain.endswith(ENDS) and not plain.endswith("?")
    if not asks or not is_whole or language.set_question.match(frame.question):
        return False
    asked = language.stems(frame.question[asks.end() :]) or language.stems(frame.question)
    return asked <= language.stems(plain) and not language.points_back.match(plain)


def _next_candidates(frame: Frame, listing: Listing, *, named: bool) -> Iterator[Candidate]:
    """Ask for each stage by the two before it, except commands, which are an author's wording."""
    language = frame.language
    pairs = [title_and_text(frame, item) for item in listing.items]
    names = [plain_text(title) for title, _ in pairs]
    if any(map(language.command.match, names)):
        return
    are_short = all(language.size(name) <= _STAGE_NAME_MOST_WORDS for name in names)
    slugs = unit_slugs([(listing.section, title) for title, _ in pairs])
    section = listing.section if named else ""
    for at, (title, text) in enumerate(pairs):
        if (at or are_short) and _can_follow(frame, names, at, section):
            before = [one for one, _ in pairs[max(0, at - _SHOWN_BEFORE) : at]]
            note = _next_note(frame, slugs[at], (title, text), before, section, at)
            yield Candidate(note, slugs[at], sentence=plain_text(text))


def _can_follow(frame: Frame, names: Sequence[str], at: int, section: str) -> bool:
    """Whether a stage can be recalled from those before it, and none of them shows its name."""
    language, name = frame.language, names[at]
    known = frame.told | language.stems(plain_text(section))
    secret = language.stems(name) - known
    before = names[max(0, at - _SHOWN_BEFORE) : at]
    shown = language.stems(" ".join(before)) - known
    fits = language.size(name) <= _STAGE_MOST_WORDS and not language.stock.match(name)
    return fits and bool(secret) and not echoes(secret, shown)


def _next_note(
    frame: Frame,
    name: str,
    step: tuple[str, str],
    before: Sequence[str],
    section: str,
    at: int,
) -> Note:
    language = frame.language
    title, text = step
    told = next(iter(language.sentences(text)), "")
    told = told[:1].upper() + told[1:]
    start = phrase("start", language.code) if at <= _SHOWN_BEFORE else "…"
    return frame.cloze(
        Kind.NEXT,
        f"step/{name}/next",
        text=next_text(phrase("next", language.code), start, before, title),
        context=frame.context(section),
        extra=f"<p>{inline_html(told)}</p>" if told.endswith(ENDS) else "",
    )
