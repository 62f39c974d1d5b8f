"""Questions that one sentence answers, and functions that word them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Kind, Page
from qt2anki.notes.clauses import Clause
from qt2anki.notes.frequency import is_english
from qt2anki.notes.identity import slug
from qt2anki.notes.phrases import phrase
from qt2anki.notes.words import root, roots

_BRACKET = re.compile(r"\s*\([^()]*\)")
_SPACES = re.compile(r" (?= |\?)")
TWO_NAMES = re.compile(r"(?!The )[A-Z]\S* [A-Z](?:(?! and ).)+$")
_THEIRS = re.compile(r"\b(?:their|its|his|her)\b")
_KINDS = {"definition": Kind.GLOSS, "set": Kind.MEMBER}
MOST_WORDS = 18  # of an answer
COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5}
_NAME_ENDS = ("ian", "ean", "ese", "ish", "man")


class Sentence(NamedTuple):
    """One sentence with the data needed to ask about it."""

    text: str  # Markdown without bold
    title: str  # of the point, if "This ..." or "It ..." refers to it
    page: Page
    words: frozenset[str]  # in lower case


@dataclass(frozen=True, slots=True)
class Fact:
    """A question and its answer, which is a span of the sentence."""

    kind: Kind
    cue: str
    question: str  # HTML
    answer: str  # Markdown
    key: str
    front: str  # Markdown: the words of the page on the front
    traits: frozenset[str] = frozenset()


def ask_about(
    name: str,
    cue: str,
    sentence: Sentence,
    clause: Clause,
    verb: str,
    answer: str,
    members: str = "",
) -> Fact:
    """Ask about a clause with the phrase *name*; *verb* ends the question.

    *members* are the counted things, if the question is "Which three layers ...?".
    """
    title = "" if clause.subject else sentence.title
    shown = title or clause.subject
    asked = f"{clause.adverbs} {verb}".strip()
    pronoun = "they" if clause.is_plural else "it"
    question = ask(
        name,
        title=title,
        opening=inline_html(clause.opening),
        auxiliary=_auxiliary(clause, title),
        subject=pronoun if title else inline_html(in_sentence(clause.subject, sentence)),
        verb=inline_html(asked),
        set=inline_html(members),
    )
    kind = _KINDS.get(cue, Kind.DOES)
    named = term_slug(shown) if kind is Kind.GLOSS else slug(f"{shown} {verb}")
    traits = frozenset(name for name, has in _traits(clause, title, answer).items() if has)
    if clause.verb is not None:
        traits |= {f"verb-{clause.verb.base}"}
    front = f"{clause.opening}{members} {shown} {asked}".strip()
    return Fact(kind, cue, question, answer, f"{kind.value}/{named}", front, traits)


def ask(name: str, *, title: str = "", opening: str = "", **parts: str) -> str:
    """Fill in the phrase *name*, after the *title* (Markdown) if that is the subject."""
    about = phrase("about", title=inline_html(title)) if title else ""
    space = " " if opening else ""
    question = _SPACES.sub("", about + phrase(name, opening=opening + space, **parts))
    return question if title else question[:1].upper() + question[1:]


def _auxiliary(clause: Clause, title: str) -> str:
    if clause.auxiliary or clause.verb is None:
        return clause.auxiliary
    if clause.verb.form == "past":
        return "did"
    is_plural = clause.is_plural if title else clause.verb.form == "base"
    return "do" if is_plural else "does"


def _traits(clause: Clause, title: str, answer: str) -> dict[str, bool]:
    theirs = _THEIRS.search(answer)
    shown = title or clause.subject
    return {
        "title-subject": bool(title),
        "opening": bool(clause.opening),
        "echo": clause.verb is not None and root(clause.verb.base) in roots(plain_text(shown)),
        "dangling": theirs is not None and (theirs[0] == "their") is not clause.is_plural,
    }


def in_sentence(subject: str, sentence: Sentence) -> str:
    """Return *subject* as written inside a sentence: names keep their capitals."""
    first, space, rest = subject.partition(" ")
    low = first.lower()
    if low in ("a", "an", "the"):
        return low + space + rest
    if (
        not first[:1].isupper()
        or len(first) == 1
        or first[1:] != low[1:]
        or first[1:2] == "-"
        or rest[:1].isupper()
        or not first.replace("-", "").isalpha()
    ):
        return subject
    is_word = rest != "" and rest.split()[0] != "and" and is_english(root(low))
    if is_word and not low.endswith(_NAME_ENDS):
        return low + space + rest
    is_keyword = any(term.startswith(low) for term in sentence.page.keywords)
    if (
        is_keyword
        or low.endswith(("ed", "ing"))
        or f" {low.removesuffix('s')}" in sentence.page.answer
    ):
        return low + space + rest
    return subject


def all_members(text: str, count: str) -> str:
    """Return *text* if it names as many things as *count* ("three"), else ""."""
    named = [item for item in re.split(r",? and |, ", _BRACKET.sub("", text)) if item]
    return text.strip() if len(named) == COUNTS[count] else ""


def term_slug(term: str) -> str:
    """Return the slug of a term without the brackets after it."""
    return slug(_BRACKET.sub("", term).strip() or term)


def first_part(text: str, ends: re.Pattern[str]) -> str:
    """Return *text* up to where a new part begins."""
    for found in ends.finditer(text):
        part = text[: found.start()]
        if part.count("(") == part.count(")") and not _is_in_list(text, found):
            return part.strip().rstrip(".,")
    return text.strip().rstrip(".,")


def _is_in_list(text: str, found: re.Match[str]) -> bool:
    """Whether a participle is a member of a list: ``reading, writing, and spelling``.

    The same is true of "the" after the comma of a list: ``gravity, magnetism, and the weak force``.
    """
    if found[0] == ", and the":
        return re.search(r", [^,]{1,40}$", text[: found.start()]) is not None
    if not found[0].startswith(",") or not found[0].endswith("ing"):
        return False
    return re.match(r"[^,]{0,30}, (?:and|or) ", text[found.end() :]) is not None
