"""What a sentence tells in passing: another name, the members of a set, what a word means."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qt2anki.html.fragment import inline_html
from qt2anki.model import Kind
from qt2anki.notes.clauses import is_plural, points_back, read_clause
from qt2anki.notes.frequency import is_rare
from qt2anki.notes.identity import slug
from qt2anki.notes.kinds.clause_facts import MOST_WORDS
from qt2anki.notes.kinds.fact import (
    COUNTS,
    Fact,
    Sentence,
    all_members,
    ask,
    in_sentence,
    term_slug,
)
from qt2anki.notes.patterns import pattern
from qt2anki.notes.phrases import phrase
from qt2anki.notes.words import roots, word_count

_MOST_ALIAS = 6
_QUALITY = re.compile(r"(?:ous|ic|ive|al|ar|ed|able|ible)$")


def aliases(sentence: Sentence) -> Iterator[Fact]:
    """Yield what the subject of *sentence*, or a keyword in it, is also called."""
    first = pattern("alias_first").match(sentence.text)
    if first and sentence.title:
        yield from _alias(sentence.title, first["alias"], sentence, title=sentence.title)
        return
    found = pattern("alias").search(sentence.text)
    if not found:
        return
    before = sentence.text[: found.start()].rstrip(" ,(")
    after = sentence.text[found.end() :].lstrip("), ")
    clause = read_clause(f"{before} {after}") if after else None
    if clause is not None and clause.subject == before:
        yield from _alias(before, found["alias"], sentence)
        return
    for term in sentence.page.keywords:
        if before.lower().endswith(term.lower()):
            yield from _alias(before[len(before) - len(term) :], found["alias"], sentence)
            return


def _alias(subject: str, alias: str, sentence: Sentence, title: str = "") -> Iterator[Fact]:
    if word_count(alias) > _MOST_ALIAS or roots(alias) & roots(subject) or points_back(alias):
        return
    if " " not in alias and alias[:1].islower() and _QUALITY.search(alias):
        return
    plural = is_plural(subject)
    pronoun = "they" if plural else "it"
    question = ask(
        "alias",
        title=title,
        auxiliary="are" if plural else "is",
        subject=pronoun if title else inline_html(in_sentence(subject, sentence)),
    )
    yield Fact(
        Kind.ALIAS, "alias", question, alias.strip('"“”'), f"alias/{term_slug(subject)}", subject
    )


def sets(sentence: Sentence) -> Iterator[Fact]:
    """Yield the members of a set that *sentence* counts and names."""
    if not any(map(sentence.text.__contains__, COUNTS)):
        return
    found = pattern("set_of").search(sentence.text.rstrip("."))
    if not found:
        return
    items = all_members(found["list"] or found["inside"] or found["dash"], found["count"])
    if not items or not any(map(is_rare, roots(found["set"]))):
        return
    if points_back(found["set"]) or word_count(items) > MOST_WORDS:
        return
    key = f"member/{slug(found['set'])}"
    question = phrase("set", set=inline_html(found["set"]))
    yield Fact(Kind.MEMBER, "set", question, items, key, found["set"])
