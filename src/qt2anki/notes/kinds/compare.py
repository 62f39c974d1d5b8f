"""Comparison notes: one dimension of all compared things, side by side.

Similar facts on separate cards are mixed up forever; on one card each is learned by its difference
from the other (Wozniak, rule 11).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from qt2anki.html.block_html import blocks_html
from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Item, Kind, Listing, Outline
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frame import Frame
from qt2anki.notes.frequency import technical_of
from qt2anki.notes.gates import echoed_of, front_fits
from qt2anki.notes.identity import unit_slugs
from qt2anki.notes.kinds.matrix import Dimension, dimensions
from qt2anki.notes.soft_gates import praises
from qt2anki.notes.words import roots, word_count
from qt2anki.outline.sentences import sentences
from qt2anki.outline.sequence.score import Sequence

_MOST_SIDE_BY_SIDE = 4
_CELL_MOST_WORDS = 30
_MOST_WORDS = 30  # of the graded answer
_SHORT = 24  # words; shorter texts are not cut
_LEAST_NEW = 2  # roots of a side that the front does not have
_FIGURE = re.compile(r"\d|(?<=[a-z] )[A-Z]")  # or a name
_DENIES = re.compile(r"\b(?:not|no|without|never|lacks?)\b", re.IGNORECASE)
_LEAST_DENIED = 2  # words that are new
_DIGIT = re.compile(r"\d")
_LEAST_ALONE = 3  # words
_MOST_ALONE = 22
_LEAST_TECHNICAL = 2  # roots
_LEAST_LEFT = 4  # words that must remain of a sentence
_CELL_LEAST_WORDS = 2
_MOST_POINTS = 4
_NO_DIMENSION = re.compile(
    r"(?:\w+ )?(?:examples?|problems?|solutions?|case stud\w+|summary|conclusions?|overview"
    r"|introduction|notes?|takeaways?|differences?|similarities|details|references?"
    r"|(?:moral )?lessons?|importance|significance|implications?|outcomes?|culture)\b"
    r"|.*\b(?:vs|versus)\b",
    re.IGNORECASE,
)
# Words that refer to the cell before, which may be below on a card.
_LEANS = re.compile(
    r"(?:in contrast|by contrast|conversely|on the other hand|however|similarly|likewise|meanwhile"
    r"|in comparison|on the contrary|unlike this|additionally|also),\s+",
    re.IGNORECASE,
)
_CITATION = re.compile(r"(?<!e\.g\.)(?<!e\.g\.,) \([^()]*\b(?:19|20)\d\d[a-z]?\b[^()]*\)")
_CLAUSE = re.compile(
    r", (?:which|meaning|making|allowing|thus|thereby|leading|resulting|ensuring|enabling"
    r"|as|such as|including|often|typically|helping|focusing|indicating|although|while)\b"
    r" |,? (?:because|due to) "
)
_SAYS_NO_MORE = roots("key main differ difference summary comparison similar overview type versus")


@dataclass(frozen=True, slots=True)
class _Side:
    """One thing on one dimension: what to recall, and the rest."""

    name: str
    core: str  # Markdown
    rest: str  # HTML


def compare_candidates(
    frame: Frame,
    outline: Outline,
    sequences: tuple[Sequence, ...],
    published: Collection[str] = (),
) -> Iterator[Candidate]:
    """Make one note per dimension, or one per cell if that would be too much to recall.

    A dimension that was published cell by cell (*published*, by natural key) stays that way.
    """
    rows = compared(frame, outline, sequences)
    names = unit_slugs([(row.section, row.title) for row in rows])
    seen: set[frozenset[frozenset[str]]] = set()
    for row, name in zip(rows, names, strict=True):
        told = frozenset((roots(row.title), *(roots(thing) for thing, _ in row.cells)))
        if told not in seen:
            seen.add(told)
            yield from _candidates(frame, row, name, published)


def compared(
    frame: Frame, outline: Outline, sequences: tuple[Sequence, ...]
) -> tuple[Dimension, ...]:
    """Return the dimensions that can be asked about; their items get no notes of other kinds."""
    ordered = [sequence.listing for sequence in sequences]
    rows = dimensions(outline, frame.question, ordered=ordered)
    return tuple(row for row in rows if not _NO_DIMENSION.match(plain_text(row.title)))


def _candidates(
    frame: Frame, row: Dimension, name: str, published: Collection[str]
) -> Iterator[Candidate]:
    sides = [_side(thing, item) for thing, item in row.cells]
    whole = _shortened([side for side in sides if side is not None])
    length = sum(word_count(plain_text(side.core)) for side in whole)
    slugs = unit_slugs([("", thing) for thing, _ in row.cells])
    is_apart = any(f"cmp/{name}/{place}" in published for place in slugs)
    if len(sides) <= _MOST_SIDE_BY_SIDE and length <= _MOST_WORDS and not is_apart:
        if len(whole) == len(sides):
            yield from _side_by_side(frame, row, name, whole)
        return
    for place, side in zip(slugs, sides, strict=True):
        if side is not None:
            yield from _alone(frame, row, f"{name}/{place}", side)


def _shortened(sides: list[_Side]) -> list[_Side]:
    """Cut clauses off the ends of sentences that are too long to recall side by side."""
    if sum(word_count(plain_text(side.core)) for side in sides) <= _SHORT:
        return sides
    return [_cut(side) for side in sides]


def _cut(side: _Side) -> _Side:
    head = _without_clause(side.core)
    if head == side.core:
        return side
    return replace(side, core=head, rest=f"<p>{inline_html(side.core)}</p>{side.rest}")


def _without_clause(sentence: str) -> str:
    for clause in _CLAUSE.finditer(sentence):
        head = sentence[: clause.start()]
        is_whole = word_count(head) >= _LEAST_LEFT and head.count("(") == head.count(")")
        if is_whole and not _DIGIT.search(sentence, clause.start()):
            return f"{head}."
    return sentence


def _side(name: str, item: Item) -> _Side | None:
    """Split the text about one thing into a sentence to recall and the rest."""
    found = sentences(item.text)
    if found and not found[0].endswith(":"):
        rest = " ".join(found[1:])
        shown = f"<p>{inline_html(rest)}</p>" if rest else ""
        return _fitting(_Side(name, _bare(found[0]), shown + blocks_html(item.blocks)))
    match item.blocks:
        case (Listing(items=points), *after) if len(points) <= _MOST_POINTS:
            pass
        case _:
            return None
    firsts = [sentences(point.text)[0] for point in points if point.text and not point.title]
    if len(firsts) < len(points) or any(first.endswith(":") for first in firsts):
        return None
    core = firsts[0] if len(firsts) == 1 else "; ".join(first.rstrip(".;") for first in firsts)
    said = all(len(sentences(point.text)) == 1 and not point.blocks for point in points)
    return _fitting(_Side(name, core, blocks_html(after if said else item.blocks)))


def _bare(sentence: str) -> str:
    leans = _LEANS.match(sentence)
    left = _CITATION.sub("", sentence[leans.end() :] if leans else sentence)
    return left[:1].upper() + left[1:]


def _fitting(side: _Side) -> _Side | None:
    count = word_count(plain_text(side.core))
    return side if _CELL_LEAST_WORDS <= count <= _CELL_MOST_WORDS else None


def _is_yes_or_no(cores: list[str], *, known: frozenset[str]) -> bool:
    """Whether one of two sides only negates the front: "it does not require energy"."""
    return len(cores) == 2 and any(
        _DENIES.search(core) and len(roots(core) - known) <= _LEAST_DENIED for core in cores
    )


def _side_by_side(
    frame: Frame, row: Dimension, name: str, sides: list[_Side]
) -> Iterator[Candidate]:
    section = _section(frame, row)
    names = [plain_text(side.name) for side in sides]
    front = f"{frame.context_text(section)} {plain_text(row.title)} {' vs '.join(names)}"
    cores = [plain_text(side.core) for side in sides]
    if not front_fits(front):
        return
    if not _are_different(cores, known=roots(front)) or any(map(praises, cores)):
        return
    if _is_yes_or_no(cores, known=roots(front)):
        return
    things = " vs ".join(f"<strong>{inline_html(side.name)}</strong>" for side in sides)
    note = frame.qa(
        Kind.COMPARE,
        f"cmp/{name}",
        question=f"{inline_html(row.title)}: {things}?",
        answer=_table(sides),
        extra="".join(_rest(side) for side in sides if side.rest),
        context=frame.context(section),
    )
    yield Candidate(note, f"cmp/{name}", sentence=cores[0], cue="contrast")


def _are_different(cores: list[str], *, known: frozenset[str]) -> bool:
    """Whether each side has roots, apart from *known* ones, that no other side has."""
    told = [roots(core) - known for core in cores]
    return all(
        (len(new) >= _LEAST_NEW or _FIGURE.search(core))
        and all(new - other for place, other in enumerate(told) if place != at)
        for at, (core, new) in enumerate(zip(cores, told, strict=True))
    )


def _alone(frame: Frame, row: Dimension, name: str, side: _Side) -> Iterator[Candidate]:
    section = _section(frame, row)
    front = f"{frame.context_text(section)} {plain_text(side.name)} {plain_text(row.title)}"
    core = plain_text(side.core)
    known = roots(front)
    fresh = roots(core) - known
    new = fresh - echoed_of(fresh, known)
    tells = _LEAST_ALONE <= word_count(core) <= _MOST_ALONE and (
        len(technical_of(new)) >= _LEAST_TECHNICAL or _FIGURE.search(core)
    )
    if not front_fits(front) or not tells or praises(core):
        return
    note = frame.qa(
        Kind.COMPARE,
        f"cmp/{name}",
        question=f"<strong>{inline_html(side.name)}</strong>: {inline_html(row.title)}?",
        answer=inline_html(side.core),
        extra=side.rest,
        context=frame.context(section),
    )
    yield Candidate(note, f"cmp/{name}", sentence=core, cue="aspect")


def _section(frame: Frame, row: Dimension) -> str:
    """Return the heading above the comparison if it says more than the question."""
    names = roots(" ".join(plain_text(thing) for thing, _ in row.cells))
    told = roots(frame.question) | names | _SAYS_NO_MORE
    return row.section if roots(plain_text(row.section)) - told else ""


def _table(sides: list[_Side]) -> str:
    """Return one line per thing, which fits on a phone, unlike columns."""
    lines = "".join(
        f"<tr><th>{inline_html(side.name)}</th><td>{inline_html(side.core)}</td></tr>"
        for side in sides
    )
    return f'<div class="qt-scroll"><table><tbody>{lines}</tbody></table></div>'


def _rest(side: _Side) -> str:
    return f"<p><strong>{inline_html(side.name)}</strong></p>{side.rest}"
