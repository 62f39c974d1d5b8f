"""Corrected wording: convert Markdown to fields, and apply the same gates as for made cards."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from qt2anki.anki.cards import is_blank
from qt2anki.anki.cloze import hidden_parts, with_gaps
from qt2anki.anki.note_content import AnyNote, field, field_names, field_values, without_reason
from qt2anki.anki.visible_text import visible_text
from qt2anki.config.values import InvalidValue
from qt2anki.corrections.correction import Correction
from qt2anki.html.anki_escape import text_html
from qt2anki.html.block_html import blocks_html
from qt2anki.html.fragment import inline_html
from qt2anki.messages import plural
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
_MATH_MARK = re.compile(r"\\[()\[\]]")
_MATH = re.compile(r"\\[(\[]((?:(?!\\[()\[\]]).)*)\\[)\]]", re.DOTALL)
# A formula without math delimiters: an operator, but no word longer than a variable.
_FORMULA = re.compile(
    r"(?=.*[-+*/^=|()])(?=.*[^\W\d_])"
    r"(?:(?<![^\W\d_])(?:[^\W\d_]|sin|cos|tan|log|ln|exp|pi|theta)(?![^\W\d_])|[\W\d_])+"
)
_WORD_IN_MATH = re.compile(r"(?<!\\)\b[^\W\d_]{3,}")  # as in \text{veins}
_SIGN = re.compile(r"[^\W\d_]+|\d+|[^\s{}\\]")
_GAP = "▢"


def made_from(note: AnyNote) -> str:
    """Return the digest (8 hexadecimal digits) of the text of a generated card."""
    made = hashlib.blake2b(digest_size=4)
    names = field_names(note)
    for name in _MADE_OF:
        if name in names:
            html = without_reason(without_full_answer(field(note, name)))
            shown = html.replace("{{c1::", _GAP).replace("}}", _GAP)
            made.update(f"{name}\0{visible_text(shown)}\0".encode("utf-8", "surrogatepass"))
    return made.hexdigest()


def question_and_answer(note: AnyNote) -> tuple[str, str]:
    """Return the question of a note, with gaps for its deletions, and its answer, as plain text."""
    if note.note_type == "cloze":
        text = with_gaps(field(note, "Text"), 1, "[...]")
        hidden = " / ".join(map(visible_text, hidden_parts(field(note, "Text"), 1)))
        return visible_text(text), hidden
    return visible_text(field(note, "Question")), visible_text(field(note, "Answer"))


def said_by(note: AnyNote) -> str:
    """Return the question and the answer of a note in one line."""
    return " — ".join(question_and_answer(note))


def reworded(note: Note, correction: Correction, frame: Frame) -> Note:
    """Return *note* with the wording of *correction*; raise InvalidValue if it cannot have it."""
    if note.note_type == "qa" and correction.text is not None:
        hint = 'Use the key "question" or "answer" instead.'
        raise InvalidValue("the card has a question, not text", hint)
    is_asked = correction.question is not None or correction.answer is not None
    if note.note_type == "cloze" and is_asked:
        hint = "Write text with one {{c1::...}} around what is to be recalled."
        raise InvalidValue("the card is a cloze deletion and has no question or answer", hint)
    marked = {name: frame.language.marked(html) for name, html in _fields(correction).items()}
    if "Answer" in marked and "Question" not in marked:  # "(6 points)" belongs to the old answer
        marked["Question"] = _SHAPE.sub("", field(note, "Question"))
    values = field_values(note)
    changed = tuple(name for name, html in marked.items() if values[name] != html)
    return replace(
        note,
        fields=tuple((values | marked).values()),
        generated=tuple((name, values[name]) for name in changed),
    )


def own_note(correction: Correction, frame: Frame) -> Note:
    """Make the note of a card that *correction* adds; see :func:`reworded`.

    The line above the question leaves out the page's question if that gives the answer away.
    """
    fields = {name.lower(): html for name, html in _fields(correction).items()}
    make = frame.qa if correction.text is None else frame.cloze
    note = make(Kind.OWN, correction.name, **fields, context=frame.context())
    shorter = (_below(line, note, frame) for line in (text_html(frame.subject), ""))
    made = next((one for one in (note, *shorter) if not _leak(one, frame)), note)
    return replace(made, natural_key=note.key)


def _below(line: str, note: Note, frame: Frame) -> Note:
    """Return *note* below a different line (HTML)."""
    values = field_values(note)
    values["Context"] = frame.language.marked(line)
    return replace(note, fields=tuple(values.values()))


def _fields(correction: Correction) -> dict[str, str]:
    """Render the wording of a correction, by field name."""
    made: dict[str, str] = {}
    if correction.question is not None:
        made["Question"] = inline_html(correction.question)
    if correction.answer is not None:
        blocks = read_blocks(correction.answer)
        is_line = len(blocks) == 1 and isinstance(blocks[0], Paragraph)  # as in made cards
        made["Answer"] = inline_html(correction.answer) if is_line else blocks_html(blocks)
    if correction.text is not None:
        made["Text"] = _cloze_html(correction.text)
    if correction.extra is not None:
        made["Extra"] = blocks_html(read_blocks(correction.extra))
    return made


def _cloze_html(markdown: str) -> str:
    found = list(_DELETION.finditer(markdown))
    if len(found) != 1 or len(_ANY_DELETION.findall(markdown)) != 1 or _PLACE in markdown:
        hint = "Write {{c1::...}} around what is to be recalled, once."
        raise InvalidValue("the text needs exactly one cloze deletion", hint)
    one = found[0]
    shape = f"::{inline_html(one['hint'])}" if one["hint"] else ""
    inside = deletion(f"{inline_html(one['hidden'])}{shape}")
    shown = inline_html(f"{markdown[: one.start()]}{_PLACE}{markdown[one.end() :]}")
    for span in find_spans(markdown):
        is_inside = one.start("hidden") <= span.start and span.end <= one.end("hidden")
        if span.start < one.end() and one.start() < span.end and not is_inside:
            hint = "Put all of the formula or code into it, or write a question."
            raise InvalidValue("a cloze deletion cannot begin or end in math or code", hint)
    if shown.count(_PLACE) != 1 or _IN_TAG.search(shown):
        hint = "Keep it out of links and pictures."
        raise InvalidValue("a cloze deletion cannot be within a link", hint)
    return shown.replace(_PLACE, inside)


def without_marks(markdown: str) -> str:
    """Return a text without the markup of its cloze deletion."""
    return _DELETION.sub(lambda found: found["hidden"], markdown)


def have_same_front(one: Note, other: Note) -> bool:
    """Whether two cards of a page ask the same; below a different line only if one is written."""
    if Kind.OWN not in (one.kind, other.kind):
        return front_of(one) == front_of(other)
    asked = (question_and_answer(note)[0].casefold().rstrip(" ?.:") for note in (one, other))
    return next(asked) == next(asked)


def check_wording(note: Note, frame: Frame, others: Iterable[Note]) -> None:
    """Apply the hard gates to a corrected note; raise InvalidValue for the first that fails.

    *others* are the other cards of its page.
    """
    given, asked, hidden = _sides(note)
    most = CLOZE_MOST_WORDS if note.note_type == "cloze" else CORE_MOST_WORDS
    length = frame.language.size(visible_text(hidden))
    shown = frame.language.size(f"{given} {asked}")
    if is_blank(hidden) or not (asked or given).replace(_GAP, "").strip():
        raise InvalidValue("the card shows nothing", "Write visible text.")
    if length > most:
        text = f"the answer has {plural(length, 'word')}; {most} is the maximum"
        raise InvalidValue(text, "Shorten it, and put the rest into extra.")
    if shown > FRONT_MOST_WORDS:
        text = f"the front has {plural(shown, 'word')}; the maximum is {FRONT_MOST_WORDS}"
        raise InvalidValue(text, "Shorten it.")
    leak = _leak(note, frame)
    if leak and note.kind is Kind.OWN:  # with any context line, so its own text is at fault
        leak = _leak(_below("", note, frame), frame)
    if leak:
        raise InvalidValue(leak, "Reword the question, or ask for something else.")
    if any(have_same_front(note, one) for one in others):
        hint = "Reword it, or drop one of them."
        raise InvalidValue("another card of the page has the same front", hint)


def _sides(note: Note) -> tuple[str, str, str]:
    """Return the question or title, the text with a gap ("" without one), and the answer (HTML)."""
    if note.note_type == "cloze":
        text = field(note, "Text")
        asked = visible_text(with_gaps(text, 1, _GAP))
        return visible_text(field(note, "Title")), asked, " ".join(hidden_parts(text, 1))
    return visible_text(field(note, "Question")), "", field(note, "Answer")


def _leak(note: Note, frame: Frame) -> str:
    """Return a message with the words of the front that give the answer away, or ""."""
    line = visible_text(field(note, "Context"))
    given, asked, hidden = _sides(note)
    answer = visible_text(hidden)
    if max(map(frame.language.size, (given, asked, answer))) > FRONT_MOST_WORDS:
        return ""  # too long for a card, and too long to compare
    if both := _told(answer, f"{line} {given}", frame):
        for where, shown in (("the question", given), ("the line above the question", line)):
            if told := _told(answer, shown, frame):
                return f"{where} gives the answer away ({_quoted(told)})"
        return f"the question and the line above it give the answer away ({_quoted(both)})"
    if asked and (told := _leaked(answer, line, f"{given} {asked}", frame)):
        return f"the front shows words of the answer ({_quoted(told)})"
    return ""


def _told(answer: str, shown: str, frame: Frame) -> Sequence[str]:
    """Return the words that give all of *answer* away, () if they do not."""
    formulas = _MATH.findall(answer)
    if not formulas and _FORMULA.fullmatch(answer):
        formulas = [answer]
    elif stems(_MATH.sub(" ", answer), frame) or any(map(_WORD_IN_MATH.search, formulas)):
        formulas = []  # there are words, too
    if formulas:  # the question may name its variables
        signs = _signs(shown)
        return formulas if all(_signs(one) in signs for one in formulas) else ()
    run, own = _run(answer), stems(answer, frame)
    if not run.strip():
        return (answer,) if answer and answer in shown else ()
    if run in _run(shown) or (own and own <= stems(shown, frame)):
        words = (word for word in _WORD.findall(shown) if frozenset() < stems(word, frame) <= own)
        return tuple(dict.fromkeys(words)) or (answer,)
    return ()


def stems(text: str, frame: Frame) -> frozenset[str]:
    """Return the stems of the content words of *text* in the language of its page."""
    return roots(text) if frame.language.is_english else frame.language.stems(text)


def _leaked(answer: str, line: str, front: str, frame: Frame) -> Sequence[str]:
    """Return the words on the *front* of a cloze deletion that give away part of its answer."""
    if not frame.language.is_english:
        return (answer,) if _run(answer) in _run(front) else ()
    known = frame.told & roots(line)
    if not leaks(answer, known=known, front=roots(front)):
        return ()
    words = dict.fromkeys(_WORD.findall(front))
    return [word for word in words if leaks(answer, known=known, front=roots(word))]


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def _run(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _signs(formula: str) -> str:
    return f" {' '.join(_SIGN.findall(_MATH_MARK.sub(' ', formula)))} "
