"""Ask what the subject of a clause does, is made of, or is caused by: one question per clause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from qt2anki.html.fragment import inline_html
from qt2anki.model import Kind
from qt2anki.notes.clauses import Clause, points_back, read_clause, without_connector
from qt2anki.notes.frequency import specialist_of
from qt2anki.notes.identity import slug
from qt2anki.notes.kinds.fact import (
    MOST_WORDS,
    TWO_NAMES,
    Fact,
    Sentence,
    all_members,
    ask,
    ask_about,
    first_part,
    in_sentence,
)
from qt2anki.notes.patterns import pattern, word_set
from qt2anki.notes.phrases import phrase
from qt2anki.notes.soft_gates import is_label
from qt2anki.notes.verbs import Verb, find_verb
from qt2anki.notes.words import roots, vague_words, word_count
from qt2anki.outline.sequence.view import is_command

MOST_CLAUSE = 25  # words of an answer that is a clause, or a definition
_LEAST_CLAUSE = 5
_SHORT = frozenset(("number", "means"))  # answers that take few words
_MOST_DONE = 7  # words that say what is done by a means
_MOST_SUBJECT = 10
_MOST_FIRST = 16  # words of the first half of a contrast
_LEAST_OF_FIRST, _MOST_OF_FIRST = 20, 160  # characters of the same
CONTRASTED = frozenset(("while", "whereas"))
_CONTRASTS = ("Unlike", "Whereas")
_UNSURE = frozenset(("should", "would", "might", "may", "could", "often", "sometimes"))
_EFFECTS = ("lead to", "result in")  # there are too many of them
_SETS = ("consist of", "comprise", "divide into")
_NO_OBJECT = word_set("no_object")
_AND = re.compile(r",? and ")
_MOST_OF_SUBJECT = 5
_MOST_MEMBERS = 5
_SECOND_VERB = re.compile(r",? and (?:\w+ly )?(\w+) (?=\w)")
_ARTICLE_NEXT = re.compile(r"(?:the|an?|its|their)\b")
_ORDER = re.compile(r"[A-Z]\w+ (?:the|your|an?) ")
_PAST = {"written": "wrote"}
_MADE = re.compile(r"(?:the|an?) [^,;:(]{8,80}$|[\"“*][^\"“”*]+[\"”*]$")
_MAKERS = word_set("makers")
# "Thrombin converts fibrinogen into fibrin": what does it convert fibrinogen into?
_MOVED = re.compile(r"(?P<what>[^,;:]{3,50}? into) (?P<end>.+)$")
_MOVES = frozenset("convert transform divide split turn translate break organize".split())
_BRACKET = re.compile(r" \([^()]*\)")
_DIVIDED = re.compile(
    r"(?:divid|classifi|broken down|separat|categoriz|organiz|split|group)(?:ed)? into"
    r"|(?:composed|made up|comprised) of"
)
_GERUND = re.compile(r"(?:\w+ly )?\w+ing\b")
_METHOD = re.compile(r" (?:Approach|Analysis|Studies)$")


def contrast_facts(sentence: Sentence) -> Iterator[Fact]:
    """Yield the facts in the second half of a contrast; the first half is shown."""
    text = sentence.text.rstrip(".")
    found = pattern("contrast").search(text, _LEAST_OF_FIRST)
    first = text[: found.start()] if found else ""
    if found is None or len(first) > _MOST_OF_FIRST or ";" in first:
        return
    second = read_clause(found["second"], "")
    if second is None:
        return
    first = without_connector(first)
    clauses = [second]
    if word_count(first) <= _MOST_FIRST and not points_back(first) and not second.opening:
        opening = phrase("whereas", first=in_sentence(first, sentence))
        clauses.insert(0, second._replace(opening=opening))
    for clause in clauses:
        for fact in clause_facts(sentence, clause):
            yield replace(fact, cue="contrast", traits=fact.traits | {"second-half"})


def clause_facts(sentence: Sentence, clause: Clause) -> Iterator[Fact]:
    """Yield what a main clause of *sentence* says about its subject."""
    is_unsure = clause.auxiliary in _UNSURE or not _UNSURE.isdisjoint(clause.adverbs.split(" "))
    if is_unsure or (clause.verb is not None and not clause.verb.asks):
        return
    is_reasoned = clause.subject and ("because " in clause.rest or "due to " in clause.rest)
    reason = pattern("reason").match(clause.rest) if is_reasoned else None
    if reason is not None:
        facts = _reason(sentence, clause, reason["done"], reason["answer"])
    elif clause.verb is not None:
        facts = _of_verb(sentence, clause, clause.verb)
    elif clause.rest.startswith("be "):
        passive = clause._replace(rest=clause.rest[3:], adverbs=f"{clause.adverbs} be".strip())
        facts = _of_state(sentence, passive)
    else:
        facts = _of_state(sentence, clause)
    # Most sentences do not have such a fact, so their subjects are checked last.
    found = tuple(facts)
    if found and _can_be_asked_about(clause, sentence):
        yield from found


def _reason(sentence: Sentence, clause: Clause, done: str, text: str) -> Iterator[Fact]:
    """Yield why something is so."""
    said = f"{clause.verb.base} {done}" if clause.verb is not None else done
    is_short = word_count(done) <= _MOST_DONE and not vague_words(done)
    if is_short and not pattern("vague").search(done):
        yield from _ask("why_verb", "reason", sentence, clause._replace(adverbs=""), said, text)


def _ask(
    name: str, cue: str, sentence: Sentence, clause: Clause, verb: str, text: str
) -> Iterator[Fact]:
    """Ask for the first part of *text*, if it is short enough."""
    answer = first_part(text, pattern("answer_end"))
    if 0 < word_count(answer) <= (MOST_WORDS if cue in _SHORT else MOST_CLAUSE):
        yield ask_about(name, cue, sentence, clause, verb, answer)


def _can_be_asked_about(clause: Clause, sentence: Sentence) -> bool:
    subject = clause.subject or sentence.title
    if not 0 < word_count(subject) <= _MOST_SUBJECT or vague_words(subject):
        return False
    if clause.subject:
        return not pattern("no_subject").match(subject)
    if pattern("no_subject").match(_METHOD.sub("", subject)):
        return False
    # A title may be a command or a quality, which "it" below the title does not refer to.
    if is_command(subject) or _ORDER.match(subject) or is_label(_BRACKET.sub("", subject)):
        return False
    is_it = sentence.text.startswith(("It ", "They "))
    return not pattern("no_title").match(subject) and not (
        is_it and pattern("no_pronoun").match(subject)
    )


def _of_verb(sentence: Sentence, clause: Clause, verb: Verb) -> Iterator[Fact]:
    first, _, after = clause.rest.partition(" ")
    if first == "that" and verb.takes_clause and verb.form != "past":
        answer = first_part(after, pattern("definition_end"))
        if _LEAST_CLAUSE <= word_count(answer) <= MOST_CLAUSE:
            yield ask_about("does", "claim", sentence, clause, verb.base, answer)
    elif verb.is_event and first not in verb.particles:
        yield from _event(sentence, clause, verb)
    elif verb.base == "range":
        if first == "from" and " to " in after:
            yield from _ask("range", "number", sentence, clause, "range", clause.rest)
    elif first in verb.particles:
        yield from _of_object(sentence, clause, verb, f"{verb.base} {first}", after)
    elif verb.takes_object and first not in _NO_OBJECT:
        made = tuple(_makes(sentence, clause, verb)) if TWO_NAMES.match(clause.subject) else ()
        yield from made or _of_object(sentence, clause, verb, verb.base, clause.rest)


def _event(sentence: Sentence, clause: Clause, verb: Verb) -> Iterator[Fact]:
    """Yield when or where something takes place."""
    found = None if clause.auxiliary else pattern("occurs").match(clause.rest)
    if not found or (verb.base == "take") is not clause.rest.startswith("place "):
        return
    asked = "take place" if verb.base == "take" else verb.base
    name = "when" if found["when"] else "where"
    if found["where"] and pattern("time").search(found["where"]):
        name = "when"
    yield from _ask(name, name, sentence, clause, asked, found["when"] or found["where"])


def _of_object(
    sentence: Sentence, clause: Clause, verb: Verb, asked: str, object_: str
) -> Iterator[Fact]:
    means = pattern("means").match(object_)
    if means and word_count(means["object"]) <= _MOST_DONE:
        plainly, done = clause._replace(adverbs=""), f"{asked} {means['object']}"
        yield from _ask("how", "means", sentence, plainly, done, means["answer"])
        return
    if counted := pattern("counted_set").match(object_):
        yield from _counted(sentence, clause, asked, counted)
        return
    moved = _MOVED.match(object_) if verb.base in _MOVES else None
    if moved:
        asked, object_ = f"{asked} {moved['what']}", moved["end"]
    is_contrast = clause.opening.startswith(_CONTRASTS)
    if asked in _EFFECTS or (verb.is_soft and not is_contrast):
        return
    rather = pattern("rather").match(object_)
    if asked in _SETS:
        cue, answer = "set", _members(object_)
    elif rather:
        cue, answer = "contrast", rather["answer"]
    else:
        cue = "contrast" if is_contrast else "does"
        answer = _before_second_verb(first_part(object_, pattern("answer_end")), verb)
    if 0 < word_count(answer) <= MOST_WORDS:
        yield ask_about("does", cue, sentence, clause, asked, answer)


def _makes(sentence: Sentence, clause: Clause, verb: Verb) -> Iterator[Fact]:
    """Yield who made something, if that is the subject."""
    made = _MADE.match(first_part(clause.rest, pattern("answer_end")))
    if made and verb.form == "past" and verb.base in _MAKERS:
        word = next(word for word in sentence.text.split(" ") if find_verb(word) == verb)
        did = f"{clause.adverbs} {word}".strip()
        yield _maker(sentence, clause, made[0], did, clause.subject)


def _before_second_verb(text: str, verb: Verb) -> str:
    """Return *text* up to "and" with a verb of the same form: ``and reflects the values``.

    A second subject may be before the same verb: ``, and trastuzumab targets HER2``.
    """
    for found in _AND.finditer(text):
        if verb in map(find_verb, text[found.end() :].split(" ")[1:_MOST_OF_SUBJECT]):
            return text[: found.start()]
    for found in _SECOND_VERB.finditer(text):
        second = find_verb(found[1])
        if second is None or second.form != verb.form:
            continue
        if verb.form != "base" or _ARTICLE_NEXT.match(text, found.end()):
            return text[: found.start()]
    return text


def _members(text: str) -> str:
    """Return the members of a set that *text* names, or ""."""
    items = first_part(text, pattern("answer_end"))
    is_set = pattern("set").match(items) and not pattern("no_set").match(items)
    return items if is_set and items.count(", ") < _MOST_MEMBERS else ""


def _of_state(sentence: Sentence, clause: Clause) -> Iterator[Fact]:
    if (found := pattern("maker").match(clause.rest)) is not None:
        if clause.subject and "be" not in clause.adverbs:
            verb = _PAST.get(found["verb"], found["verb"])
            yield _maker(sentence, clause, clause.subject, verb, found["answer"])
        return
    for name in ("place", "condition"):
        if (found := pattern(name).match(clause.rest)) is not None:
            asked = "where" if name == "place" else "when"
            yield from _ask(asked, name, sentence, clause, found["verb"], found["answer"])
            return
    found = pattern("state").match(clause.rest)
    if found is not None and not pattern("no_state").match(clause.rest):
        verb, text = found["verb"] or found["verb2"], found["answer"] or found["answer2"]
        yield from _state(sentence, clause, verb, text)
    elif clause.subject and pattern("role").match(clause.subject):
        yield from _role(sentence, clause)


def _role(sentence: Sentence, clause: Clause) -> Iterator[Fact]:
    """Yield what the function, cause or unit of something is."""
    answer = first_part(clause.rest, pattern("definition_end")).removeprefix("that ")
    if (
        word_count(answer) <= MOST_CLAUSE
        and not _is_plain(answer)
        and not pattern("no_role").match(answer)
    ):
        yield ask_about("is", "role", sentence, clause, "", answer)


def _is_plain(answer: str) -> bool:
    """Whether *answer* is one everyday word."""
    is_word = " " not in answer and answer.islower()
    return is_word and not specialist_of(roots(answer))


def _counted(sentence: Sentence, clause: Clause, verb: str, found: re.Match[str]) -> Iterator[Fact]:
    """Yield the members of a set that a clause counts, if it names all of them."""
    members = found["list"] or found["inside"] or found["dash"]
    answer = all_members(members, found["count"])
    if answer and word_count(answer) <= MOST_WORDS:
        asked = found["set"]
        yield ask_about("which_set", "set", sentence, clause, verb, answer, asked)


def _state(sentence: Sentence, clause: Clause, verb: str, text: str) -> Iterator[Fact]:
    cue = "state"
    if counted := pattern("counted_set").match(text):
        yield from _counted(sentence, clause, verb, counted)
        return
    answer = first_part(text, pattern("answer_end"))
    if verb.endswith(" by") and _GERUND.match(answer):
        done = verb.removesuffix(" by")
        yield ask_about("how", "means", sentence, clause, done, f"by {answer}")
        return
    if verb.startswith(("caused", "triggered")):
        cue = "cause"
    elif _DIVIDED.match(verb):
        cue, answer = "set", _members(text)
    elif verb == "used to":
        cue, verb, answer = "purpose", "used for", f"to {answer}"
    if 0 < word_count(answer) <= MOST_WORDS and not _is_plain(answer):
        fact = ask_about("does", cue, sentence, clause, verb, answer)
        yield replace(fact, traits=fact.traits | {f"verb-{verb.split(' ', 1)[0]}"})


def _maker(sentence: Sentence, clause: Clause, made: str, verb: str, text: str) -> Fact:
    return Fact(
        Kind.DOES,
        "person",
        ask(
            "who",
            opening=inline_html(clause.opening),
            verb=verb,
            subject=inline_html(in_sentence(made, sentence)),
        ),
        first_part(text, pattern("maker_end")),
        f"does/{slug(made)}/who",
        f"{clause.opening}{made} {verb}",
    )
