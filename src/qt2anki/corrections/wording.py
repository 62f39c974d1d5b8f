"""Corrected wording: convert Markdown to fields, and apply the same gates as for made cards."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace

from qt2anki.anki.cards import is_blank
from qt2anki.anki.cloze import hidden_parts, with_gaps
from qt2anki.anki.note_content import AnyNote, field, field_names, without_reason
from qt2anki.anki.visible_text import visible_text
from qt2anki.corrections.correction import Correction
from qt2anki.html.block_html import blocks_html
from qt2anki.html.fragment import inline_html
from qt2anki.model import Kind, Note, Paragraph
from qt2anki.notes.cloze_deletion import deletion
from qt2anki.notes.frame import Frame, without_full_answer
from qt2anki.notes.gates import CLOZE_MOST_WORDS, CORE_MOST_WORDS, FRONT_MOST_WORDS, leaks
from qt2anki.notes.make_notes import front_of
from qt2anki.notes.words import roots
from qt2anki.outline.blocks import read_blocks
from qt2anki.source.spans import find_spans

_DELETION = re.compile(
    r"\{\{c1::(?P<hidden>(?:(?!\}\}|::|\{\{).)+)(?:::(?P<hint>[^{}:]+))?\}\}", re.DOTALL
)
_ANY_DELETION = re.compile(r"\{\{c[0-9,]+::")
_PLACE = "\U000f0000"  # replaces the deletion while the text around it is rendered
_IN_TAG = re.compile(rf"<[^>]*{_PLACE}")
_SHAPE = re.compile(r' ?<span class="qt-shape">[^<>]*</span>')
# Reverse cards are not checked: students who have one keep it.
_MADE_OF = ("Question", "Answer", "Text", "Title", "Extra")
_WORD = re.compile(r"\w+")
_GAP = "▢"


class RefusedWording(Exception):  # noqa: N818  # says what is wrong with the text of a user
    """A wording cannot be a card; *text* says why, *hint* what to do."""

    def __init__(self, text: str, hint: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint


def made_from(note: AnyNote) -> str:
    """Return the digest (8 hexadecimal digits) of what a generated card says."""
    made = hashlib.blake2b(digest_size=4)
    names = field_names(note)
    for name in _MADE_OF:
        if name in names:
            html = without_reason(without_full_answer(field(note, name)))
            shown = html.replace("{{c1::", _GAP).replace("}}", _GAP)
            made.update(f"{name}\0{visible_text(shown)}\0".encode("utf-8", "surrogatepass"))
    return made.hexdigest()


def question_and_answer(note: AnyNote) -> tuple[str, str]:
    """Return what a note asks, with gaps for its deletions, and its answer as plain text."""
    if note.note_type == "cloze":
        text = with_gaps(field(note, "Text"), 1, "[...]")
        hidden = " / ".join(map(visible_text, hidden_parts(field(note, "Text"), 1)))
        return visible_text(text), hidden
    return visible_text(field(note, "Question")), visible_text(field(note, "Answer"))


def said_by(note: AnyNote) -> str:
    """Return the question and the answer of a note in one line."""
    return " — ".join(question_and_answer(note))


def reworded(note: Note, correction: Correction, frame: Frame) -> Note:
    """Return *note* with the wording of *correction*; raise RefusedWording if it cannot have it."""
    if note.note_type == "qa" and correction.text is not None:
        raise RefusedWording("the card has a question, not a text", "Write question or answer.")
    is_asked = correction.question is not None or correction.answer is not None
    if note.note_type == "cloze" and is_asked:
        hint = "Write text with one {{c1::...}} around what is to be recalled."
        raise RefusedWording("the card is a cloze deletion and has no question or answer", hint)
    marked = {name: frame.language.marked(html) for name, html in _fields(correction).items()}
    if "Answer" in marked and "Question" not in marked:  # "(6 points)" belongs to the old answer
        marked["Question"] = _SHAPE.sub("", field(note, "Question"))
    values = dict(zip(field_names(note), note.fields, strict=True))
    changed = tuple(name for name, html in marked.items() if values[name] != html)
    return replace(
        note,
        fields=tuple((values | marked).values()),
        generated=tuple((name, values[name]) for name in changed),
    )


def own_note(correction: Correction, frame: Frame) -> Note:
    """Make the note of a card that is written in *correction*; see :func:`reworded`."""
    fields = {name.lower(): html for name, html in _fields(correction).items()}
    fields |= {"context": frame.context()}
    make = frame.qa if correction.text is None else frame.cloze
    note = make(Kind.OWN, correction.name, **fields)
    return replace(note, natural_key=note.key)


def _fields(correction: Correction) -> dict[str, str]:
    """Render the wording of a correction, by the names of fields."""
    made: dict[str, str] = {}
    if correction.question is not None:
        made["Question"] = inline_html(correction.question)
    if correction.answer is not None:
        made["Answer"] = _short_html(correction.answer)
    if correction.text is not None:
        made["Text"] = _cloze_html(correction.text)
    if correction.extra is not None:
        made["Extra"] = blocks_html(read_blocks(correction.extra))
    return made


def _short_html(markdown: str) -> str:
    """Render blocks; a single paragraph is a line, as the answers of made cards are."""
    blocks = read_blocks(markdown)
    is_line = len(blocks) == 1 and isinstance(blocks[0], Paragraph)
    return inline_html(markdown) if is_line else blocks_html(blocks)


def _cloze_html(markdown: str) -> str:
    found = list(_DELETION.finditer(markdown))
    if len(found) != 1 or len(_ANY_DELETION.findall(markdown)) != 1 or _PLACE in markdown:
        hint = "Write {{c1::...}} around what is to be recalled, once."
        raise RefusedWording("the text needs exactly one cloze deletion", hint)
    one = found[0]
    shape = f"::{inline_html(one['hint'])}" if one["hint"] else ""
    inside = deletion(f"{inline_html(one['hidden'])}{shape}")
    shown = inline_html(f"{markdown[: one.start()]}{_PLACE}{markdown[one.end() :]}")
    for span in find_spans(markdown):
        is_inside = one.start("hidden") <= span.start and span.end <= one.end("hidden")
        if span.start < one.end() and one.start() < span.end and not is_inside:
            hint = "Put all of the formula or code into it, or write a question."
            raise RefusedWording("a cloze deletion cannot begin or end in math or code", hint)
    if shown.count(_PLACE) != 1 or _IN_TAG.search(shown):
        hint = "Keep it out of addresses and pictures."
        raise RefusedWording("a cloze deletion cannot be within a link", hint)
    return shown.replace(_PLACE, inside)


def without_marks(markdown: str) -> str:
    """Return a text without the marks of its cloze deletion."""
    return _DELETION.sub(lambda found: found["hidden"], markdown)


def check_wording(note: Note, frame: Frame, fronts: frozenset[tuple[str, ...]]) -> None:
    """Apply the hard gates to a corrected note; raise RefusedWording for the first that fails.

    *fronts* are those of the other cards of its page.
    """
    for text, hint in _faults(note, frame, fronts):
        raise RefusedWording(text, hint)


def _faults(
    note: Note, frame: Frame, fronts: frozenset[tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    if note.note_type == "cloze":
        asked = visible_text(with_gaps(field(note, "Text"), 1, _GAP))
        hidden = " ".join(hidden_parts(field(note, "Text"), 1))
        answer, most = visible_text(hidden), CLOZE_MOST_WORDS
        front = f"{visible_text(field(note, 'Title'))} {asked}"
        given = visible_text(field(note, "Title"))
    else:
        hidden, most = field(note, "Answer"), CORE_MOST_WORDS
        front = given = asked = visible_text(field(note, "Question"))
        answer = visible_text(hidden)
    size = frame.language.size
    if is_blank(hidden) or not asked.replace(_GAP, "").strip():
        yield "the card shows nothing", "Write words that can be seen."
    elif size(answer) > most:
        text = f"the answer has {size(answer)} words; {most} are the most that can be graded"
        yield text, "Shorten it, and put the rest into extra."
    elif size(front) > FRONT_MOST_WORDS:
        yield f"the front has {size(front)} words; the most is {FRONT_MOST_WORDS}", "Shorten it."
    elif _is_told(answer, f"{visible_text(field(note, 'Context'))} {given}", frame):
        yield "the question gives the answer away", "Ask for something it does not say."
    elif _leaks(note, answer, front, frame):
        yield "the front shows words of the answer", "Hide all of them, or reword the front."
    elif front_of(note) in fronts:
        yield "a different card of the page has the same front", "Reword it, or drop one of them."


def _is_told(answer: str, given: str, frame: Frame) -> bool:
    """Whether all words of an answer are on the front, or the whole answer is."""
    run, shown = _run(answer), _run(given)
    if not run.strip():  # a formula or a sign
        return bool(answer) and answer in given
    if run in shown:
        return True
    stems = roots if frame.language.is_english else frame.language.stems
    own = stems(answer)
    return bool(own) and own <= stems(given)


def _leaks(note: Note, answer: str, front: str, frame: Frame) -> bool:
    if note.note_type != "cloze":
        return False
    if not frame.language.is_english:
        return _run(answer) in _run(front)
    return leaks(answer, known=frame.told, front=roots(front))


def _run(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "
