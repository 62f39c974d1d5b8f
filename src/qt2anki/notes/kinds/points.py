"""Point notes: what a page says about one point of a plain list."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import chain, pairwise
from typing import NamedTuple

from qt2anki.anki.note_content import field
from qt2anki.html.block_html import blocks_html
from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Heading, Item, Kind, Listing, Note, Outline, Paragraph
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frame import Frame
from qt2anki.notes.frequency import specialist_of, technical_of
from qt2anki.notes.gates import front_fits, head_is_told, residual, tells_difference
from qt2anki.notes.identity import slug, unit_slugs
from qt2anki.notes.kinds.explanations import has_synonym, is_event
from qt2anki.notes.kinds.list_answers import named_members
from qt2anki.notes.kinds.matrix import names_aspect
from qt2anki.notes.kinds.point_questions import PointQuestion, ask_point
from qt2anki.notes.kinds.questions import MEMBERS
from qt2anki.notes.phrases import phrase
from qt2anki.notes.soft_gates import is_label, praises
from qt2anki.notes.words import roots, vague_words, word_count
from qt2anki.outline.sentences import sentences
from qt2anki.outline.sequence.score import Sequence
from qt2anki.outline.sequence.view import is_command

_MOST_SENTENCES = 3  # searched for an answer
_TITLE_MOST_WORDS = 7
_LEAST_WORDS = 2
_MOST_WORDS = 30
_LEAST_NEW = 2
_LEAST_OF_WEAK = 4
_CONCRETE = 5
_BRACKETS = re.compile(r"\([^()]*\)")
_STOCK = re.compile(
    r"(?:key |main |basic |general |core )?(?:examples?|conclusion|summary|introduction|overview"
    r"|notes?|references?|problem|solution|definition|location|function|structure|description"
    r"|characteristic|feature|purpose|use|role|type|architecture|temperature|mechanism|composition"
    r"|appearance|size|shape|color|duration|history|background|context|origin|process|method"
    r"|material|equipment|data|information|result|step \d+|formation|development|evolution)s?"
    r"(?: (?:of|over|in|for) .*)?$|(?:understanding|identif|importance|significance)",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:this|that is why|these|those|another|similar(?:ly)?|the (?:same|latter|former|above"
    r"|following|other|rest)|also|as mentioned|such (?!as)|gathered information|your?|we|our"
    r"|et al|here)\b|\([^()]*\b(?:19|20)\d\d\b[^()]*\)"
    r"|^(?:it|they|he|she|his|her|its|their|one (?!or)|each|however|therefore|thus|additionally"
    r"|unlike)\b",
    re.IGNORECASE,
)
# What may be true of one thing may be true of others.
_MAY_BE = re.compile(r"\b(?:may|might|could|can (?:lead|help|cause|result))\b", re.IGNORECASE)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w-]+|\d[\d.,]*|\\\(")
_SET = re.compile(
    r"^(?!other|additional|summary|successful)"
    rf"(?:(?:.{{2,100}} )?(?:two|three|four|five|main|primary|common|popular|several|following|key)"
    rf" (?:[\w-]+ ){{0,2}}?|(?!common \w+$)(?:(?!(?:of|in|for|and|to)\b)[\w-]+ ){{0,3}}?)"
    rf"(?P<noun>(?!differences|roles|examples|similarities|aspects)(?:{MEMBERS})(?<=[sa]))"
    r"(?: (?:of|in|for|that|associated)\b|$| (?:\w+ ){0,4}(?:include|are)$)",
    re.IGNORECASE,
)
_NO_SET = re.compile(
    r"\b(?:this|these|those|its?|their|they|such as|examples?|instance|here|below|summar\w+|can be"
    r"|you|we|notable|some)\b",
    re.IGNORECASE,
)
_MOST_NAMES = 5
_NAME_MOST_WORDS = 6
_STAGES = frozenset(("stages", "phases"))
_COLOUR = re.compile(
    r"(?:red|blue|green|yellow|orange|purple|black|white|pink|brown|gr[ae]y|gold|silver)$",
    re.IGNORECASE,
)
_CUES = {"is": "definition"}  # by phrase
_SAYS_LITTLE = frozenset(
    "use utilize rely involve represent show reflect require increase affect".split()
)
_SAYS_NOTHING = frozenset(
    "allow enable help include offer provide support facilitate ensure empower permit let"
    " increase".split()
)
_TAIL = re.compile(
    r"(?:,| and|(?= which)) (?:which|making|allowing|providing|leading|resulting|reflecting"
    r"|ensuring|facilitating|enabling|thereby|often|helping|contributing|creating|offering"
    r"|highlighting|emphasi[sz]ing|and (?:is|are|can|may|often)|is|are|can|may|plays?|helps?"
    r"|ensures?|provides?|while|particularly|especially|essential|crucial)\b",
)
_NEXT_CLAUSE = re.compile(
    r"(?:,? but (?:is|are|was|were|can|cannot|do|does|did|has|have|had|may)\b|, (?:he|she|it|they) "
    r"|, a process (?:known|called|termed)\b).*"
)


class _Place(NamedTuple):
    """A titled item or section, and the title or heading above it that its card shows."""

    item: Item
    section: str
    name: str  # its name within the page, for keys
    is_inner: bool = False  # it is a point below a point


def point_candidates(
    frame: Frame,
    outline: Outline,
    sequences: tuple[Sequence, ...],
    published: Collection[str] = (),
) -> Iterator[Candidate]:
    """Yield a candidate for every titled item about which a question can be asked.

    Of several questions about an item, the *published* one (HTML) is asked, or else the first.
    """
    events = {step for one in sequences for step in one.steps if is_event(step.title)}
    yield from _sets(frame, outline)
    for place in _places(frame, outline, events):
        found = _asked(frame, place)
        first = next(found, None)
        if first is not None:
            every = chain((first,), found) if published else ()
            known = (one for one in every if field(one.note, "Question") in published)
            yield next(known, first)


def _sets(frame: Frame, outline: Outline) -> Iterator[Candidate]:
    """Yield a candidate for every short list whose lead or heading announces a set."""
    for listing, section in _lists(outline):
        lead = plain_text(listing.lead)
        is_told = lead.endswith(":") and not _NO_SET.search(lead)
        title = lead[:-1] if is_told else plain_text(section)
        found = _SET.search(title)
        names = [item.title or item.text for item in listing.items]
        if not found or not all(names) or max(map(word_count, names)) > _NAME_MOST_WORDS:
            continue
        last = {name.rpartition(" ")[2].lower() for name in names}
        if found["noun"].lower() in _STAGES and len(last) == 1 and " " in names[0]:
            continue  # "Advanced stages" whose members are errors
        known = frame.known(section, title)
        for core in named_members(listing, found["noun"].lower(), known):
            if len(names) > _MOST_NAMES or "terms-few" in core.traits:
                continue
            asks = phrase(
                "goes_on" if is_told else "members_of", title=f"<b>{inline_html(title)}</b>"
            )
            note = frame.qa(
                Kind.POINT,
                f"set/{slug(section or title)}",
                question=f'{asks} <span class="qt-shape">({core.hint})</span>',
                answer=core.html,
                context=frame.context(section if is_told else ""),
            )
            traits = core.traits | {"announced" if is_told else "headed"}
            yield Candidate(note, "", sentence=title, cue="set", traits=traits)


def _lists(outline: Outline) -> Iterator[tuple[Listing, str]]:
    """Yield each list with the title or heading above it, outer lists first."""
    for listing in outline.lists:
        yield listing, listing.section
    for listing in outline.lists:
        for item in listing.items:
            yield from ((block, item.title) for block in item.blocks if isinstance(block, Listing))


def _places(frame: Frame, outline: Outline, events: set[Item]) -> Iterator[_Place]:
    listed = [
        (listing, item)
        for listing in outline.lists
        for item in listing.items
        if item.title and not (events and item in events)
    ]
    names = unit_slugs([(listing.section, item.title) for listing, item in listed])
    several = len(outline.lists) > 1
    told = roots(frame.question)
    for (listing, item), name in zip(listed, names, strict=True):
        is_new = several and not roots(plain_text(listing.section)) <= told
        yield _Place(item, listing.section if is_new else "", name)
    for _, item in listed:
        inner = [
            point
            for block in item.blocks
            if isinstance(block, Listing)
            for point in block.items
            if point.title
        ]
        above = unit_slugs([(item.title, point.title) for point in inner])
        for point, name in zip(inner, above, strict=True):
            yield _Place(point, item.title, f"{slug(item.title)}/{name}", is_inner=True)
    for heading, below in pairwise(outline.blocks):
        if isinstance(heading, Heading) and isinstance(below, Paragraph):
            section = Item("", heading.text, "", below.text, ())
            yield _Place(section, "", slug(plain_text(heading.text)))


def _asked(frame: Frame, place: _Place) -> Iterator[Candidate]:
    """Make questions from what each sentence says the title is or does."""
    item = place.item
    title = plain_text(item.title)
    if not _names_thing(title) or (place.is_inner and names_aspect(title)):
        return
    for at, sentence in enumerate(sentences(_text(item))[:_MOST_SENTENCES]):
        if sentence.endswith((":", "?")):
            return
        asked = ask_point(title, sentence, opens=at == 0)
        if asked is None or asked.verb.partition(" ")[0] in _SAYS_NOTHING:
            continue
        question = asked.html(inline_html(item.title))
        answer = _without_tail(asked.answer.partition("; ")[0])
        said = plain_text(answer)
        traits = frozenset(_traits(title, asked, frame.known(place.section, item.title), said))
        if _repeats(title, said) or tells_difference(title, said, told=frame.told):
            continue
        if not _tells(frame, place, f"{title} {asked.verb}", said, traits):
            continue
        if not front_fits(frame.context_text(place.section), question):
            return
        yield Candidate(
            _note(frame, place, question, answer.rstrip(".")),
            place.name,
            sentence=plain_text(sentence),
            cue=_CUES.get(asked.asks, asked.asks),
            traits=traits,
        )


def _traits(title: str, asked: PointQuestion, known: frozenset[str], answer: str) -> Iterator[str]:
    if not roots(title).isdisjoint(roots(answer)):
        yield "echo"
    if _is_plain(title):
        yield "plain-title"
    if len(title.split()) == 1:
        yield "one-word-title"
    if asked.verb.partition(" ")[0] in _SAYS_LITTLE:
        yield "soft-verb"
    if praises(answer):
        yield "praises"
    # Concrete words: technical ones (specialist words count twice), names, numbers.
    new = residual(answer, known=known)
    told = len(technical_of(new)) + len(specialist_of(new))
    told += len(_NAME.findall(answer))
    if told == 0:
        yield "everyday"
    elif told >= _CONCRETE:
        yield "concrete"


def _note(frame: Frame, place: _Place, question: str, answer: str) -> Note:
    text = _text(place.item)
    found = sentences(text)
    rest = " ".join(found[1:] if found[:1] == (answer,) else found)
    return frame.qa(
        Kind.POINT,
        f"point/{place.name}",
        question=question,
        answer=inline_html(answer),
        extra=(f"<p>{inline_html(rest)}</p>" if rest else "")
        + (blocks_html(place.item.blocks) if place.item.text else ""),
        context=frame.context(place.section),
    )


def _names_thing(title: str) -> bool:
    return (
        word_count(title) <= _TITLE_MOST_WORDS
        and not title.endswith(("?", ":"))
        and not _STOCK.match(title)
        and not _COLOUR.match(title)  # what a color means depends on who is asked
        and not is_label(title)
        and not is_command(title)
    )


def _is_plain(title: str) -> bool:
    """Whether a title of several words says half of what it is: ``Query Processor``."""
    bare = _BRACKETS.sub("", title)
    return " " in bare.strip() and not specialist_of(roots(bare))


def _repeats(title: str, answer: str) -> bool:
    """Whether *answer* repeats more than half of the words of *title*, or of its bracket."""
    said = roots(answer)
    parts = (_BRACKETS.sub("", title), *_BRACKETS.findall(title))
    return any(
        2 * len(own & said) >= len(own) + (at == 0) or has_synonym(own, said)
        for at, own in enumerate(map(roots, parts))
    )


def _tells(frame: Frame, place: _Place, seen: str, answer: str, traits: frozenset[str]) -> bool:
    """Whether *answer* (plain text) has enough that is not on the front or obvious."""
    length = word_count(answer)
    if not _LEAST_WORDS <= length <= _MOST_WORDS or _POINTS_BACK.search(answer):
        return False
    if _MAY_BE.search(answer) or answer.count(", ") >= _MOST_NAMES:
        return False
    known = frame.known(place.section) | roots(seen)
    is_weak = length < _LEAST_OF_WEAK or not traits.isdisjoint(("plain-title", "soft-verb"))
    if head_is_told(answer, known) or (is_weak and (answer[0].isdigit() or "everyday" in traits)):
        return False
    return len(residual(answer, known=known)) >= _LEAST_NEW and vague_words(answer) == 0


def _without_tail(answer: str) -> str:
    """Cut the next main clause off *answer*, and a closing clause of praise."""
    answer = _NEXT_CLAUSE.sub("", answer)
    for tail in _TAIL.finditer(answer):
        if praises(plain_text(answer[tail.start() :])):
            return answer[: tail.start()]
    return answer


def _text(item: Item) -> str:
    """Return the text of an item, which may be in a single bullet below its title."""
    match item.blocks:
        case (Listing(style="bullets", items=(only,)),) if not item.text and not only.title:
            return only.text
    return item.text
