"""Find definitions of terms, their other names, and the members of sets in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Kind, Page
from qt2anki.notes.clauses import Clause, is_plural, points_back, read_clause
from qt2anki.notes.frequency import rare_of
from qt2anki.notes.identity import slug
from qt2anki.notes.kinds.definitions import Definition
from qt2anki.notes.kinds.fact import (
    MOST_WORDS,
    TWO_NAMES,
    Fact,
    Sentence,
    all_members,
    ask,
    ask_about,
    in_sentence,
    term_slug,
)
from qt2anki.notes.patterns import pattern
from qt2anki.notes.phrases import phrase
from qt2anki.notes.words import roots, vague_words, word_count
from qt2anki.outline.sequence.view import is_command

_MOST_ALIAS = 6
NAMING = frozenset("known called referred termed named".split())
_QUALITY = re.compile(r"(?:ous|ic|ive|al|ar|ed|able|ible)$")


def definition_facts(sentence: Sentence, found: Definition) -> Iterator[Fact]:
    """Yield the definition of a term if it is a word of its field or the topic of the page."""
    subject, page = found.subject or sentence.title, sentence.page
    term, plural = roots(plain_text(subject)), found.auxiliary in ("are", "were")
    clause = Clause(found.opening, found.subject, plural, found.auxiliary, "", None, "")
    if _is_term(subject, term, page) and not is_command(subject):
        is_person = pattern("person").match(found.answer) and TWO_NAMES.match(subject)
        asks = "who_is" if is_person else "is"
        fact = ask_about(asks, "definition", sentence, clause, "", found.answer)
        # "Their" refers to a word of the definition: "organs that filter waste from their blood".
        yield replace(fact, traits=fact.traits - {"dangling"} | found.traits)


def _is_term(subject: str, term: frozenset[str], page: Page) -> bool:
    """Whether *subject* is a word of a field, or the topic of its page."""
    is_other = any(pattern(name).match(subject) for name in ("no_subject", "role", "no_term"))
    if is_other or vague_words(subject) or not term:
        return False
    is_named = any(term <= roots(name) for name in (*page.keywords, page.question))
    is_any = len(term) > 1 or not subject.startswith("The ")
    return is_any or is_named or bool(rare_of(term))


def aliases(sentence: Sentence) -> Iterator[Fact]:
    """Yield other names of the subject of *sentence*, or of a keyword in it."""
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
    found = pattern("set_of").search(sentence.text.rstrip("."))
    if not found:
        return
    items = all_members(found["list"] or found["inside"] or found["dash"], found["count"])
    if not items or not rare_of(roots(found["set"])):
        return
    if points_back(found["set"]) or word_count(items) > MOST_WORDS:
        return
    key = f"member/{slug(found['set'])}"
    question = phrase("set", set=inline_html(found["set"]))
    yield Fact(Kind.MEMBER, "set", question, items, key, found["set"])
