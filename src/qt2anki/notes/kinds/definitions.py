"""Find sentences that define a term: the term, and the words that say what it is.

"A p-value is a fundamental concept in statistics that ..." has a subject, a verb, and a meaning: a
kind of thing (genus), with what sets the term apart from others of its kind. Words of praise are
left out: "a concept in statistics that ...".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from qt2anki.notes.clauses import is_plural, without_connector
from qt2anki.notes.frequency import rare_of, specialist_of, technical_of
from qt2anki.notes.gates import echoes
from qt2anki.notes.kinds.answer_sentences import emptiness
from qt2anki.notes.kinds.explanations import has_synonym
from qt2anki.notes.kinds.fact import first_part
from qt2anki.notes.patterns import pattern, word_set
from qt2anki.notes.verbs import find_verb
from qt2anki.notes.words import roots, word_count

_MOST_ANSWER = 30
_LEAST_ANSWER = 4
_MOST_EMPTY = 2
_SHORT = 10  # words; a shorter answer includes its next clause
_MOST_EXTENDED = 25
_MOST_TERM = 7
_LEAST_NEW = 3  # roots
_LEAST_UNCOMMON = 5  # new roots, if all roots of the term are in the answer
_UNCOMMON = 500  # of 10,000 pages
_LONG_TERM = 3  # roots
_MOST_OF_TERM = 0.75  # of the roots of a term, by which it is recognized
_LONGEST = 600  # characters; longer sentences are not read
_REACH = 170  # characters before the verb
_ADVERBS = (
    r"(?: (?:essentially|simply|basically|generally|usually|typically|commonly|specifically|broadly"
    r"|formally|traditionally|primarily|also|often|largely|mainly|thus|therefore|actually))*"
)
_VERB = re.compile(
    rf" (?P<verb>(?:is|are|was|were)(?= )|refers? to|denotes?|means|describes){_ADVERBS} "
)
_BE = frozenset(("is", "are", "was", "were"))
DEFINING = _BE.union("refers refer denotes denote means describes".split())
"""Words of which one is in every definition below no title."""

_NAME = re.compile(r"(?:^| )[A-Z]\S*$")
_PRONOUN = re.compile(r"(?:(?P<one>This|It)|These|They)(?: \w+){0,2}$")
_MARKS = '"“”*_'
_NO_TERM = word_set("no_term")
_PREPOSITIONS = word_set("prepositions")
_ARTICLES = frozenset(("a", "an", "the"))
_NO_NOUN = (
    _NO_TERM
    | _PREPOSITIONS
    | _ARTICLES
    | frozenset("or using including being either two three four five six seven eight".split())
)
_BEFORE_VERB = frozenset("to can may could will and or".split())
_NOUNS = word_set("nouns")
_MARKS_ASIDE = re.compile(r", (?:which|an?|the) | \([a-z]|—")
_NO_HEADS = frozenset("and or between".split())
_NO_MODIFIERS = frozenset("if it they when because not also so that".split())
_LOOSE = frozenset("for in to on at with from over".split())  # after a noun that was praised
_MOST_OF_ASIDE = 4  # words of its name
_LEAST_ASIDE = 3
_SOUNDS_OPEN = re.compile(r"(?!uni|use|usu|eu|one)[aeiou]|hour|hono", re.IGNORECASE)
_BRACKETS = re.compile(r" *\([^()]*\)")
# A law is a statement, and not the force or the process that it is about.
_LAW = re.compile(r"\b(?:law|theorem|rule)\W*$", re.IGNORECASE)
_STATEMENT = re.compile(
    r"\b(?:that|how|laws?|principles?|rules?|relation\w*|statements?|equations?|formulas?|theorems?"
    r"|observations?|states|idea)\b"
)
_NO_GENUS = word_set("no_genus")
_EMPTY_GENUS = word_set("empty_genus")
_THIN_GENUS = word_set("thin_genus")


class Definition(NamedTuple):
    """A term and its definition, in words of one sentence (Markdown)."""

    opening: str  # "In statistics, "
    subject: str  # as the sentence has it: "A p-value"; "" if the title above is the subject
    auxiliary: str
    answer: str
    traits: frozenset[str]


@lru_cache(maxsize=512)  # of one page: several kinds of cards ask for the same sentences
def read_definition(sentence: str, title: str) -> Definition | None:
    """Read a sentence (without bold) that defines its subject; None for any other.

    If *title* is given, the sentence is the first one below it, so "This ..." refers to the title.
    """
    if len(sentence) > _LONGEST:
        return None
    found = _VERB.search(sentence, 0, _REACH)
    opening, subject = _subject(sentence[: found.start()], title) if found else ("", None)
    if found is None or subject is None:
        return _fragment(sentence, title) if title and pattern("fragment").match(sentence) else None
    verb, said = found["verb"], sentence[found.end() :].rstrip(".!")
    is_several = is_plural(subject or title)
    if verb in ("is", "was") and subject and is_several and not _NAME.search(subject):
        return None  # the beginning of "The stimulation of receptors is" is missing
    if verb == "describes" and not pattern("described").match(said):
        return None
    meaning = _meaning(said, subject or title, is_marked=verb not in _BE)
    if meaning and _LAW.search(subject or title) and not _STATEMENT.search(meaning[0]):
        return None
    auxiliary = verb if verb in _BE else ("is", "are")[is_several]
    return Definition(opening, subject, auxiliary, *meaning) if meaning else None


def defined_as(term: frozenset[str], sentence: str, title: str = "") -> Definition | None:
    """Read a sentence (Markdown) that says what *term*, given by its roots, is."""
    found = read_definition(sentence.replace("**", ""), title)
    own = roots(found.subject) or term if found else frozenset[str]()
    fits = term and len(term & own) >= _MOST_OF_TERM * len(term) and len(own - term) <= 1
    return found if fits else None


def read_asides(sentence: str, terms: Collection[str] = ()) -> Iterator[Definition]:
    """Read the definitions that a sentence gives in passing: ``..., which are enzymes that ...``.

    A name such as "thick slub" may end with one of *terms*.
    """
    for found in pattern("aside").finditer(sentence) if _MARKS_ASIDE.search(sentence) else ():
        before = sentence[: found.start()]
        head, article, name = noun_before(before)
        name = _without_adjective(name, terms)
        subject = f"{article} {name}".strip()
        in_doubt = head in _NO_HEADS or (article and head in ("of", "in", "as"))
        # "Ewes shed noils" contains an unknown verb.
        has_verb = any(map(is_plural, name.split(" ")[:-1]))
        if not name or has_verb or (in_doubt and not found["bracket"]):
            continue
        if found["which"]:
            definition = _relative(found, name, opens=len(subject) >= len(before))
        elif found["bracket"]:
            is_named = name.lower() in terms or found["bracket"].startswith("the ")
            definition = _in_brackets(before, name, found["bracket"], is_named=is_named)
        else:
            definition = _beside(before, name, found["beside"] or found["dash"])
        if definition:
            yield definition._replace(subject=subject, traits=definition.traits | {"aside"})


def _relative(found: re.Match[str], name: str, *, opens: bool) -> Definition | None:
    """Read a clause with "which"; if *opens*, the main clause continues after it."""
    if is_plural(name) is not (found["verb"] in ("are", "were", "refer to")):
        return None
    said = found["which"].partition(", ")[0] if opens else found["which"]
    whole = read_definition(f"{name[0].upper()}{name[1:]} {said}", "")
    return whole if whole and whole.subject.lower() == name.lower() else None


def _in_brackets(before: str, name: str, said: str, *, is_named: bool) -> Definition | None:
    """Read a bracket after a technical term, or after a name that is asked about anyway."""
    if not (rare_of if is_named else specialist_of)(roots(name)):
        return None
    is_short = word_count(said) < _LEAST_ASIDE
    if is_short or pattern("no_gloss").match(said) or pattern("counted").search(before):
        return None
    if is_plural(said) is not is_plural(name):
        return None
    own = roots(said)
    is_term = not pattern("joins").search(said) and 2 * len(specialist_of(own)) > len(own)
    if is_term or pattern("quality").search(name):
        return None
    return Definition("", "", ("is", "are")[is_plural(name)], said, frozenset(("bracket",)))


def _beside(before: str, name: str, said: str) -> Definition | None:
    """Read a noun phrase between commas or after a dash."""
    clause = before.rpartition(", ")[2]
    is_opening = clause == before and pattern("after_opening").match(before)
    is_opening = is_opening or pattern("subordinate").search(clause)
    if is_opening or not rare_of(roots(name)):
        return None
    is_event = pattern("event").match(said) and not pattern("names_event").search(name)
    return _fragment(said, name) if pattern("beside_noun").match(said) and not is_event else None


def _without_adjective(name: str, terms: Collection[str]) -> str:
    """Return the one of *terms* that follows everyday words in *name*, else the whole *name*."""
    for term in terms:
        lead = name[: -len(term)]
        is_end = lead.endswith(" ") and name.lower().endswith(term.lower())
        if is_end and lead.islower() and not technical_of(roots(lead)):
            return name[-len(term) :]
    return name


def noun_before(text: str) -> tuple[str, str, str]:
    """Return the noun phrase at the end of *text*, its article, and the word before them."""
    words = ["", *text.split(" ")]
    at = len(words)
    while at > max(1, len(words) - _MOST_OF_ASIDE) and _is_of_noun(words, at - 1):
        at -= 1
    before = words[at - 1].lower()
    first = words[at] if at < len(words) else ""
    is_gerund = first.endswith("ing") and before in _PREPOSITIONS
    if is_gerund or (before in _BEFORE_VERB and find_verb(first) is not None):
        at, before = at + 1, ""
    elif before == "to" and words[at - 2].endswith("ed"):  # "used to manufacture plywood"
        at = len(words)
    name, article = " ".join(words[at:]), before if before in _ARTICLES else ""
    is_name = name.replace(" ", "").replace("-", "").isalpha() and (not is_gerund or " " in name)
    return words[at - 2].lower() if article else before, article, name if is_name else ""


def _is_of_noun(words: Sequence[str], at: int) -> bool:
    """Whether the word *at* this place may be part of the noun phrase that ends *words*."""
    word = words[at].lower()
    if word in _NO_NOUN or word.endswith((",", "ly", ":", ";")):
        return False
    verb = find_verb(word)
    is_last = at + 1 == len(words)
    if verb is None or (is_last and verb.form == "base"):
        return True
    may_be_noun = is_last or (verb.form != "third" and not is_plural(words[at - 1]))
    return verb.base in _NOUNS and may_be_noun


def _fragment(sentence: str, title: str) -> Definition | None:
    """Read a text below a *title* that has no verb: "The study of the mind."."""
    said = f"{sentence[0].lower()}{sentence[1:]}".rstrip(".!")
    head = pattern("relative_word").split(said, maxsplit=1)[0]
    verbs = map(find_verb, head.split(" "))
    if pattern("finite_verb").search(head) or pattern("main_verb").search(said):
        return None
    if any(verb is not None and verb.form == "third" for verb in verbs):
        return None
    meaning = _meaning(said, title)
    return Definition("", "", ("is", "are")[is_plural(title)], *meaning) if meaning else None


def _meaning(said: str, term: str, *, is_marked: bool = False) -> tuple[str, frozenset[str]] | None:
    """Return the definition of *term*, and its traits; None if it says too little."""
    marked = pattern("definition_mark").match(said)
    if marked is None and not is_marked and pattern("genus").match(said) is None:
        return None
    marked = marked or pattern("late_mark").search(said)
    if marked:
        said = said[marked.end() :]
    said = _first_clauses(said)
    start = _start_of_meaning(said, is_marked=is_marked or marked is not None)
    if start is None or pattern("cut_short").search(said):
        return None
    said = _with_article(said, start)
    if emptiness(said) > _MOST_EMPTY or not _LEAST_ANSWER <= word_count(said) <= _MOST_ANSWER:
        return None
    own = roots(_BRACKETS.sub("", term)) or roots(term)
    each, told = [frozenset((one,)) for one in own], roots(said)
    echoed = sum(echoes(one, told) or has_synonym(one, told) for one in each)
    is_echo = echoed == len(own)  # "the routine that follows"
    new = roots(said) - own
    uncommon = len(rare_of(new, _UNCOMMON))
    # A long term says much of what the thing is, and praise says little.
    least = _LEAST_UNCOMMON if is_echo else min(2, len(own) - 1) + (start > 0)
    if (is_echo and len(own) == 1) or uncommon < least or len(new) < _LEAST_NEW:
        return None
    traits = {
        "marked": is_marked or marked,
        "praised": start,
        "echoes-term": is_echo,
        "one-word-term": len(own) == 1,
        "long-term": len(own) >= _LONG_TERM,
        "definite": said.startswith("the "),
    }
    return said, frozenset(name for name, holds in traits.items() if holds)


def _with_article(said: str, start: int) -> str:
    """Return *said* from *start* on, with the article before the words of praise."""
    first = said.split(" ", 1)[0].lower()
    rest = said[start:]
    if not start or first not in _ARTICLES:
        return rest
    article = first if first == "the" else "an" if _SOUNDS_OPEN.match(rest) else "a"
    return f"{article} {rest}"


def _first_clauses(said: str) -> str:
    """Return the first clause of *said*, with the next one if it is short."""
    part = first_part(said, pattern("meaning_end"))
    if len(part) == len(said) or word_count(part) >= _SHORT:
        return part
    more = pattern("goes_on").match(said, len(part))
    if more is None:
        return part
    longer = said[: more.end()] + first_part(said[more.end() :], pattern("meaning_end"))
    tells = not emptiness(longer[len(part) :]) and word_count(longer) <= _MOST_EXTENDED
    return longer if tells else part


def _subject(head: str, title: str) -> tuple[str, str | None]:
    """Split the words before the verb into the opening and the term; None if there is no term."""
    head = without_connector(head)
    found = pattern("field").match(head)
    opening, head = (found[0], head[found.end() :]) if found else ("", head)
    pronoun = _PRONOUN.match(head) if title else None
    if pronoun:
        fits = pronoun["one"] == "This" or bool(pronoun["one"]) is not is_plural(title)
        return opening, "" if fits else None
    named = pattern("naming").match(head)
    subject = head[named.end() :] if named else head
    subject = pattern("beside_term").sub("", subject).strip(_MARKS)
    if "," in subject or subject.count(" ") >= _MOST_TERM:
        return opening, None
    words = [word.strip(_MARKS).lower() for word in subject.split(" ")]
    is_term = _NO_TERM.isdisjoint(words) and words[-1] not in ("", *_ARTICLES)
    return opening, subject if is_term else None


def _start_of_meaning(said: str, *, is_marked: bool) -> int | None:
    """Return where *said* starts to be informative, or None if it does not name a kind of thing."""
    genus = pattern("genus").match(said)
    if genus is None:
        return 0 if is_marked and not said.startswith("that ") else None
    modifiers, noun = genus["modifiers"], genus["genus"].lower()
    is_several = is_plural(noun) and not noun.endswith("ous")
    is_several = is_several and not modifiers.endswith(("ed, ", " and "))
    is_several = is_several and _NO_MODIFIERS.isdisjoint(modifiers.split(" "))
    if not is_marked and not genus["article"] and not is_several:
        return None
    if pattern("superlative").match(said) or pattern("says_little").match(
        said, genus.start("genus")
    ):
        return None
    praised = 0
    while found := pattern("praise_before").match(modifiers, praised):
        praised = found.end()
    if noun in _THIN_GENUS or (noun in _NO_GENUS and (praised or genus["article"] != "the ")):
        return None
    says_which = pattern("says_which" if praised else "sets_apart").search(said)
    if not says_which and (noun in _EMPTY_GENUS or (praised and genus["link"] in _LOOSE)):
        return None
    return genus.start("modifiers") + praised if praised else 0
