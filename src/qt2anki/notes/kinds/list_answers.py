"""Find answers that are lists: the members of a set, or the steps of a process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from qt2anki.html.block_html import blocks_html
from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Formula, Item, Listing, Outline
from qt2anki.notes.identity import without_counter
from qt2anki.notes.kinds.answer_sentences import (
    Core,
    PageText,
    covered,
    emptiness,
    news,
    sentence_core,
)
from qt2anki.notes.kinds.questions import Asked, Wants, word_list
from qt2anki.notes.phrases import phrase
from qt2anki.notes.soft_gates import is_label
from qt2anki.notes.words import roots, word_count
from qt2anki.outline.sequence.view import is_command

_MOST_MEMBERS = 5
_MOST_MEMBERS_AT_ALL = 8
_MOST_STEPS = 6
_NAME_MOST_WORDS = 5
MANY = "many-parts"
"""The trait of a list that only students who want everything are asked for."""

_STOCK = re.compile(
    r"(?:the )?(?:roles?|importance|significance|applications?|examples?|benefits|advantages"
    r"|challenges|considerations|limitations|implications|impacts?|effects?|overview|introduction"
    r"|conclusion|summary|background|historical|context|definitions?|nature|structure|function"
    r"|purpose|key|other|additional|general|common|basic|legacy|future|criticisms?|case stud\w+"
    r"|philosophical|practical|real-world|modern)\b",
    re.IGNORECASE,
)
# The names of these are often an author's labels; they are the answer only if they are terms.
_LABEL_SETS = frozenset(" ".join(word_list("label sets")).split())
_NO_SETS = frozenset("roles role examples example differences similarities".split())
# If the set is open, other members would be correct, too.
_OPEN = re.compile(
    r"\b(?:some|examples?|effective|best|can be|could be|might|may)\b", re.IGNORECASE
)


_EMPTY_STEP = re.compile(
    r"(?:initiali[sz]ation|iteration|repeat|completion|final \w+|finali[sz]\w+ .*|implement\w*"
    r"|evaluat\w+|review\w*|monitor\w*|plan(?:ning)?|preparation|feedback|eligibility|.*\b(?:support"
    r"|considerations)|conclusion|adjust\w*|maintenance|testing|other .*|additional .*)$",
    re.IGNORECASE,
)


def members(asked: Asked, text: PageText) -> Iterator[Core]:
    """Yield the titles of the list that is asked for, if its names are the answer."""
    listing = _list_of(asked, text.outline)
    if listing is None or asked.noun in _NO_SETS or _OPEN.search(asked.text):
        return
    if len(_titles(listing)) == len(listing.items):
        yield from named_members(listing, asked.noun, asked.known)


def named_members(listing: Listing, noun: str, known: frozenset[str]) -> Iterator[Core]:
    """Yield the names of the items of *listing*, each a *noun*, if they are terms.

    *known* are the roots of the question.
    """
    titles = [without_counter(item.title or item.text.rstrip(".")) for item in listing.items]
    if not 2 <= len(titles) <= _MOST_MEMBERS_AT_ALL:
        return
    names = [plain_text(title) for title in titles]
    if any(_STOCK.match(name) or roots(name) <= known for name in names) or _are_empty(names):
        return
    # "Cost Approach", "Income Approach": a last word that all names share does not count.
    heads = {name.rpartition(" ")[2] for name in names}
    labels = sum(map(is_label, names)) if len(heads) > 1 else 0
    terms = sum(news(name, known)[1] > 0 and not is_label(name) for name in names)
    if len(heads) == 1:
        terms = len(names)
    is_loose = noun in _LABEL_SETS and terms < len(names) - 1 and len(names) > 2
    is_loose |= len(names) > _MOST_MEMBERS and 2 * terms <= len(names)
    if 2 * labels < len(names) and not is_loose:
        yield _named(
            "ul", titles, "set", phrase("members", count=str(len(titles)), noun=noun), terms
        )


def _are_empty(names: list[str]) -> bool:
    """Whether more than a third of *names* would fit any project."""
    return 3 * sum(bool(_EMPTY_STEP.match(name)) for name in names) > len(names)


def _list_of(asked: Asked, outline: Outline) -> Listing | None:
    """Return the list that the noun of the question announces, else the only list."""
    lists = [one for one in outline.lists if len(_titles(one)) >= 2]
    noun = roots(asked.noun)
    naming = (one for one in lists if noun & roots(f"{one.section} {one.lead}"))
    return next(naming, lists[0] if len(lists) == 1 else None)


def _titles(listing: Listing) -> list[str]:
    """Return the names of the items: their titles, or whole items of a few words."""
    return [name for item in listing.items if (name := item.title or _name_alone(item))]


def _name_alone(item: Item) -> str:
    is_name = not item.blocks and not item.text.rstrip().endswith((":", "!", "?"))
    return item.text if is_name and word_count(item.text) <= _NAME_MOST_WORDS else ""


def _named(tag: str, titles: list[str], cue: str, hint: str, terms: int) -> Core:
    items = "".join(f"<li>{inline_html(title)}</li>" for title in titles)
    text = ", ".join(map(plain_text, titles))
    share = "all" if terms == len(titles) else "most" if 2 * terms > len(titles) else "few"
    traits = frozenset((f"terms-{share}", *((MANY,) if len(titles) > _MOST_MEMBERS else ())))
    return Core(f"<{tag}>{items}</{tag}>", text, cue, hint=hint, traits=traits)


def steps(asked: Asked, text: PageText) -> Iterator[Core]:
    """Yield the names of the steps of the only sequence, if they are few and informative."""
    if len(text.sequences) != 1:
        return
    listing = text.sequences[0].listing
    sections = {one.section for one in text.outline.lists if one.style == "numbered"}
    about = roots(f"{listing.section} {listing.lead}")
    if len(sections) > 1 and about.isdisjoint(roots(asked.noun) | asked.topic):
        return  # the steps go on below the next heading
    titles = [without_counter(item.title) for item in text.sequences[0].steps]
    names = [plain_text(title) for title in titles]
    if len(titles) <= _MOST_STEPS and not _are_empty(names):
        terms = sum(news(name, asked.known)[0] > 0 for name in names)
        hint = phrase("in_order", count=str(len(titles)))
        core = _named("ol", titles, "steps", hint, terms)
        orders = sum(is_command(name.lower()) for name in names)
        own = ("commands",) if 2 * orders > len(names) else ()
        yield replace(core, traits=core.traits.union(own))


def named_steps(asked: Asked, text: PageText) -> Iterator[Core]:
    """Yield the steps of a page that does not ask for them, if their names are terms."""
    return (core for core in steps(asked, text) if "terms-few" not in core.traits)


_CLASSIFIED = re.compile(r"\b(?:classif|categori|divid|group)\w*\b")
_MEMBER = r"[^,;:.()]{3,45}"
_LISTED = re.compile(
    r"(?:\b(?:are|were|includ(?:e|es|ed|ing)|such as|namely|consists? of|compris(?:e|es|ing)"
    r"|involv(?:e|es|ed|ing))|:)"
    rf" (?P<members>(?:(?:an?|the) )?{_MEMBER}(?:, {_MEMBER}){{1,4}},? (?:and|or) {_MEMBER}"
    r"|[\w' -]{3,30} and [\w' -]{3,30})(?=[.;]|$|, (?:which|each|all|that)\b)"
)


_OF_NOUN = re.compile(r"(?:including|such as|namely)\b")


def _ends_in_topic(text: str, asked: Asked) -> bool:
    """Whether the noun before examples is a word of the question."""
    last = roots(" ".join(text.replace(",", " ").split()[-1:]))
    return not last.isdisjoint(asked.topic | roots(asked.noun))


def enumerations(asked: Asked, text: PageText) -> Iterator[Core]:
    """Yield "A, B, and C" of sentences whose main clause is the question."""
    known = asked.known
    if asked.noun in _NO_SETS or _OPEN.search(asked.text):
        return
    if asked.wants is Wants.REASON and not _CLASSIFIED.search(asked.text):
        return
    for one in text.sentences:
        cue = None if one.is_deep else _LISTED.search(one.markdown)
        if not cue or covered(asked, one.markdown[: cue.start("members")]) < 0.75:
            continue
        if _OF_NOUN.match(cue.group()) and not _ends_in_topic(one.markdown[: cue.start()], asked):
            continue
        said = cue["members"]
        names = re.split(r",? (?:and|or) |, ", said)
        terms = sum(news(name, known)[1] > 0 for name in names)
        if not 2 <= len(names) <= _MOST_MEMBERS or 2 * terms <= len(names):
            continue
        if emptiness(said) <= (terms == len(names)):
            yield sentence_core(f"{said}.", "enumeration", one, known)


def formulas(asked: Asked, text: PageText) -> Iterator[Core]:
    """Yield the formulas whose lead mentions what is asked for."""
    for block in text.outline.blocks:
        if isinstance(block, Formula) and "=" in block.tex and covered(asked, block.lead) >= 0.5:
            yield Core(blocks_html([block]), block.tex, "formula", block.lead)
