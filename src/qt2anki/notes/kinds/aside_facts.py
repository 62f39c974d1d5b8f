"""What a sentence tells in passing: another name, the members of a set, what a word means."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Kind
from qt2anki.notes.clauses import is_plural, points_back, read_clause
from qt2anki.notes.frequency import is_rare, is_specialist, is_technical
from qt2anki.notes.identity import slug
from qt2anki.notes.kinds.clause_facts import MOST_CLAUSE, MOST_WORDS
from qt2anki.notes.kinds.fact import (
    Fact,
    Sentence,
    ask,
    first_part,
    in_sentence,
    term_slug,
)
from qt2anki.notes.patterns import pattern
from qt2anki.notes.phrases import phrase
from qt2anki.notes.verbs import find_verb
from qt2anki.notes.words import root, roots, word_count

_NONE_BEFORE = re.compile(r"\b(?:no|without|lacks?) (?:\S+ )*$")
_ARTICLE_FIRST = re.compile(r"(?:an?|the|any|those|all) ")
_COUNTED = re.compile(r"\b(?:two|three|four|five) [^,.;:]*$")
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5}
_LEAST_GLOSS = 3
_MOST_ALIAS = 6
_FINITE = re.compile(r"\b(?:is|are|was|were|can|cannot|may|must|have|has|had|do|does|did|will)\b")
_SHORT_FORM = re.compile(r" \([A-Z][\w-]{1,8}\)$")
_LAST_WORD = re.compile(r"[A-Za-z-]{4,}$")
_ACTS = re.compile(r"(?:the|an?) (?:\w+ )?(?:process|ability|act|study|use|practice|idea|belief)\b")
_ARTICLE = re.compile(r"\b(the|an?) $", re.IGNORECASE)
# Before a noun that needs no article, as the page itself shows.
_NO_ARTICLE = re.compile(
    r"(?:^|[,;:(—-] ?|\b(?:of|in|on|at|by|for|with|to|from|as|into|and|or|through|via|called|is|are"
    r"|\w+(?:ing|ed|s))) $|^$"
)
_TWO_NAMES = re.compile(r"[A-Z]\S* [A-Z]")
_LAST_BEFORE = re.compile(r"([A-Za-z-]+) $")
_JOINS = re.compile(r" (?:of|in|on|by|for|to|from|with|that|or|and|without) ")
# What happens is not what a thing means: "through ATP synthase, a process that makes ATP".
_EVENT = re.compile(
    r"(?:the|an?) (?:[\w-]+ )?(?:process|phenomenon|practice|act|procedure|event|method|technique"
    r"|mechanism|reaction|strategy|approach|action|movement)\b"
)
_NAMES_EVENT = re.compile(
    r"(?:ion|sis|ing|ment|ism|ance|ence|age|ure|al|ity|ia|y|method|technique|process|effect|cycle"
    r"|test|reaction|therapy|technology|movement|revolution)s?(?: \(.*)?$",
    re.IGNORECASE,
)
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
    if not any(map(sentence.text.__contains__, _COUNTS)):
        return
    found = pattern("set_of").search(sentence.text.rstrip("."))
    if not found:
        return
    items = (found["list"] or found["inside"] or found["dash"]).strip()
    named = [item for item in re.split(r",? and |, ", items) if item]
    if len(named) != _COUNTS[found["count"]] or not any(map(is_rare, roots(found["set"]))):
        return
    if points_back(found["set"]) or word_count(items) > MOST_WORDS:
        return
    key = f"member/{slug(found['set'])}"
    question = phrase("set", set=inline_html(found["set"]))
    yield Fact(Kind.MEMBER, "set", question, items, key, found["set"])


def glosses(sentence: Sentence) -> Iterator[Fact]:
    """Yield what a technical word means where the sentence says so in passing."""
    for found in pattern("gloss").finditer(sentence.text):
        before = sentence.text[: found.start()]
        name = _name_at_end(before, sentence.page.keywords)
        text = _gloss_text(found, before[: len(before) - len(name)]) if name else ""
        if text and _may_mean(name, before[: len(before) - len(name)], text):
            yield _gloss(sentence, name, before[: len(before) - len(name)], text)


def _may_mean(name: str, before: str, text: str) -> bool:
    """Whether *text* can be what *name* means: both are things, or events, of one number."""
    if is_plural(name) and not is_plural(text) and not _ARTICLE_FIRST.match(text):
        return False
    if _EVENT.match(text) and not _NAMES_EVENT.search(name):
        return False
    if _QUALITY.search(name) and not _ARTICLE.search(before):
        return False
    return not _is_part_of_name(name, before)


def _is_part_of_name(name: str, before: str) -> bool:
    """Whether a name goes further back than *before*: "ATP synthase", "ventral pallidum"."""
    if _ARTICLE.search(before) or _NO_ARTICLE.search(before):
        return False
    word = _LAST_BEFORE.search(before)
    if word is None or name[:1].isupper() or word[1][:1].isupper():
        return True
    return is_technical(root(word[1]))


def _name_at_end(before: str, terms: tuple[str, ...]) -> str:
    """Return the keyword that *before* ends with, else its last word if that is technical."""
    short = _SHORT_FORM.search(before)
    bare = before[: short.start()] if short else before
    for term in terms:
        start = len(bare) - len(term)
        if bare.lower().endswith(term.lower()) and not bare[start - 1 : start].isalnum():
            return before[start:] if any(map(is_rare, roots(term))) else ""
    word = None if short else _LAST_WORD.search(bare)
    if word is None or word[0][:1].isupper() or not any(map(is_specialist, roots(word[0]))):
        return ""
    return before[word.start() :]


def _gloss_text(found: re.Match[str], before: str) -> str:
    """Return what explains the name behind *before*, "" where it is about something else."""
    text = next(filter(None, found.groups()))
    if found["bracket"] and _COUNTED.search(before):
        return ""
    if found["apposition"]:
        if pattern("after_opening").search(before) or _has_verb(text):
            return ""
        if pattern("after_preposition").search(before) and _ACTS.match(text):
            return ""
    if found["bracket"] and _is_second_term(text):
        return ""
    text = first_part(text, pattern("definition_end"))
    if pattern("no_gloss").match(text) or pattern("praise").match(text):
        return ""
    if points_back(text.partition(" ")[0]) or _NONE_BEFORE.search(before):
        return ""
    return text if _LEAST_GLOSS <= word_count(text) <= MOST_CLAUSE else ""


def _is_second_term(bracket: str) -> bool:
    """Whether a *bracket* names something else, in words as hard: (excitatory potential)."""
    own = roots(bracket)
    return not _JOINS.search(bracket) and 2 * sum(map(is_specialist, own)) > len(own)


def _has_verb(text: str) -> bool:
    """Whether the first words of *text* are a clause: ``the blastula undergoes gastrulation``."""
    head = re.split(r" (?:that|which|who|where|in|of) ", text)[0]
    if pattern("finite").search(text) or _FINITE.search(head):
        return True
    verbs = (find_verb(word) for word in head.split(" ")[2:])
    return any(verb is not None and verb.form == "third" for verb in verbs)


def _gloss(sentence: Sentence, name: str, before: str, text: str) -> Fact:
    plural = is_plural(name)
    article = _ARTICLE.search(before)
    shown = name if before and name[:1].isupper() else in_sentence(name, sentence)
    if plural or article or _NO_ARTICLE.search(before):
        is_person = pattern("person").search(text) and _TWO_NAMES.match(name)
        question = ask(
            "who_is" if is_person else "is",
            auxiliary="are" if plural else "is",
            subject=inline_html(f"{article[1].lower()} {shown}" if article else shown),
        )
    else:
        question = phrase("means", term=inline_html(shown))
    return Fact(Kind.GLOSS, "gloss", question, text, f"gloss/{term_slug(name)}", plain_text(name))
