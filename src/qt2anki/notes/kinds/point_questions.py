"""Questions about a point, asked by the grammar of the sentence that says what it is or does.

"This prefix denotes a factor of 1,000" below the title Kilo asks "What does Kilo denote?". The
answer is the page's own words, from the object of the verb to the end of the sentence.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from qt2anki.notes.words import root, roots, words

_PRONOUN = re.compile(r"(this|it|these|they)\b", re.IGNORECASE)
_AGREES = {"this": ("does",), "it": ("does", "did"), "these": ("do",), "they": ("do", "did")}
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_ASIDE = re.compile(
    r"\s*\([^()]*\)|, (?:also|or|including|such as|like|which)\b[^.;:]*?,(?= [a-z])"
)
_ADVERB = re.compile(
    r"(?:typically|primarily|usually|generally|often|mainly|commonly|essentially|then|mostly"
    r"|specifically|simply|directly|actively|also|normally|both|traditionally)$"
)
_FUNCTION_WORD = re.compile(
    r"(?:and|or|of|in|on|to|for|with|by|that|which|who|when|where|as|from|can|may|might|will|would"
    r"|should|must|be|been|has|have|had|not|about|at|into|than|the|an?)$"
)
_MOST_NOUNS = 3  # "This type of tissue contains"
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_TITLE_WORD = re.compile(r"[\W_]*([^\W_]+)(?:['’]s)?")
_ARTICLE = re.compile(r"(?:an?|the) ", re.IGNORECASE)
# A title such as Flexibility names what "it" has, not what it is.
_QUALITY = re.compile(
    r"(?:ity|ness|ion|ment|ance|ence|cy|ive|able|ible|ous|ful|less|ed|ism|al|ic|ship|ing|ed)s?$"
)
_SINGULAR = re.compile(r"(?:ss|is|us|ics|as|lens|diabetes|herpes|rabies|scabies|series|species)$")
_FIELD = re.compile(
    r"\b(?:theory|\w+ics|\w+ing|\w+logy|sciences?|analysis|medicine|stud(?:y|ies)|systems?"
    r"|design|management|research|computing|algorithms?)$",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"(?!(?:it|them|him|her|us|you|that|this|these|those|to|if|how|whether|more|most|less|and|or|in"
    r"|on|at|with|by|for|from|as|when|about|up|out|through|into|upon|significantly|closely)\b)"
)
_AND_VERB = re.compile(r"(?:and|or) (?:\w+ly )?[a-z]+ \w")
_AND_WORD = re.compile(r",? and (?:\w+ly |often |typically )?([a-z]+) (?=\w)")
_INNER_VERB = re.compile(r"\b(?:that|which|who|to|how|where)\b")
_BY_DOING = re.compile(r" (by (?!far\b|itself\b)(?:\w+ly )?[a-z]+ing\b.*)$")
_MOST_MEANS = 7  # words between the verb and "by ...ing"
_GENUS = re.compile(
    r"(?:the|any|two|three) |(?:[\w-]+,? ){1,4}?(?:that|which|who|whose|used|of|formed|found|made"
    r"|with|consisting|containing|for|where|in which|caused|located|produced|composed|between)\b"
)
_NO_GENUS = re.compile(
    r"(?:one of|part of|the (?:most|first|best|key|primary|main|foundation|cornerstone|basis|heart"
    r"|same|next|last|result|final)\b|(?:an? |the )?(?:\w+ly )?(?:crucial|essential|important|key"
    r"|vital|critical|significant|fundamental|great|powerful|valuable|necessary|useful|ideal"
    r"|integral|major|primary|prime|classic|popular|excellent|responsible|common|widespread"
    r"|dependent|able|likely|available|present|also|not|due|because|evident|often|so|such|what"
    r"|about|more|less|there|similar|closely|highly|particularly|especially|relatively|well"
    r"|when|where|how|why|to|in|on|at|of|for|as|with|by|from|central|prevalent|effective|capable"
    r"|prone|subject|characteristic|typical|sensitive|suitable|being|equal|pivotal|indicative"
    r"|\w+er (?:in|than|and))\b)"
)
_PARTICIPLE = re.compile(r"\w+(?:ed|en|wn|ung|ught|nd|ld) (?!\w+ (?:that|which|of)\b)")
_FRAGMENT = re.compile(
    r"An? (?:[\w-]+,? ){1,5}?(?:that|which|who|whose|in which|where|used|caused|made|formed"
    r"|located|consisting|containing|characteri[sz]ed|designed|composed|produced|involving|of|for)"
    r"\b|The (?:\w+ )?(?:process|ability|measure|measurement|study|state|condition|amount|number"
    r"|rate|tendency|act|practice|movement|loss|science|branch|belief|idea|degree|extent|average"
    r"|ratio|percentage|proportion|sum|difference|distance|point|part|area|region|layer|time|force"
    r"|energy|value|set|total|cost|price) (?:of|by|that|in|for|to|where|when|between|at)\b"
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|can|may|will|has|have|had|should|must|could|would|serves?|plays?|helps?"
    r"|depends?|varies|leads?|led|enables?|remains?|became|becomes?|ensures?|emphasi[sz]es?"
    r"|acts?|works?|functions?|operates?|exists?|appears?|means|allows?|evolved|raises?|highlights?|influences?|affects?|suggests?|continues?|demonstrates?)\b"
)
_MAIN_VERB = re.compile(
    r"(?<!that)(?<!which)(?<!who)(?<!where)(?<!when)(?<! and)(?<! or)(?<!ly)"
    r" (?:is|are|was|were|can|may|will|should|must|could|would)\b|, (?:it|they|this)\b"
)
_RELATIVE = re.compile(r"\b(?:that|which|who|whose|where|when)\b")
_OCCURS = frozenset("occur happen arise take begin form develop result".split())
_CASES = (
    ("from-what", re.compile(r"from (.*)")),
    ("when", re.compile(r"((?:when|if|after|once|during|as soon as|whenever) .*)")),
    ("why", re.compile(r"((?:because|due to|as a result of) .*)")),
    ("occurs-how", re.compile(r"((?:through|by|via) .*)")),
    (
        "where",
        re.compile(
            r"((?:in|at|within|between|on|along|inside) (?!(?:response|cases?|situations)\b).*)"
        ),
    ),
)
_OF = {
    "refer": ("to ", "what-is", ""),
    "consist": ("of ", "does-what", "consist of"),
}
_STATING = frozenset("state posit hold assert propose suggest argue claim".split())


_BE = ("is", "are", "was", "were")
_PLURAL = frozenset(("are", "were", "do"))
_HELPERS = (
    {"are": "is", "were": "was", "do": "does"},
    {"is": "are", "was": "were", "does": "do"},
)


@dataclass(frozen=True, slots=True)
class PointQuestion:
    """What a sentence about a point answers."""

    form: str  # names a question of point_questions.toml
    answer: str  # Markdown, a span of the sentence
    helper: str = ""  # is, are, was, were; does, do, did
    verb: str = ""  # its bare form
    thing: str = ""  # what it is done to, where the question names that

    @property
    def text(self) -> str:
        """The question as it follows the title (plain text)."""
        it, them = ("they", "them") if self.helper in _PLURAL else ("it", "it")
        return _table()["questions"][self.form].format(
            helper=self.helper, it=it, them=them, verb=self.verb, thing=self.thing
        )


def ask_point(title: str, sentence: str, *, opens: bool) -> PointQuestion | None:
    """Return what *sentence* says of the plain *title*, None where its subject is different.

    With *opens* it is the first sentence below the title, which "This ..." then points at.
    """
    if "**" in sentence and "\\(" not in sentence and "$" not in sentence:
        sentence = sentence.replace("**", "")
    inside = _in_title(title, sentence)
    if inside:
        return PointQuestion("in-it", inside)
    found = _predicate(title, sentence, opens=opens)
    if found is not None:
        verb, rest, after = found
        one = _first_predicate(verb, rest)
        asked = _being(verb, one) if verb in _BE else _doing(verb, one, after)
        if asked is None or _after_title(title, sentence) is not None:
            return asked
        return replace(asked, helper=_HELPERS[_is_plural(title)].get(asked.helper, asked.helper))
    if not opens or _has_verb(sentence) or roots(title) <= roots(sentence):
        return None
    verb = ("is", "are")[_is_plural(title)]
    if _FRAGMENT.match(sentence):
        return PointQuestion("what-is", sentence, verb)
    lowered = f"{sentence[:1].lower()}{sentence[1:]}"
    return _passive(verb, _without_adverb(lowered))


def _has_verb(fragment: str) -> bool:
    if _MAIN_VERB.search(fragment):
        return True
    head = _RELATIVE.split(fragment, maxsplit=1)[0]
    known = (_verbs().get(word) for word in _WORD.findall(head))
    return bool(_FINITE.search(head)) or any(found and found[1] == "does" for found in known)


def _in_title(title: str, sentence: str) -> str:
    if not sentence.startswith("In ") or _FIELD.search(title):
        return ""
    after = _after_title(title, sentence[3:])
    return after[2:] if after is not None and after.startswith(", ") else ""


def _predicate(title: str, sentence: str, *, opens: bool) -> tuple[str, str, str] | None:
    """Return the verb of a sentence about *title*, what follows it, and all from the verb on."""
    after = _after_title(title, sentence)
    if after is not None:
        return _find_verb(after, ("do" if _is_plural(title) else "does", "did"))
    pronoun = _PRONOUN.match(sentence)
    if pronoun is None:
        lowered = f" {sentence[:1].lower()}{sentence[1:]}"
        return _find_verb(lowered, ("does",)) if opens else None
    named = pronoun[1].lower()
    if named in ("it", "they"):
        if not opens or _QUALITY.search(title):
            return None
        return _find_verb(sentence[pronoun.end() :], _AGREES[named])
    known = None if opens else roots(title)
    return _find_verb(sentence[pronoun.end() :], _AGREES[named], nouns=_MOST_NOUNS, known=known)


def _find_verb(
    after: str, agrees: Collection[str], *, nouns: int = 0, known: frozenset[str] | None = None
) -> tuple[str, str, str] | None:
    """Find the verb at the start of *after*, behind adverbs and at most so many *nouns*.

    Where *known* roots are given, one of the nouns must be among them.
    """
    passed: list[str] = []
    for _ in range(nouns + 2):
        aside = _ASIDE.match(after)
        after = after[aside.end() :] if aside else after
        word = _WORD.match(after, 1)
        if not after.startswith(" ") or word is None:
            return None
        if word[0] in _BE or _verbs().get(word[0], ("", ""))[1] in agrees:
            is_meant = known is None or not known.isdisjoint(roots(" ".join(passed)))
            return (word[0], after[word.end() + 1 :], after[1:]) if is_meant else None
        if not _ADVERB.match(word[0]):
            passed.append(word[0])
            if len(passed) > nouns or _FUNCTION_WORD.match(word[0]):
                return None
        after = after[word.end() :]
    return None


def _after_title(title: str, sentence: str) -> str | None:
    """Return what follows *title* at the start of *sentence*, None where it does not open it."""
    bare = _BRACKETS.sub("", title)
    named = [root(word) for word in words(bare)]
    opening = _ARTICLE.match(sentence)
    at = opening.end() if opening else 0
    for name in named:
        word = _TITLE_WORD.match(sentence, at)
        if word is None or root(word[1].lower()) != name:
            return None
        at = word.end()
    return sentence[at:] if named else None


def _first_predicate(verb: str, rest: str) -> str:
    """Cut a second predicate off what follows *verb*: "and supplies blood to the arm"."""
    form = "does" if verb in _BE else _verbs()[verb][1]
    for second in _AND_WORD.finditer(rest):
        known = _verbs().get(second[1], ("", ""))[1]
        before = rest[: second.start()]
        if second[1] in _BE or (
            known == form and not (form == "do" and _INNER_VERB.search(before))
        ):
            return before
    return rest


def _being(verb: str, rest: str) -> PointQuestion | None:
    rest = _without_adverb(rest)
    passive = _passive(verb, rest)
    if passive is not None:
        return passive
    genus = _GENUS if verb in ("are", "were") else _ARTICLE
    if _PARTICIPLE.match(rest) or _NO_GENUS.match(rest) or not genus.match(rest):
        return None
    return PointQuestion("what-is", rest, verb)


def _passive(verb: str, rest: str) -> PointQuestion | None:
    for form, pattern in _passives():
        found = pattern.match(rest)
        if found:
            by = found[0].split()[0] if form == "invented-by" else ""
            return PointQuestion(form, rest[found.end() :].removeprefix("for "), verb, verb=by)
    return None


def _without_adverb(rest: str) -> str:
    word = _WORD.match(rest)
    return rest[word.end() + 1 :] if word and _ADVERB.match(word[0]) else rest


def _doing(verb: str, rest: str, after: str) -> PointQuestion | None:
    lemma, helper = _verbs()[verb]
    if lemma in _OCCURS:
        return _occurring(lemma, helper, rest)
    if lemma in _OF:
        preposition, form, asked = _OF[lemma]
        being = {"does": "is", "do": "are"}.get(helper, "was") if form == "what-is" else helper
        said = rest.removeprefix(preposition)
        return PointQuestion(form, said, being, asked) if said != rest else None
    if lemma in _STATING and rest.startswith("that "):
        return PointQuestion("does-what", rest[5:], helper, lemma)
    if _AND_VERB.match(rest):
        return PointQuestion("does", after, helper)
    if not _OBJECT.match(rest):
        return None
    means = _BY_DOING.search(rest)
    if means and len(rest[: means.start()].split()) <= _MOST_MEANS:
        return PointQuestion("how", means[1], helper, lemma, rest[: means.start()])
    return PointQuestion("does-what", rest, helper, lemma)


def _occurring(lemma: str, helper: str, rest: str) -> PointQuestion | None:
    if lemma == "take":
        lemma, rest = "take place", rest.removeprefix("place ")
    for form, pattern in _CASES:
        found = pattern.match(rest)
        if found:
            return PointQuestion(form, found[1], helper, lemma)
    return None


def _is_plural(title: str) -> bool:
    last = _BRACKETS.sub("", title).split()[-1:] or [""]
    return last[0].endswith("s") and not _SINGULAR.search(last[0].lower())


@cache
def _table() -> dict[str, dict[str, str]]:
    text = files("qt2anki.notes").joinpath("data", "point_questions.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _passives() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((form, re.compile(start)) for form, start in _table()["passives"].items())


@cache
def _verbs() -> dict[str, tuple[str, str]]:
    """Return for each form of the listed verbs its bare form and the helper a question needs."""
    forms: dict[str, tuple[str, str]] = {}
    text = files("qt2anki.notes").joinpath("data", "verbs.txt").read_text("utf-8")
    for line in text.splitlines():
        lemma, *past = line.split()
        forms[_third_person(lemma)] = (lemma, "does")
        forms[lemma] = (lemma, "do")
        forms[past[0] if past else _past(lemma)] = (lemma, "did")
    return forms


def _third_person(lemma: str) -> str:
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return f"{lemma[:-1]}ies"
    return f"{lemma}es" if lemma.endswith(("s", "x", "z", "ch", "sh")) else f"{lemma}s"


def _past(lemma: str) -> str:
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return f"{lemma[:-1]}ied"
    return f"{lemma}d" if lemma.endswith("e") else f"{lemma}ed"
