"""Keep the lists of published pages from flipping between list and process.

A reworded lead or a corrected step changes the score of a list a little. A page whose score is near
the threshold must not lose its step notes, with their histories, in one edit and get them back in
the next.
"""

from __future__ import annotations

from dataclasses import replace

from qt2anki.model import Kind, Outline
from qt2anki.notes.choose import judge, wanted_kinds
from qt2anki.notes.features import page_traits
from qt2anki.notes.frame import Frame
from qt2anki.notes.identity import slug
from qt2anki.notes.kinds.steps import step_candidates
from qt2anki.outline.sequence.score import LENGTHS, Sequence, find_sequences, sequences_in_text

SLACK = 0.5  # points of evidence
_LENGTHS = range(2, 25)  # of a list that was a sequence before steps were added or removed
_STEP = "step/"


def steady_sequences(
    frame: Frame, outline: Outline, published: frozenset[str], *, is_part: bool = False
) -> tuple[Sequence, ...]:
    """Find the lists of a page that are sequences, given its published keys.

    On a new page, a list needs the threshold of the settings. On a published page, a list that was
    a sequence remains one down to :data:`SLACK` below it, and other lists need :data:`SLACK` more.
    A setting for the page itself overrides this. If only a part of the notes is published
    (*is_part*), missing steps do not show that a list was none.
    """
    threshold = frame.settings.sequence_threshold
    override = dict(frame.settings.sequences).get(frame.page.page_id)
    if not published or override is not None:
        return find_sequences(
            outline, question=frame.page.question, threshold=threshold, override=override
        )
    able = find_sequences(
        outline,
        question=frame.page.question,
        threshold=threshold - SLACK,
        lengths=_LENGTHS,
    )
    usual = [sequence for sequence in able if len(sequence.steps) in LENGTHS]
    kinds = wanted_kinds(frame.settings)
    unclaimed = _steps(published, kinds)
    told = frozenset[str]().union(*map(_names, sequences_in_text(outline)))
    chosen: set[int] = set()
    for at, sequence in sorted(enumerate(able), key=lambda pair: -pair[1].score):
        own = _names(sequence)
        # The only list may have different titles now, but steps in a sentence are not its steps.
        names = unclaimed - (told - own) if usual == [sequence] else own & unclaimed
        unclaimed -= names
        is_one = sequence in usual and (
            sequence.score >= threshold + SLACK
            or (
                sequence.score >= threshold
                and (is_part or _leaves_no_trace(frame, outline, sequence))
            )
        )
        if names or is_one:
            chosen.add(at)
    return tuple(sequence for at, sequence in enumerate(able) if at in chosen)


def _steps(published: frozenset[str], kinds: frozenset[Kind]) -> set[str]:
    """Return the steps that have notes of *kinds*: the next build will see no others."""
    parts = (key.removeprefix(_STEP).rpartition("/") for key in published if key.startswith(_STEP))
    return {step for step, _, kind in parts if kind in kinds}


def _names(sequence: Sequence) -> set[str]:
    titles = {slug(item.title) for item in sequence.steps}
    return titles | {f"{slug(sequence.listing.section)}/{title}" for title in titles}


def _leaves_no_trace(frame: Frame, outline: Outline, sequence: Sequence) -> bool:
    """Whether the list would not have a note that shows that it was a sequence."""
    traits = page_traits(frame.page)
    made = step_candidates(frame, outline, (sequence,))
    judged = (judge(replace(one, page_traits=traits), frame.settings) for one in made)
    return all(choice.left_out for choice in judged)
