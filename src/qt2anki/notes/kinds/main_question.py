"""The page's main note: its question, and the shortest answer that can be recalled and graded."""

from __future__ import annotations

from qt2anki.html.block_html import blocks_html
from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Kind, Note, Outline
from qt2anki.notes.frame import Frame
from qt2anki.notes.gates import core_fits, front_fits, says_something
from qt2anki.notes.kinds.short_answers import Core, cores
from qt2anki.notes.words import roots
from qt2anki.outline.sentences import first_sentence
from qt2anki.outline.sequence.score import Sequence


def main_note(frame: Frame, outline: Outline, sequences: tuple[Sequence, ...]) -> Note | None:
    """Make the note of the page's question, None when no part of the answer can be graded."""
    if not front_fits(frame.question):
        return None
    possible = cores(outline, sequences, question=frame.question)
    asked = roots(frame.question)
    core = next((core for core in possible if _passes(core, asked)), None)
    if core is None:
        return None
    hint = f' <span class="qt-shape">({core.hint})</span>' if core.hint else ""
    return frame.qa(
        Kind.QA,
        "qa",
        question=f"{inline_html(frame.page.question)}{hint}",
        answer=core.html,
        extra=_in_short(outline, core),
        details=blocks_html(outline.blocks),
    )


def _passes(core: Core, asked: frozenset[str]) -> bool:
    told = sum(roots(point) <= asked for point in core.points)
    if core.points and 2 * told >= len(core.points):
        return False
    return core_fits(core.text) and says_something(core.text, known=asked)


def _in_short(outline: Outline, core: Core) -> str:
    """Return the first sentence of the summary, where the core is not that already."""
    if outline.summary is None:
        return ""
    sentence = first_sentence(outline.summary.text)
    if not sentence or sentence.endswith(":") or plain_text(sentence) == core.text:
        return ""
    return f'<p class="qt-short"><b>In short:</b> {inline_html(sentence)}</p>'
