"""The page's main note: its question, and the shortest answer that can be recalled and graded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qt2anki.generate.frame import Frame
from qt2anki.generate.gates import core_fits, front_fits, says_something
from qt2anki.generate.words import roots, word_count
from qt2anki.model import Block, Heading, Kind, Listing, Note, Outline, Page
from qt2anki.parse.sentences import first_sentence
from qt2anki.parse.sequence import Sequence
from qt2anki.render.blocks import blocks_html
from qt2anki.render.fragment import inline_html, plain_text

MOST_POINTS = 9
_SUB_POINTS_MOST_WORDS = 45

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
# Words that point at something a learner of the deck does not have before him.
_ORPHAN = re.compile(
    r"\b(?:this|the) (?:course|lecture|passage|excerpt|case study|assignment|video|webinar"
    r"|workshop|syllabus|handout|presentation|podcast|seminar|study)\b(?!['’ ]*(?:of|to)\b|-)"
    r"|\bthis (?:article|text|chapter|document|book|paper|reading|module|unit|lesson|story)\b",
    re.IGNORECASE,
)
_DEFINITION_QUESTION = re.compile(
    r"(?:what (?:is|are|was|were)|who (?:is|was|were)|define|what does)\s+(?P<term>[^,?]{2,70}?)"
    r"(?: mean)?\s*[?.]?$",
    re.IGNORECASE,
)
_NO_DEFINITION = re.compile(
    r"\b(?:role|importance|significance|differences?|relationship|types?|kinds?|benefits?"
    r"|advantages?|disadvantages?|effects?|impacts?|causes?|reasons?|steps?|stages?|phases?"
    r"|features?|characteristics?|components?|elements?|examples?|implications?|factors?|ways?"
    r"|methods?|strategies|challenges?|limitations?|applications?|functions?|purposes?|main|key"
    r"|some|common|primary|major)\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"\b(?:is|are|was|were|refers? to|describes?|means|denotes?|can be defined as)\b"
    r"(?! (?:crucial|essential|important|significant|vital|pivotal|fundamental to|often))",
    re.IGNORECASE,
)
_NO_POINT = re.compile(
    r"(?:conclusions?|summary|introduction|overview|final thoughts|key takeaways?|references"
    r"|examples?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Core:
    """The graded part of an answer."""

    html: str
    text: str  # as a reader sees it
    hint: str = ""  # its shape, shown with the question: "6 steps, in order"


def is_refusal(answer: str) -> bool:
    """Whether the answer says that there is none."""
    return word_count(answer) <= _REFUSAL_MOST_WORDS and bool(_REFUSAL.match(answer.strip()))


def points_elsewhere(question: str) -> bool:
    """Whether the question is about a text or a course that is not on the page."""
    return bool(_ORPHAN.search(question))


def main_note(frame: Frame, outline: Outline, sequences: tuple[Sequence, ...]) -> Note | None:
    """Make the note of the page's question, None when no part of the answer can be graded."""
    cores = [core for core in _cores(frame.page, outline, sequences) if core.text.strip()]
    core = next((core for core in cores if _passes(core, frame.question)), None)
    if core is None or not front_fits(frame.question):
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


def _passes(core: Core, question: str) -> bool:
    return core_fits(core.text) and says_something(core.text, known=question)


def _cores(page: Page, outline: Outline, sequences: tuple[Sequence, ...]) -> Iterator[Core]:
    """Yield possible cores, the best first."""
    opening = first_sentence(outline.lead[0].text) if outline.lead else ""
    closing = first_sentence(outline.summary.text) if outline.summary else ""
    if _defines(page.question, opening):
        yield _sentence(opening)
    if len(sequences) == 1:
        yield _steps(sequences[0])
    yield from _points(outline)
    for sentence in (closing, opening):
        if sentence and not sentence.endswith(":"):
            yield _sentence(sentence)
    yield from _other_sentences(outline.blocks)


