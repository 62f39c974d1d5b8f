r"""Make the question for a formula from the words before it, without those that give it away.

"The momentum $p$ of a body is given by:" is a question by itself. "It can be expressed as:" needs
the title above it. "Force equals mass times acceleration:" is the formula in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qt2anki.html.fragment import plain_text
from qt2anki.notes.kinds.formula_finder import PlacedFormula
from qt2anki.notes.kinds.questions import read_question
from qt2anki.notes.words import content_words, root, roots, word_count
from qt2anki.source.spans import find_spans

_LEAD_MOST_WORDS = 32
_EARLIER_MOST_WORDS = 25
_NAME_MOST_WORDS = 5
_LEAD_LONGEST = 600  # characters
_FORMULA_LONGEST = 160
_MOST_EQUALS = 2

_RELATION = re.compile(
    r"=|<|>|\\(?:leq?|geq?|neq?|approx|sim|equiv|propto|to|in|subset\w*|cong|implies|iff"
    r"|rightarrow|longrightarrow|(?:left)?rightleftharpoons|leftrightarrow|Rightarrow"
    r"|xrightarrow)\b"
)
_ROWS = re.compile(r"\\\\|\\begin\b|&")
_REACTION = re.compile(r"\\(?:x|long|left)?right(?:arrow|leftharpoons)\b|\\ce\b|\\to\b")
# Sums of a pathway: nobody recalls their figures, and pages write them in many ways.
_PATHWAY = re.compile(r"\b(?:NAD|FAD|ATP|ADP|NADP?H|FADH)\b|CoA\b")
_UNIT = re.compile(r"(?<=\d)(?:\\[,;: ]|[\s~])*\\text\w*\s*\{[^{}]*\}")
_WORD = re.compile(r"\\text\w*\s*\{[^{}\d]*\}")
_SCRIPT = re.compile(r"[_^]\s*(?:\{[^{}]*\}|\w)|\\log_?\{?10\}?|\\text\w*\{[^{}]*\}")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_ROUND = frozenset({"10", "12", "100", "180", "360", "365", "1000", "90"})
_LAST_PART = re.compile(r"(?:=|\\approx|\\equiv)(?!.*(?:=|\\approx|\\equiv))(.*)$", re.DOTALL)

_SAYS_FORMULA = re.compile(
    r"\b(?:formula\w*|equations?|given by|gives?|given as|express\w*|defin\w*|laws?|calculat\w*"
    r"|comput\w*|determin\w*|relat\w+|represent\w*|describ\w*|written|modell?ed|found using"
    r"|stat(?:es|ed)|theorem|rule|identity|principle|property|properties|condition|denot\w*"
    r"|summari[sz]ed|reaction|means|general (?:form|format)|standard form|satisf\w+|formulated"
    r"|obtained|articulated|encapsulated|transformation|ratio|function (?:is|of))\b",
    re.IGNORECASE,
)
_WORKED = re.compile(
    r"\b(?:for example|e\.g|for instance|suppose|assum\w+|consider|substitut\w+|plug\w*|we get"
    r"|we have"
    r"|we obtain|therefore|thus|hence|simplif\w+|solv\w+|rearrang\w+|given that|if we|would be"
    r"|let us"
    r"|let['’]s|an example|in this example|in our example|in this case|now|next|finally"
    r"|becomes?|then"
    r"|after (?:performing|substituting|integrating|solving)|the result|results? in|yields?"
    r"|unbalanced|multiply\w*|divid\w+ both|combine|factor out|we (?:can|compute|find|first|need)"
    r"|if you have|using the known|cross-multiplying|the new)\b",
    re.IGNORECASE,
)
_EXAMPLE_OF_LAW = re.compile(
    r"(?:for example|for instance),?\s+(?=.*\b(?:laws?|equations?|principle|theorem|identity"
    r"|analogue|conservation)\b)",
    re.IGNORECASE | re.DOTALL,
)
# A law, wherever it is used.
_STATES_LAW = re.compile(
    r"\b(?:laws?|rules?|theorem|principle|identity|equation) (?:of \w+ )?states?(?: that)?\W*$"
    r"|\b(?:is|are) (?:given|expressed|calculated|defined|found) (?:by|as|using)"
    r"(?: the (?:following )?(?:formula|equation))?\W*$"
    r"|\b(?:formula|equation) (?:for|to \w+) [^,;]+ is(?: given by)?\W*$",
    re.IGNORECASE,
)
_EXAMPLE_TITLE = re.compile(
    r"\b(?:examples?|problems?|solutions?|step \d+|sample|case study|exercise|practice|calculating"
    r"|application problem)\b",
    re.IGNORECASE,
)
# The formula in words.
_TOLD = re.compile(
    r"\b(?:divided by|multiplied by|product of|times the|minus|plus|subtract\w*|sum of"
    r"|square root of"
    r"|proportional to|squared?\b(?! root)|difference between|ratio of|equals?|equal to|per unit"
    r"|(?:is|are|be|to) (?:also )?zero)\b",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:is|are|can be|may be) (?:also )?(?:then )?(?:mathematically )?(?:defined as|given by"
    r"|expressed as|calculated (?:as|by)|equal to|the)\b",
    re.IGNORECASE,
)
# Words that can precede any formula, so they do not name one.
_ANY = roots(
    "mathematically mathematical formula formulas equation equations expression express expressed"
    " given gives give defined definition law laws calculate calculated calculation compute"
    " computed determine determined relationship relation represent represented representation"
    " describe described written form general standard follow follows following quantitatively"
    " principle theorem rule identity concept property properties process value values way can"
    " denoted summarized summary overall state states stated notation found simply simple basic"
    " fundamental fundamentally articulated formulated encapsulated succinctly typically often"
    " commonly usually also using use method model statement condition transformation magnitude"
    " reaction number function result interpretation explanation direct indirect example instance"
    " chemical primary key two mathematics"
)
_POINTS_BACK = re.compile(
    r"(?:mathematically|thus|formally|specifically)?,?\s*(?:(?:it|this|these|they|that|such|its"
    r"|their)\b"
    r"|the (?:formula|equation|relationship|law|principle|condition|transformation|process|"
    r"definition|result|relation|calculation|general form(?:at)?|mathematical \w+)"
    r"(?= (?:is|are|can|may|was|will|has)\b|$))",
    re.IGNORECASE,
)

_THIS = re.compile(
    r"\b(?:this|these|those) (?!(?:is|are|can|may|was|will|has|have|means|gives|law|principle"
    r"|relation(?:ship)?|formula|equation|theorem|rule|definition|concept)\b)"
    r"((?:[a-z]+(?:ed|ing) )?[a-z]+)",
    re.IGNORECASE,
)

# The law that a question is about, or what is used or calculated.
_ASKED_LAW = re.compile(
    r"(?:[A-Z][\w.-]*['’]s? (?:\w+ ){0,2})?\b(?:(?i:laws?|principle|theorem|rule|equation))"
    r" of (?:\w+ )?\w+(?= (?:and|in|to|for|relate)\b|[?,])"
    r"|[A-Z][\w.-]*['’]s? (?:\w+ ){0,2}(?i:law|principle|theorem|rule|equation)\b"
    r"|(?<=^How is )(?:[\w-]+ ){1,4}(?=(?:\([^()]*\) )?(?:used|calculated|computed|defined|measured"
    r"|determined|expressed|described|evaluated)\b)"
)
_SEVERAL = re.compile(r"(?:the )?(?:[\w-]+ )?(?:equations|formulas|formulae|laws)\b", re.IGNORECASE)


def is_general(formula: PlacedFormula) -> bool:
    """Whether a formula is a law, not a line of a worked example or a derivation."""
    tex = formula.tex
    if len(tex) > _FORMULA_LONGEST or len(formula.lead) > _LEAD_LONGEST:
        return False
    if tex.count("=") > _MOST_EQUALS or _ROWS.search(tex):
        return False
    if _REACTION.search(tex) and _PATHWAY.search(tex):
        return False
    lead = _EXAMPLE_OF_LAW.sub("", plain_text(formula.lead))
    is_used = any(map(_EXAMPLE_TITLE.search, _places(formula))) and not _STATES_LAW.search(lead)
    if not _RELATION.search(tex) or is_used or _WORKED.search(lead) or _SEVERAL.match(lead):
        return False
    if lead and not _SAYS_FORMULA.search(lead) and not _is_in_words(formula):
        return False
    if not lead and not formula.titles:
        return False
    return bool(_REACTION.search(tex)) or not _has_values(tex)


def _is_in_words(formula: PlacedFormula) -> bool:
    """Whether the lead is the formula in words, under the name of what it yields."""
    told = _TOLD.search(plain_text(formula.lead))
    name = roots(plain_text(formula.titles[-1])) if formula.titles else frozenset()
    return told is not None and not name.isdisjoint(roots(formula.tex.partition("=")[0]))


def _places(formula: PlacedFormula) -> tuple[str, ...]:
    return (*formula.titles, formula.section)


def _has_values(tex: str) -> bool:
    """Whether values were inserted: a number of two digits or more, or only a number at the end."""
    bare = _SCRIPT.sub(" ", _WORD.sub("x", _UNIT.sub("", tex)))
    numbers = {number.rstrip(",").replace(",", "") for number in _NUMBER.findall(bare)}
    if any(len(number) > 1 and number not in _ROUND for number in numbers):
        return True
    last = _LAST_PART.search(bare)
    ends = re.sub(r"\\[a-zA-Z]+|[\s{}.,%°\\$]", "", last[1]) if last else ""
    return ends.isdigit() and ends not in ("0", "1")


def subject_title(formula: PlacedFormula) -> str:
    """Return the innermost title or heading that names something, or ""."""
    for title in (*reversed(formula.titles), formula.section):
        if title and _own_roots(title) and not _EXAMPLE_TITLE.search(title):
            return title
    return ""


def subject_words(formula: PlacedFormula) -> str:
    """Return the first specific words of the lead, to tell formulas apart."""
    lead = plain_text(_without_math(formula.lead))
    own = [word for word in content_words(lead) if root(word) not in _ANY]
    return " ".join(own[:_NAME_MOST_WORDS])


def fronts(formula: PlacedFormula, question: str, *, alone: bool) -> Iterator[str]:
    """Yield possible questions (Markdown, one line), the most specific first.

    If *alone*, the page does not have a second formula that its *question* could mean, so a lead
    may refer to what is asked there ("This law is expressed as").
    """
    title = subject_title(formula)
    lead = _lead(formula)
    plain = plain_text(lead)
    short = 0 < word_count(plain) <= _LEAD_MOST_WORDS
    clear = short and not _points_at_unseen(plain, formula)
    if clear and _names_something(lead):
        yield lead
    if title and clear and not _names_something(lead):
        yield f"**{title}**. {lead}"
    if short and _can_open(formula.earlier):
        yield f"{formula.earlier} {lead}"
    name = _asked_name(question) if clear and alone and not title else ""
    if _own_roots(name):
        yield f"**{name[:1].upper()}{name[1:]}**. {lead}"
    if title and not lead and _is_in_words(formula):
        yield f"**{title}**"


def _asked_name(question: str) -> str:
    """Return the name of what a question asks to define, or else of the law it is about, or ""."""
    term = read_question(question).term
    law = _ASKED_LAW.search(question)
    return term if 0 < word_count(term) <= _NAME_MOST_WORDS else law[0].strip() if law else ""


def _points_at_unseen(lead: str, formula: PlacedFormula) -> bool:
    """Whether the lead has "this ring", but no title above mentions a ring."""
    told = roots(" ".join(map(plain_text, _places(formula))))
    return any(found.start() and not roots(found[1]) <= told for found in _THIS.finditer(lead))


def _can_open(earlier: str) -> bool:
    plain = plain_text(earlier)
    return (
        0 < word_count(plain) <= _EARLIER_MOST_WORDS
        and not _POINTS_BACK.match(plain)
        and not _TOLD.search(plain)
        and not _WORKED.search(plain)
    )


def _names_something(lead: str) -> bool:
    plain = plain_text(_without_math(lead))
    return not _POINTS_BACK.match(plain) and bool(_own_roots(lead))


def _own_roots(text: str) -> frozenset[str]:
    found = roots(plain_text(_without_math(text))) - _ANY
    return frozenset(word for word in found if len(word) > 1)


def _without_math(text: str) -> str:
    parts: list[str] = []
    last = 0
    for span in find_spans(text):
        parts.append(text[last : span.start])
        last = span.end
    return " ".join((*parts, text[last:]))


def _lead(formula: PlacedFormula) -> str:
    """Return the lead without its colon and without the formula, in signs or in words.

    The result is "" if no words are left for a question.
    """
    lead = _EXAMPLE_OF_LAW.sub("", formula.lead)
    lead = _without_copy(lead, formula.tex).rstrip(" :,.")
    told = _TOLD.search(lead)
    if told is not None:
        verb = _VERB.search(lead)
        lead = (
            lead[: verb.end()].removesuffix(" the") if verb and verb.start() <= told.start() else ""
        )
        lead = lead if _own_roots(lead) else ""
    return lead[:1].upper() + lead[1:]


def _without_copy(lead: str, tex: str) -> str:
    """Remove the formula from its lead; the left side of "$E = mc^2$" may stay."""
    whole = folded_tex(tex)
    left = whole.partition("=")[0]
    out: list[str] = []
    last = 0
    for span in find_spans(lead):
        inner = lead[span.inner_start : span.inner_end]
        side, equals, _ = inner.partition("=")
        if span.kind == "inline" and (
            (folded_tex(inner) in whole and equals) or folded_tex(inner) == whole
        ):
            kept = f"${side.strip()}$" if equals and folded_tex(side) == left else ""
            out += [lead[last : span.start], kept]
            last = span.end
    return "".join((*out, lead[last:]))


def folded_tex(tex: str) -> str:
    """Return *tex* without layout commands, to compare formulas."""
    return re.sub(r"[\s{}.,]|\\[,;! ]|\\(?:text|mathrm|mathbf|vec|left|right|cdot)\b", "", tex)
