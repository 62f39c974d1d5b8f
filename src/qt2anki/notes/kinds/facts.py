"""Questions that one sentence of the page answers: fixed words around its own words.

What a tutor writes by hand is of this kind: nine of ten answers are words of the page as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Kind
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.clauses import POINTS_BACK, Clause, is_plural, read_clause
from qt2anki.notes.frame import Frame
from qt2anki.notes.frequency import is_english, is_rare, is_specialist, rarest
from qt2anki.notes.gates import front_fits, residual
from qt2anki.notes.identity import slug
from qt2anki.notes.phrases import phrase
from qt2anki.notes.text_units import Unit
from qt2anki.notes.verbs import Verb, find_verb
from qt2anki.notes.words import content_words, root, roots, vague_words, word_count
from qt2anki.outline.sentences import sentences
from qt2anki.outline.sequence.items import is_command

_LONGEST = 400  # characters of a sentence that are looked at
_MOST_WORDS = 18  # of an answer
_MOST_CLAUSE = 25  # words of an answer that is a clause, or a definition
_LEAST_CLAUSE = 5
_SUBJECT_MOST = 10

# Where what answers ends and the sentence goes on to something else.
_GOES_ON = re.compile(
    r",? (?:while|whereas|because|so that|although|though|but|unless|thus|thereby|therefore|hence"
    r"|since|as well as|rather than|instead of)\b|, (?:which|who|whose|whom|where)\b"
    r"|[;:]| [—–-] |—|, (?:especially|particularly|e\.g\.)"
    r"|, (?:(?:and|or|but) (?:it|they|this|these|the \w+ (?:is|are)|is|are|was|can|may|has|have|also"
    r"|thus|then|therefore|often|\w+ing)\b|(?:\w+ )?\w+ing\b|as\b|often|typically|usually|known|also"
    r"|making|if|when|with|for|in|due|based|even|not|depending|regardless|after|before|since"
    r"|though|despite|compared|similar|unlike|helping)"
    r"| (?:and|or) (?:is|are|was|were|can|may|has|have|helps?|plays?|provides?|allows?|enables?"
    r"|makes?|ensures?|serves?|acts?|leads?|results?|often|also|then|thus|therefore|\w+ly)\b"
)
_DEFINITION_GOES_ON = re.compile(
    r",? because\b|[;:]| [—–-] |—|, (?:which|who|whose|while|whereas|because|so|although|though|but|making|and (?:it"
    r"|they|is|are|can|has|plays?|this)|as (?:it|they)|often|typically|usually|known|also|\w+ing"
    r"|particularly|especially|such as|including|thereby|thus|based|where|in contrast|with|due)\b"
)
_BECAUSE = re.compile(
    r"(?P<main>.{20,220}?),?(?: (?:\w+ly|often|in part|at least in part))? (?P<cue>because(?! of)|because of|due to|owing to|since(?= (?:it|they|the|a"
    r"|this|there|both|each)\b)|as (?=(?:it|they|there|this) )|so that) (?P<reason>[^;:]+?)"
    r"(?:, (?:which|leading|resulting|making|thereby|thus|and this)\b.*)?$"
)
_RESULT = re.compile(
    r"(?P<main>.{20,220}?),?(?: (?:\w+ly|often|thus|thereby|sometimes))? (?:leading to|resulting in|giving rise to|which (?:leads? to|results? in"
    r"|causes|triggers)|causing|triggering) (?P<result>[^;:]+?)(?:, (?:which|\w+ing|and this)\b.*)?$"
)
_ALIAS = re.compile(
    r"(?P<open>\(|, )(?:also|commonly|often|sometimes|otherwise|formerly|or|collectively|formally"
    r"|officially)(?: commonly| often)? (?:known as|called|referred to as|termed|named)"
    r"(?: the| an?)? (?P<alias>[^,;:()]{3,60}?)(?=[,);]|$| is | are | was )"
)
_ALSO_FIRST = re.compile(
    r"(?:Also|Commonly|Often|Sometimes|Otherwise) (?:known as|called|referred to as|termed)"
    r"(?: the| an?)? (?P<alias>[^,;:()]{3,60}?), "
)
_RATHER = re.compile(
    r"(?P<one>[^,;:]{4,80}?),? (?:rather than|instead of|as opposed to) (?P<other>[^,;:]+)$"
)
_CONTRAST = re.compile(r"^(?P<one>[^;]{20,160}?),? (?:while|whereas) (?P<two>[^;]{15,180})$")
_ONES = re.compile(r"(?:(?:an?|the|any|one of the) )(?!\w+ (?:of the most|way)\b)", re.IGNORECASE)
_PRAISE = re.compile(
    r"one of|(?:an?|the|as an?)? ?(?:(?:very|most|more|increasingly|particularly|primary|main|major|key"
    r"|common|highly) )*(?:crucial|essential|important|significant|vital|critical|key|fundamental"
    r"|powerful|valuable|major|central|cornerstone|prime|classic|good|great|notable|common|complex"
    r"|result|example|factor|focus|first|same|best|reason|way|part|cause|concern|challenge|topic"
    r"|useful|effective|popular|unique|multifaceted|integral|foundational|pivotal|transformative"
    r"|landmark|subject|matter|step|process that (?:can|is)|effort|approach|tool|means|dynamic"
    r"|comprehensive|versatile|rich|profound|remarkable|prominent|well-known|necessary|direct|simple"
    r"|growing|ongoing|beautiful|famous|renowned|celebrated|strategic|innovative|ambitious|lack"
    r"|difference|relationship|other|following|need|combination|series|variety|range|number|lot)\b",
    re.IGNORECASE,
)
_PRAISED = re.compile(
    r"\b(?:is|are|was|were) (?:an? |the |particularly |very |especially )*(?:critical|key|central|notable|popular|common|useful|valuable|ideal|challenging|beneficial|necessary|effective)\b"
)
_ROLE = re.compile(
    r"(?:The |Its )?(?P<adj>(?:primary|main|key|chief|principal|major|central|ultimate|overall|most common"
    r"|leading|sole|only|largest|smallest|highest|lowest|longest|shortest|fastest|first|strongest"
    r"|weakest|final|end|earliest|oldest|most \w+) )?(?P<noun>(?:[\w-]+ ){0,2}?(?:function|role|purpose"
    r"|goal|objective|aim|cause|source|site|product|products|component|components|ingredient|location"
    r"|capital|unit|formula|symbol|name|difference|distinction|advantage|disadvantage|feature"
    r"|characteristic|principle|premise|idea|assumption|method|mechanism|treatment|symptom|symptoms"
    r"|organ|layer|bone|vessel|artery|neurotransmitter|hormone|enzyme|metabolite|reason|drawback"
    r"|limitation|criterion|criteria|theme|conflict|author|founder|threshold|value|types|categories"
    r"|objectives|functions|goals|causes|stages|phases|steps))(?: (?:of|for|in|behind|between) .+)$"
)
_STATES = {
    "what": re.compile(
        r"(?P<verb>(?:caused|produced|secreted|controlled|regulated|governed|determined|triggered"
        r"|characterized|absorbed|released|mediated|supplied|innervated|surrounded|driven|formed"
        r"|influenced(?= primarily)|measured|defined(?= by)|protected|covered|marked|activated"
        r"|inhibited|catalyzed|transmitted|carried|replaced|represented|denoted|stimulated|bounded"
        r"|enclosed|filled|preceded|followed|powered|inspired|dominated|ruled|diagnosed) (?:by|with)"
        r"|(?:made(?: up)?|composed|comprised|formed) (?:of|from)|derived from|(?:converted|divided"
        r"|classified|transformed|broken down|separated|categorized|organized|grouped|split) into"
        r"|responsible for|used (?:for|as)|known for|named after|based on|attached to|connected to"
        r"|bound to|measured in|expressed (?:as|in)|adjacent to|proportional to|equal to|rooted in"
        r"|composed of|similar to|synonymous with|associated with the|exempt from|governed by"
        r"|contingent (?:up)?on|covalently bonded to|lined (?:by|with)|rich in|devoid of"
        r"|prohibited from|required to|able to|unable to|entitled to|allowed to|designed to|used to"
        r"|intended to|inversely proportional to|directly proportional to) (?P<answer>.+)$"
    ),
    "where": re.compile(
        r"(?P<verb>(?:located|found|situated|produced|stored|synthesized|absorbed|housed|embedded"
        r"|positioned)) (?P<answer>(?:in|on|at|between|within|near|behind|above|below|beneath|along"
        r"|under|inside|outside|around|just|deep) .+)$"
    ),
    "who": re.compile(
        r"(?P<verb>(?:invented|discovered|developed|introduced|proposed|founded|written|formulated"
        r"|coined|established|created|painted|composed|designed|pioneered|described|published"
        r"|popularized|isolated|built|built|conceived|devised|patented|articulated|first \w+ed))"
        r"(?P<between> (?:[\w-]+ )?)by (?P<answer>(?:[\w’'-]+ ){0,4}?[A-Z].+)$"
    ),
}
_OCCURS = re.compile(
    r"(?:(?P<when>when|during|after|before|if|at the end of)|in|at|on|within|between) "
)
_EFFECTS = frozenset("cause trigger induce lead result".split())
_NO_FACT_ABOUT = re.compile(
    r"(?:the |an? )?(?:\w+ly )?(?:\w+ )??(?:significance|importance|impact|role|relationship|use|influence|legacy"
    r"|research|researchers|stud(?:y|ies)|evidence|findings|data|results?|critics|scholars|experts|polling"
    r"|scientists|economists|historians|implications?|challenges?|benefits?|advantages?|lecture|course|page"
    r"|article|text|author|authors|students|learners|teachers|educators|individuals|people|example"
    r"|understanding|analysis|approach|effectiveness|success|integration|implementation|many|overall"
    r"|scholarship|literature|surveys?|reports?|notes?)\b(?! [A-Z])",
    re.IGNORECASE,
)
_CASE = re.compile(
    r"\b(?:suppose|consider|imagine|let us|let's|say|hypothetical|my|your|our|you|we|us|I|Example \d"
    r"|Figure|Table|Section \d|Chapter)\b"
)
_EXAMPLE_TITLE = re.compile(
    r"(?:Worked )?(?:Examples?|Case Stud(?:y|ies)|Exercises?|Practice|Sample|Scenario)\b",
    re.IGNORECASE,
)
_CITATION = re.compile(r"\bet al\b|\([^()]{0,80}\b(?:1[5-9]|20)\d\d[a-z]?\)|\[\d{1,3}\]|https?://")
_VAGUE_ANSWER = re.compile(
    r"\b(?:important|crucial|significan\w+|vital\w*|essential\w*|various|many|several|numerous"
    r"|effective\w*|overall|better|success\w*|meaningful|positive\w*|negative\w*|diverse|challenges?"
    r"|opportunit\w+|insights?|aspects?|factors?|issues?|things?|needs?|improve\w*|enhanc\w+"
    r"|well-being|outcomes?|ways?|different|certain|broader|deeper|complex\w*|impacts?|quality"
    r"|understanding|awareness|engagement|approach(?:es)?|influence\w*|role|experiences?|ability"
    r"|dynamics?|nature|efficien\w+|productivity|development|growth|practices?|strategies|context"
    r"|concepts?|innovati\w+|decision-making|perspectives?|importance)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\b(?:who|artist|painter|writer|author|poet|philosopher|scientist|\w+ist|physician|leader|king|queen|emperor|general|inventor|composer|historian|nurse|president|minister|\w+ician|theologian|professor|scholar|architect|sculptor|engineer|explorer|founder)\b"
)
_NO_GLOSS = re.compile(
    r"(?:where|when|how|why|used|known|called|also|\w+ed|one of|e\.g|i\.e|such|for example|like|including|see|or|and|also|as|in|on|at|from)\b"
)
_MEMBERS = re.compile(
    r"^(?P<lead>(?:[\w-]+ ){0,6}?(?:two|three|four|five) [^:;.]{3,60}): (?P<items>[^:;.]+)$|"
    r"^(?P<items2>.+)$"
)
_LIST = re.compile(r"^[^,;]+(?:, [^,;]+)*,? and [^,;]+$")
_COUNT_WORDS = {2: "two", 3: "three", 4: "four", 5: "five"}


@dataclass(frozen=True, slots=True)
class Fact:
    """A question and its answer (Markdown spans of one sentence, in HTML templates)."""

    kind: Kind
    cue: str
    question: str  # HTML
    answer: str  # Markdown
    key: str
    front: str  # Markdown: the words of the page on the front
    traits: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """One sentence with what is needed to ask about it."""

    text: str  # Markdown without bold
    title: str  # of the point, where this is the first sentence below it
    terms: tuple[str, ...]  # keywords, as on the page, that occur in it
    lower: frozenset[str]  # words that the page writes in lower case


def fact_candidates(
    frame: Frame, units: Iterable[Unit], defined: frozenset[str] = frozenset()
) -> Iterator[Candidate]:
    """Yield what single sentences of the page answer; *defined* are slugs of terms with a card."""
    lower = frozenset(frame.page.answer.split()) | frozenset(frame.page.question.split())
    seen: set[str] = set()
    for unit in units:
        if _EXAMPLE_TITLE.match(unit.title) or _EXAMPLE_TITLE.match(unit.section):
            continue
        for text in unit.texts:
            for at, sentence in enumerate(sentences(text)):
                if not 25 < len(sentence) <= _LONGEST or sentence.endswith(("?", ":")):
                    continue
                bare = sentence.replace("**", "").replace("__", "")
                if _CASE.search(bare) or _CITATION.search(bare):
                    continue
                title = unit.title if at == 0 and text is unit.texts[0] else ""
                low = bare.lower()
                terms = tuple(word for word in frame.page.keywords if word.lower() in low)
                for fact in _facts(_Sentence(bare, title, terms, lower)):
                    if fact.key in seen or (fact.kind is Kind.GLOSS and fact.key[6:] in defined):
                        continue
                    candidate = _candidate(frame, unit, fact, bare)
                    if candidate is not None:
                        seen.add(fact.key)
                        yield candidate


_TOLERANT = frozenset(("definition", "gloss", "claim", "because"))
_DEICTIC = re.compile(
    r"\b(?:this|these|such (?!as)|those(?! (?:of|in|who|that|with|for))|former|latter|above"
    r"|following|your|our|you)\b|^(?:it|they|he|she)\b",
    re.IGNORECASE,
)
_EXAMPLES = re.compile(r",? (?:such as|including|like) (?P<examples>.+)$")


def _with_few_examples(answer: str) -> str:
    """Cut examples off a long answer."""
    found = _EXAMPLES.search(answer)
    if not found or word_count(answer) <= 12:
        return answer
    return answer[: found.start()]


def _candidate(frame: Frame, unit: Unit, fact: Fact, sentence: str) -> Candidate | None:
    fact = replace(fact, answer=_with_few_examples(fact.answer))
    answer = plain_text(fact.answer)
    front = plain_text(fact.front)
    if _PRAISE.match(answer) or vague_words(answer) > 1 or _DEICTIC.search(answer):
        return None
    if fact.cue in ("role", "definition") and frame.told - roots(frame.page.subjects[0]) <= roots(
        front
    ):
        return None
    if not fact.traits.isdisjoint(("echo", "dangling")):
        return None
    if fact.cue not in _TOLERANT and _VAGUE_ANSWER.search(answer):
        return None
    if not _is_whole(fact.answer) or not _is_whole(fact.front):
        return None
    known = frame.known(unit.section, unit.title) | roots(front)
    secret = residual(answer, known=known)
    if not secret or not front_fits(frame.context_text(unit.section), front):
        return None
    section = unit.title if unit.title and unit.title not in fact.front else unit.section
    note = frame.qa(
        fact.kind,
        fact.key,
        question=fact.question,
        answer=inline_html(fact.answer),
        extra=inline_html(sentence),
        context=frame.context(section),
    )
    return Candidate(
        note,
        unit.name if unit.title else "",
        vague_words(answer),
        rarest(secret),
        sentence=plain_text(sentence),
        cue=fact.cue,
        traits=fact.traits | _traits(fact, answer, front, secret),
    )


def _traits(fact: Fact, answer: str, front: str, secret: frozenset[str]) -> frozenset[str]:
    found = set()
    if any(map(is_specialist, secret)):
        found.add("specialist-answer")
    elif any(map(is_rare, secret)):
        found.add("rare-answer")
    if any(map(is_specialist, roots(front))):
        found.add("specialist-front")
    elif any(map(is_rare, roots(front))):
        found.add("rare-front")
    if _VAGUE_ANSWER.search(answer):
        found.add("vague-answer")
    if re.search(r"\b(?:may|might|could)\b", front):
        found.add("hedged")
    if any(char.isdigit() for char in answer):
        found.add("number-answer")
    if len(answer.split()) <= 6:
        found.add("short-answer")
    return frozenset(found)


def _is_whole(text: str) -> bool:
    """Whether no markup, math, quotation or bracket is cut in two."""
    return (
        not any(text.count(mark) % 2 for mark in ("$", "`", '"', "*"))
        and text.count("(") == text.count(")")
        and text.count("“") == text.count("”")
        and text.count("\\(") == text.count("\\)")
        and text.count("[") == text.count("]")
    )


def _facts(sentence: _Sentence) -> Iterator[Fact]:
    reasons = list(_reasons(sentence))
    yield from reasons
    clause = read_clause(sentence.text, below_title=bool(sentence.title))
    if clause is not None and not reasons:
        yield from _of_clause(sentence, clause)
    yield from _halves(sentence)
    yield from _aliases(sentence, clause)
    yield from _glosses(sentence)


def _of_clause(sentence: _Sentence, clause: Clause) -> Iterator[Fact]:
    subject = clause.subject or sentence.title
    if not 0 < word_count(subject) <= _SUBJECT_MOST or not _is_specific(subject):
        return
    if vague_words(subject) or _NO_FACT_ABOUT.match(subject):
        return
    if not clause.subject and is_command(plain_text(sentence.title)):
        return
    if clause.auxiliary in ("should", "would", "might"):
        return
    if clause.aux == "be":
        yield from _of_state(sentence, clause)
    elif clause.verb is not None and clause.verb.asks:
        yield from _of_verb(sentence, clause, clause.verb)
    elif clause.aux == "modal" and clause.rest.startswith("be "):
        changed = clause._replace(rest=clause.rest[3:], adverbs=f"{clause.adverbs} be".strip())
        yield from _of_state(sentence, changed)


def _is_specific(subject: str) -> bool:
    """Whether *subject* names something: a technical word, or a name, or two content words."""
    plain = plain_text(subject)
    words = content_words(plain)
    if not words:
        return False
    return any(map(is_rare, roots(plain))) or any(c.isupper() for c in plain[1:]) or len(words) > 2


def _of_verb(sentence: _Sentence, clause: Clause, verb: Verb) -> Iterator[Fact]:
    rest = clause.rest
    first, _, after = rest.partition(" ")
    if first == "that" and verb.takes_clause:
        answer = _first_part(after, _DEFINITION_GOES_ON)
        if _LEAST_CLAUSE <= word_count(answer) <= _MOST_CLAUSE:
            yield _ask("does", Kind.DOES, "claim", sentence, clause, verb.base, answer)
        return
    if first == "how" or first == "whether":
        return
    if verb.base in ("occur", "take"):
        return
    if verb.base == "range" and first == "from":
        answer = _first_part(rest, _GOES_ON)
        if word_count(answer) <= _MOST_WORDS and " to " in answer:
            yield _ask("range", Kind.DOES, "number", sentence, clause, "range", answer)
        return
    if first in verb.particles:
        asked, object_ = f"{verb.base} {first}", after
    elif verb.takes_object and first not in _NOT_OBJECT:
        asked, object_ = verb.base, rest
    else:
        return
    rather = _RATHER.match(object_)
    if rather:
        answer = rather["one"]
        kind, cue = Kind.CONTRAST, "contrast"
    else:
        answer = _first_part(object_, _GOES_ON)
        answer = _before_second_verb(answer, verb)
        kind, cue = (Kind.EFFECT, "effect") if verb.base in _EFFECTS else (Kind.DOES, "does")
    if clause.opening.startswith("Unlike"):
        kind, cue = Kind.CONTRAST, "contrast"
    if not 1 <= word_count(answer) <= _MOST_WORDS:
        return
    if verb.base == "comprise" or asked in ("consist of", "divide into"):
        kind, cue = Kind.MEMBER, "set"
        items = _items(object_)
        if items is None:
            return
        answer = items
    yield _ask("does", kind, cue, sentence, clause, asked, answer)


_NOT_OBJECT = frozenset(
    "in on at by for with to from as into that how whether when if and or not between among more"
    " less through during against across over under without about via towards toward out up down off"
    " upon within both only because".split()
)


def _of_state(sentence: _Sentence, clause: Clause) -> Iterator[Fact]:
    rest = clause.rest
    for name, pattern in _STATES.items():
        found = pattern.match(rest)
        if not found:
            continue
        answer = _first_part(found["answer"], _GOES_ON)
        if not 1 <= word_count(answer) <= _MOST_WORDS:
            return
        if name == "who":
            if clause.auxiliary in ("is", "was", "were", "are") and clause.subject:
                yield _who(sentence, clause, found["verb"], answer)
            return
        verb = found["verb"]
        kind, cue = Kind.DOES, "state"
        if verb.startswith(("caused", "triggered")):
            kind, cue = Kind.EFFECT, "cause"
        elif verb.endswith((" into", "composed of", "made up of", "comprised of")):
            kind, cue = Kind.MEMBER, "set"
        if verb in ("used to", "designed to", "intended to", "required to", "able to", "unable to"):
            cue = "purpose"
            if verb in ("used to", "designed to"):
                verb, answer = verb.replace(" to", " for"), f"to {answer}"
            else:
                verb = f"{verb} do"
        if name == "where":
            cue = "place"
        if kind is Kind.MEMBER:
            items = _items(found["answer"])
            if items is None:
                return
            answer = items
        yield _ask(
            "where" if name == "where" else "does", kind, cue, sentence, clause, verb, answer
        )
        return
    yield from _of_copula(sentence, clause)


def _items(text: str) -> str | None:
    """Return the members of a set that *text* names, None where it does not name them."""
    after = re.match(r"[^:]*\b(?:two|three|four|five)\b[^:]{3,60}: (?P<items>[^:;.]+)$", text)
    items = after["items"] if after else _first_part(text, _GOES_ON)
    if not _LIST.match(items) or word_count(items) > _MOST_WORDS:
        return None
    if re.match(r"(?:several|various|many|different|numerous|two|three|four|five|key)\b", items):
        return None
    return items.rstrip(".")


def _of_copula(sentence: _Sentence, clause: Clause) -> Iterator[Fact]:
    rest = clause.rest
    found = re.match(r"(?:defined|described) as (.+)$", rest)
    subject = clause.subject or sentence.title
    role = _ROLE.match(clause.subject) if clause.subject else None
    if role and not clause.adverbs:
        answer = _first_part(rest, _DEFINITION_GOES_ON).removeprefix("that ")
        if 1 <= word_count(answer) <= _MOST_CLAUSE and not re.match(
            r"\w+(?:ed|ly)\b|not|named|often|one of", answer
        ):
            yield _ask("is", Kind.DOES, "role", sentence, clause, "", answer)
        return
    if found:
        rest = found[1]
    elif not _ONES.match(rest) or _PRAISE.match(rest):
        return
    answer = _first_part(rest, _DEFINITION_GOES_ON)
    if not _LEAST_CLAUSE <= word_count(answer) <= _MOST_CLAUSE or word_count(subject) > 6:
        return
    if clause.opening or clause.adverbs or not any(map(is_rare, roots(plain_text(subject)))):
        return
    yield _ask("is", Kind.GLOSS, "definition", sentence, clause, "", answer)


def _ask(
    name: str, kind: Kind, cue: str, sentence: _Sentence, clause: Clause, verb: str, answer: str
) -> Fact:
    """Put *clause* as a question for *answer*."""
    title = "" if clause.subject else sentence.title
    auxiliary = clause.auxiliary
    if not auxiliary and clause.verb is not None:
        plural = clause.verb.form == "base"
        auxiliary = "did" if clause.verb.form == "past" else "do" if plural else "does"
    auxiliary = {"cannot": "can"}.get(auxiliary, auxiliary)
    plural = clause.is_plural
    subject = ("they" if plural else "it") if title else _lowered(clause.subject, sentence.lower)
    opening = phrase("about", title=inline_html(title)) if title else ""
    asked = f"{clause.adverbs} {verb}".strip()
    if clause.auxiliary == "cannot":
        asked = f"not {asked}"
    question = (
        phrase(
            name,
            opening=opening + inline_html(clause.opening) + (" " if clause.opening else ""),
            auxiliary=auxiliary,
            subject=inline_html(subject),
            verb=inline_html(asked),
        )
        .replace("  ", " ")
        .replace(" ?", "?")
    )
    shown = title or clause.subject
    what = slug(f"{shown} {verb}")
    key = (
        f"gloss/{slug(_without_brackets(shown))}" if kind is Kind.GLOSS else f"{kind.value}/{what}"
    )
    traits = {"title-subject"} if title else set()
    if clause.opening:
        traits.add("opening")
    if clause.verb is not None and root(clause.verb.base) in roots(shown):
        traits.add("echo")
    theirs = re.search(r"\b(?:their|its|his|her)\b", answer)
    if theirs and (theirs[0] == "their") is not plural and kind is not Kind.GLOSS:
        traits.add("dangling")
    return Fact(
        kind,
        cue,
        question if title else question[0].upper() + question[1:],
        answer,
        key,
        f"{clause.opening} {shown} {asked}",
        frozenset(traits),
    )


def _who(sentence: _Sentence, clause: Clause, verb: str, answer: str) -> Fact:
    subject = _lowered(clause.subject, sentence.lower)
    question = phrase(
        "who",
        opening=inline_html(clause.opening),
        verb=_past_of(verb),
        subject=inline_html(subject),
    )
    return Fact(
        Kind.DOES,
        "person",
        question[0].upper() + question[1:],
        re.split(r",? (?:in|during|at|around|as|and (?:is|was|has)|on|after|for|to)\b", answer)[0],
        f"does/{slug(clause.subject)}/who",
        f"{clause.opening} {clause.subject} {verb}",
    )


def _past_of(participle: str) -> str:
    return {"written": "wrote"}.get(participle, participle)


def _without_brackets(text: str) -> str:
    return re.sub(r"\s*\([^()]*\)", "", text).strip() or text


def _lowered(subject: str, lower: frozenset[str]) -> str:
    """Return *subject* as it is written inside a sentence: a name keeps its capital."""
    first, blank, rest = subject.partition(" ")
    low = first.lower()
    if low in ("a", "an", "the"):
        return low + blank + rest
    if (
        not (first[:1].isupper() and first[1:] == low[1:] and "'" not in first and "’" not in first)
        or rest[:1].isupper()
    ):
        return subject
    is_word = " " in rest and rest.split()[0] != "and" and is_english(root(low))
    if is_word and not low.endswith(("ian", "ean", "ese", "ish", "man")):
        return low + blank + rest
    if low.endswith(("ed", "ing")) or not lower.isdisjoint((low, f"{low}s", low.removesuffix("s"))):
        return low + blank + rest
    return subject


def _first_part(text: str, goes_on: re.Pattern[str]) -> str:
    """Return *text* up to where it goes on to something else."""
    depth = 0
    for found in goes_on.finditer(text):
        part = text[: found.start()]
        if part.count("(") == part.count(")") and not _in_list(text, found):
            return part.strip().rstrip(".,")
    return text.strip().rstrip(".,")


def _before_second_verb(text: str, verb: Verb) -> str:
    """Return *text* up to "and" with a second verb of the same form: ``and reflect the values``."""
    for found in re.finditer(r",? and (?:\w+ly )?(\w+) (?=the |an? |in |to |its |their |\w)", text):
        second = find_verb(found[1])
        if second is not None and second.form == verb.form and verb.form != "base":
            return text[: found.start()]
        if (
            second is not None
            and verb.form == second.form
            and re.match(r"(?:the|an?|its|their)\b", text[found.end() :])
        ):
            return text[: found.start()]
    return text


def _in_list(text: str, found: re.Match[str]) -> bool:
    """Whether what looks like a participle is a member of a list: ``reading, writing, and ...``."""
    if not re.match(r", (?:\w+ )?\w+ing\b", found[0]):
        return False
    return (
        bool(re.match(r"[^,]{0,30}, (?:and|or) ", text[found.end() :]))
        and "," in text[: found.start() + 1]
    )


def _reasons(sentence: _Sentence) -> Iterator[Fact]:
    """Yield why something is so, and what comes of it."""
    text = sentence.text.rstrip(".!")
    for pattern, kind, name, cue in (
        (_BECAUSE, Kind.WHY, "why", "because"),
        (_RESULT, Kind.EFFECT, "result", "result"),
    ):
        found = pattern.match(text)
        if not found:
            continue
        main = found["main"].strip()
        is_title = bool(sentence.title) and bool(re.match(r"(?:This|These|It|They)\b", main))
        clause = read_clause(main, below_title=bool(sentence.title))
        if clause is None and not _is_statement(main):
            continue
        if clause is not None and not clause.subject and not is_title:
            continue
        main = _without_connector(main)
        if main != found["main"].strip() and is_title:
            continue
        if (
            (POINTS_BACK.match(main) and not is_title)
            or re.match(r"(?:Some|Many|One) ", main)
            or not re.match(r"[A-Z$\\*]", main)
        ):
            continue
        if re.search(r"\b(?:this|these|those|such|former|latter|above)\b", main[1:].lower()):
            continue
        answer = found["reason"] if kind is Kind.WHY else found["result"]
        answer = (
            re.split(r", (?:and|but|which|who|while|whereas)\b|;", answer)[0].strip().rstrip(".,")
        )
        limit = _MOST_CLAUSE if kind is Kind.WHY else _MOST_WORDS
        if not 2 <= word_count(answer) <= limit or not 5 <= word_count(main) <= 28:
            continue
        if kind is Kind.WHY:
            answer = f"{found['cue'].strip()} {answer}"
        if not _is_specific(main) or vague_words(main) or _PRAISED.search(main):
            continue
        title = phrase("about", title=inline_html(sentence.title)) if is_title else ""
        if ", which" in main or main.endswith((",", " and", " or", " not")):
            continue
        question = title + phrase(name, clause=inline_html(main))
        stem = slug(" ".join(content_words(plain_text(main))[:6]))
        yield Fact(
            kind,
            cue,
            question,
            answer,
            f"{kind.value}/{stem}",
            f"{sentence.title if is_title else ''} {main}",
            frozenset({"title-subject"} if is_title else ()),
        )


def _is_statement(main: str) -> bool:
    return bool(
        re.search(
            r"\b(?:is|are|was|were|can|cannot|may|must|have|has|had|do|does|did|will)\b", main
        )
    )


def _without_connector(main: str) -> str:
    from qt2anki.notes.clauses import _CONNECTOR

    found = _CONNECTOR.match(main)
    if not found:
        return main
    rest = main[found.end() :]
    return rest[0].upper() + rest[1:]


def _halves(sentence: _Sentence) -> Iterator[Fact]:
    """Yield what the second of two contrasted clauses says."""
    found = _CONTRAST.match(sentence.text.rstrip("."))
    if not found:
        return
    clause = read_clause(found["two"])
    if clause is None:
        return
    for fact in _of_clause(_Sentence(found["two"], "", sentence.terms, sentence.lower), clause):
        yield Fact(
            fact.kind,
            "contrast",
            fact.question,
            fact.answer,
            fact.key,
            fact.front,
            fact.traits | {"second-half"},
        )


def _aliases(sentence: _Sentence, clause: Clause | None) -> Iterator[Fact]:
    first = _ALSO_FIRST.match(sentence.text)
    if first and sentence.title:
        alias, subject, plural, title = (
            first["alias"],
            sentence.title,
            is_plural(sentence.title),
            True,
        )
    else:
        found = _ALIAS.search(sentence.text)
        if not found:
            return
        alias, title = found["alias"], False
        before = sentence.text[: found.start()].rstrip(" ,(")
        if clause is not None and clause.subject == before and before:
            subject, plural = before, clause.auxiliary == "are" or clause.is_plural
        else:
            term = next((t for t in sentence.terms if before.lower().endswith(t.lower())), "")
            if not term:
                return
            subject = before[len(before) - len(term) :]
            plural = is_plural(subject)
    if word_count(alias) > 6 or roots(alias) & roots(subject) or POINTS_BACK.search(alias):
        return
    if title:
        question = phrase("about", title=inline_html(subject)) + phrase(
            "alias",
            opening="",
            auxiliary="are" if plural else "is",
            subject="they" if plural else "it",
        )
    else:
        question = phrase(
            "alias",
            opening="",
            auxiliary="are" if plural else "is",
            subject=inline_html(_lowered(subject, sentence.lower)),
        )
        question = question[0].upper() + question[1:]
    yield Fact(Kind.ALIAS, "alias", question, alias.strip('"“”'), f"alias/{slug(subject)}", subject)


def _glosses(sentence: _Sentence) -> Iterator[Fact]:
    """Yield what a keyword means where the sentence says so in passing."""
    for term in sentence.terms:
        at = sentence.text.lower().find(term.lower())
        if not any(map(is_rare, roots(term))):
            continue
        end = at + len(term)
        after = sentence.text[end:]
        short = re.match(r"s?(?: \([A-Z][\w-]{1,8}\))?", after)
        name = sentence.text[at : end + (short.end() if short else 0)]
        after = after[short.end() if short else 0 :]
        gloss = re.match(
            r" \((?P<a>[a-z][^()]{12,120})\)|, which (?:(?:is|are) (?=an? |the )|refers? to|means) ?(?P<b>[^;:]{12,200})"
            r"|, (?P<c>(?:an?|the) [^,;:]{12,140}?)(?=, (?!and|or)|\.|$)|, meaning (?:that )?(?P<e>[^,;:]{12,120})"
            r"|—(?P<d>[a-z][^—;:]{12,140})",
            after,
        )
        if not gloss:
            continue
        text = next(part for part in gloss.groups() if part)
        before = sentence.text[:at]
        if gloss["c"] and (
            re.match(
                r"(?:In|For|When|If|At|On|During|With|By|As|Unlike|Like|Through|Within|To|From|Under|After|Before|Since|While|Although)\b",
                before,
            )
            or re.search(
                r"\b(?:in|of|on|at|from|within|and|or|to|with)(?: the| an?)? (?:\w+ )?$", before
            )
            or re.search(
                r"\b(?:is|are|was|were|has|have|can|may|\w+es|involves|\w+ts) (?:the|a|an|in|to|from)\b",
                text.partition(" that ")[0].partition(" which ")[0],
            )
        ):
            continue
        text = _first_part(text, _DEFINITION_GOES_ON).removeprefix("the process of ")
        if _NO_GLOSS.match(text) or _PRAISE.match(text) or POINTS_BACK.match(text):
            continue
        if not 3 <= word_count(text) <= _MOST_CLAUSE or " and " in name:
            continue
        plural = is_plural(name)
        article = re.search(r"\b(the|an?) $", before, re.IGNORECASE)
        if re.search(r"[\w-]$", before) or re.match(r"[\w-]", after):
            continue
        shown = (f"{article[1].lower()} " if article else "") + _lowered(name, sentence.lower)
        is_name = name[0].isupper() and not name.isupper() and at > 0
        question = (
            phrase("means", term=inline_html(_lowered(name, sentence.lower)))
            if not is_name
            else phrase(
                "who_is" if _PERSON.search(text) and re.match(r"[A-Z]\S* [A-Z]", name) else "is",
                opening="",
                auxiliary="are" if plural else "is",
                subject=inline_html(shown),
            )
        )
        yield Fact(
            Kind.GLOSS,
            "gloss",
            question[0].upper() + question[1:],
            text,
            f"gloss/{slug(_without_brackets(name))}",
            name,
        )