def _defines(question: str, sentence: str) -> bool:
    asked = _DEFINITION_QUESTION.match(question.strip())
    if asked is None or _NO_DEFINITION.search(asked["term"]):
        return False
    head, verb, _ = sentence.partition(found[0]) if (found := _DEFINES.search(sentence)) else ("",) * 3
    return bool(verb) and bool(roots(asked["term"]) & roots(plain_text(head)))


def _sentence(markdown: str) -> Core:
    return Core(inline_html(markdown), plain_text(markdown))


def _steps(sequence: Sequence) -> Core:
    steps = [item.title for item in sequence.steps]
    also = [item.title for item in sequence.rest]
    core = _list("ol", steps, f"{len(steps)} steps, in order")
    if not also:
        return core
    names = "; ".join(inline_html(title) for title in also)
    return Core(f'{core.html}<p class="qt-also">Also: {names}</p>', core.text, core.hint)


def _list(tag: str, titles: list[str], hint: str) -> Core:
    items = "".join(f"<li>{inline_html(title)}</li>" for title in titles)
    return Core(f"<{tag}>{items}</{tag}>", " ".join(map(plain_text, titles)), hint)


def _points(outline: Outline) -> Iterator[Core]:
    """Yield the titles of the one list, or the headings with the titles below them."""
    titled = [(block, _titles(block)) for block in outline.lists]
    titled = [(block, titles) for block, titles in titled if len(titles) >= 2]
    headings = _headings(outline.blocks)
    if len(titled) == 1 and (len(headings) < 2 or titled[0][0].style == "headings"):
        titles = titled[0][1]
        if len(titles) <= MOST_POINTS:
            yield _list("ul", titles, f"{len(titles)} points")
    if 2 <= len(headings) <= MOST_POINTS:
        yield from _parts(outline, headings)
    for _, titles in titled:
        if len(titles) <= MOST_POINTS and len(titled) == 1:
            yield _list("ul", titles, f"{len(titles)} points")


def _titles(listing: Listing) -> list[str]:
    return [item.title for item in listing.items if item.title]


def _headings(blocks: tuple[Block, ...]) -> list[str]:
    """Return the top headings that say something about the subject."""
    headings = [block for block in blocks if isinstance(block, Heading)]
    if not headings:
        return []
    top = min(heading.level for heading in headings)
    if sum(heading.level == top for heading in headings) < 2:
        deeper = [heading.level for heading in headings if heading.level > top]
        top = min(deeper, default=top)
    return [h.text for h in headings if h.level == top and not _NO_POINT.match(h.text)]


def _parts(outline: Outline, headings: list[str]) -> Iterator[Core]:
    below = {
        heading: [t for block in outline.lists if block.section == heading for t in _titles(block)]
        for heading in headings
    }
    hint = f"{len(headings)} parts"
    text = " ".join(map(plain_text, headings))
    rows = []
    for heading in headings:
        titles = [inline_html(title) for title in below[heading]]
        sub = f'<div class="qt-sub">{" · ".join(titles)}</div>' if titles else ""
        rows.append(f"<li>{inline_html(heading)}{sub}</li>")
    all_titles = [plain_text(title) for titles in below.values() for title in titles]
    if word_count(" ".join((text, *all_titles))) <= _SUB_POINTS_MOST_WORDS:
        yield Core(f"<ul>{''.join(rows)}</ul>", text, hint)
    yield _list("ul", headings, hint)


def _other_sentences(blocks: tuple[Block, ...]) -> Iterator[Core]:
    """Yield the first sentence of every later paragraph, for pages that have nothing better."""
    for block in blocks:
        text = getattr(block, "text", "")
        if text and not isinstance(block, Heading) and not first_sentence(text).endswith(":"):
            yield _sentence(first_sentence(text))


def _in_short(outline: Outline, core: Core) -> str:
    """Return the first sentence of the summary, where the core is not that already."""
    if outline.summary is None:
        return ""
    sentence = first_sentence(outline.summary.text)
    if not sentence or sentence.endswith(":") or plain_text(sentence) == core.text:
        return ""
    return f'<p class="qt-short"><b>In short:</b> {inline_html(sentence)}</p>'
