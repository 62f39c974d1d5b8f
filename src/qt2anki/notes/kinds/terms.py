"""Make notes about terms: ``term`` asks for the name, ``define`` for the meaning.

Both cards belong to one note, so Anki can show them on different days: they give each other away. A
title is a term when the page lists it as a keyword and it is a rare word: neither is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Kind
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.cloze_deletion import box, mask
from qt2anki.notes.frame import Frame
from qt2anki.notes.frequency import rare_of, specialist_of, technical_of
from qt2anki.notes.gates import (
    core_fits,
    echoes,
    front_fits,
    leaks,
    other_forms,
    residual,
    says_something,
)
from qt2anki.notes.identity import slug
from qt2anki.notes.kinds.acronyms import find_acronyms, is_acronym, singular, stands_for
from qt2anki.notes.kinds.definitions import DEFINING, read_definition
from qt2anki.notes.kinds.explanations import has_synonym
from qt2anki.notes.kinds.point_questions import PERSON
from qt2anki.notes.phrases import phrase
from qt2anki.notes.soft_gates import clue_fits, identifies, is_label
from qt2anki.notes.text_units import Unit
from qt2anki.notes.words import content_words, root, roots, word_count
from qt2anki.outline.sentences import first_sentence
from qt2anki.outline.sequence.view import is_command

_TERM_MOST_WORDS = 6
_CLUE_LEAST_WORDS = 15
_CLUE_LEAST_LEFT = 6
_MEANING_LEAST_LEFT = 4
_CLUE_MOST_HIDDEN = 0.25
_LEAST_NEW_WORDS = 4
_LETTERS = re.compile(r"\b[a-z]+")
_MOST_TOLD = 0.6  # the share of the words of a name that its meaning may repeat
_ARTICLE = re.compile(r"(?:an?|the) ", re.IGNORECASE)
_BRACKET = re.compile(r"\s*\(([^()]*)\)")
_NO_TERM = re.compile(
    r"(?:enhanc|improv|increas|reduc|decreas|provid|promot|foster|support|address|understand|ensur"
    r"|encourag|develop(?:ing|ment of)|build|manag|us(?:e|ing)\b|role|impact|influence|effects?\b"
    r"|importance|significance|challenges?|benefits?|advantages?|types? of|examples?|key|main"
    r"|lack of|need for|limited|access to|focus on|emphasis|creat|obligation|dut(?:y|ies)"
    r"|responsibilit|rights?\b|identify|establish|maintain)",
    re.IGNORECASE,
)
# Hepatitis C, vitamin D, type 2: a clue about one mostly fits the others, too.
_ONE_OF_A_ROW = re.compile(r" (?:[A-Z]|[IVX]+|\d+)$")
_NOUNS = re.compile(
    r"\b(type|kind|form|component|stage|phase|hormone|principle|method|technique|structure"
    r"|layer|enzyme|disease|disorder|condition|model|law|test|symptom|element|organelle|mechanism"
    r"|concept|tissue|reaction|bond|process|approach|strategy|system|style|function|region"
    r"|gland|bone|muscle|vessel|cell|drug|vitamin|mineral|algorithm|protocol|device|instrument"
    r"|movement|period|perspective|pattern|part|skill|bias|error|fallacy|virtue|doctrine|category"
    r"|complication|adaptation|pathway|defense|schedule|measure|cost|tax|policy|treaty|material"
    r"|feature|term|plane|command|tool|group|sign|bond|wave|force|species|organ|procedure)s\b"
    r"|\b(propert|theor)ies\b|\b(branch)es\b",
    re.IGNORECASE,
)
# The thing that a question asks for: its first words, up to a word that adds details.
_LISTS = re.compile(
    r"(?:what|which|describe|explain|list|name|can you explain|identify|who)\b"
    r"((?: (?!(?:of|in|on|for|used|that|to|and|involv\w+|during|between|with|affect\w*|do|does|did"
    r"|can|could|should|must|may|will)\b)"
    r"[\w-]+)*)",
    re.IGNORECASE,
)
# Clues that fit many things: a list of parts in which the specific part is boxed, what something
# may be used for, what other things do, too.
_BOX_LISTED = re.compile(
    r", ▢,? (?:and|or)\b|\b(?:of|with|includ(?:es?|ing)|contain(?:s|ing)) ▢ and\b"
)
_LOOSE = re.compile(
    r"(?:this|these)(?: \w+){0,2} (?:may|might) (?:also )?be\b"
    r"|\b(?:an?|uses?|using) (?:\w+ )?similar (?!to)"
    r"|\balso (?:defined|has|have)\b|▢ ▢|\b(?:early|late) in ▢"
    r"|^(?:(?:an?|the) )?▢ (?:is|are) (?:an? |the )?(?:\w+ )?▢"
    r"|\b(?:higher|lower) ▢|^This is another (?!way)|\bbeing investigated\b"
    r"|\bcertain (?:patients|people|individuals|cases|situations)\b",
    re.IGNORECASE,
)
_PRODUCT = re.compile(
    r"(?:this|these|an?|the)(?: \w+){0,2} (?:apps?|applications?|platforms?|websites?|services?"
    r"|compan(?:y|ies)|brands?|organi[sz]ations?|products?)\b",
    re.IGNORECASE,
)
_LEAST_OF_PRODUCT = 3
_QUALITY = re.compile(r"\w{3,}(?:less|ful|ive|ous|able|ible|ual)$", re.IGNORECASE)
_HE_OR_SHE = re.compile(r"(?:^|[.,] )(?:he|she) ", re.IGNORECASE)
_CONTRAST = re.compile(r",? (?:while|whereas) (?=[^,]{10,})")
_CASE = re.compile(r"(?:For (?:example|instance)|Examples?|Such as|However|In contrast)\b")
_PEOPLE = re.compile(
    r"\b(?:figures|thinkers|philosophers|scientists|authors|poets|artists|leaders|theorists"
    r"|contributors|inventors|kings|presidents|writers|composers|people|individuals)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Term:
    """A term with its clue, all Markdown except for the plain title."""

    title: str  # as shown in the answer
    plain: str  # without brackets
    clue: str
    meaning: str  # "" if the clue is not a definition
    unit: Unit
    name: str


def term_candidates(frame: Frame, units: Iterable[Unit]) -> Iterator[Candidate]:
    """Yield a note for each point whose title is a term, and each sentence that defines one."""
    keywords = frozenset(map(roots, frame.page.keywords)) - {frozenset()}
    if not keywords:
        return
    seen: set[str] = set()
    for unit in units:
        for term in _terms(unit, keywords):
            names = {term.name, slug(term.plain)}
            candidate = _candidate(frame, term) if seen.isdisjoint(names) else None
            if candidate is not None:
                seen |= names
                yield candidate


def _terms(unit: Unit, keywords: frozenset[frozenset[str]]) -> Iterator[_Term]:
    """Yield the terms of *unit*: its title, or else a term that one of its sentences defines."""
    if unit.title and not unit.is_step and _is_keyword(unit.title, keywords):
        plain = _without_brackets(plain_text(unit.title))
        if rare_of(roots(plain)):
            opening = [one.markdown for one in unit.sentences[0][:2]] if unit.texts else []
            first = opening[0].replace("**", "") if opening else ""
            found = read_definition(first, unit.title)
            meaning = found.answer if found else ""
            yield _Term(unit.title, plain, _clue(opening), meaning, unit, unit.name)
    for sentence in chain.from_iterable(unit.sentences):
        if sentence.words.isdisjoint(DEFINING):
            continue
        found = read_definition(sentence.markdown.replace("**", ""), "")
        if found and _is_keyword(term := _ARTICLE.sub("", found.subject), keywords):
            plain = _without_brackets(plain_text(term))
            yield _Term(term, plain, sentence.markdown, found.answer, unit, slug(plain))


def _is_keyword(title: str, keywords: frozenset[frozenset[str]]) -> bool:
    plain = plain_text(title)
    if roots(plain) in keywords:
        return True
    return "(" in plain and any(
        roots(form) in keywords for form in (_without_brackets(plain), *_BRACKET.findall(plain))
    )


def _without_brackets(title: str) -> str:
    return _BRACKET.sub("", title).strip() or title


def _clue(opening: list[str]) -> str:
    """Return the first sentence of the text, or two if the first is short.

    Words about the opposite are cut off: ``, while veins ...``.
    """
    if not opening or opening[0].endswith(":"):
        return ""
    first, *more = opening
    if found := _CONTRAST.search(first):
        first = f"{first[: found.start()]}."
    is_short = word_count(first) < _CLUE_LEAST_WORDS
    if is_short and more and not more[0].endswith(":") and not _CASE.match(more[0]):
        return f"{first} {more[0]}"
    return first


def _candidate(frame: Frame, term: _Term) -> Candidate | None:
    section = term.unit.section
    known = frame.known(section)
    secret = residual(term.plain, known=known)
    if not _is_term(term, secret) or not says_something(term.plain, known=known):
        return None
    masked = _masked(term, secret)
    if masked is None:
        return None
    ask = _ask(term, frame.question)
    clue = plain_text(masked)
    if not front_fits(frame.context_text(section), clue, ask):
        return None
    if leaks(term.plain, known=known, front=roots(clue) | roots(ask)):
        return None
    if has_synonym(secret, roots(clue)) or _is_contracted(term.plain, clue):
        return None
    if _fits_many(clue, known) or _is_half_told(term.plain, secret, clue):
        return None
    note = frame.qa(
        Kind.TERM,
        f"item/{term.name}",
        question=f'{masked}<div class="qt-ask">{ask}</div>',
        answer=f"<b>{inline_html(term.title)}</b>",
        context=frame.context(section),
        **_reverse(term, known),
    )
    return Candidate(
        note,
        term.unit.name if term.unit.title else "",
        sentence=plain_text(term.clue),
        cue="definition" if term.meaning else "clue",
        traits=_traits(term, clue, known),
    )


def _fits_many(clue: str, known: frozenset[str]) -> bool:
    if _BOX_LISTED.search(clue) or _LOOSE.search(clue):
        return True
    special = len(specialist_of(residual(clue, known=known)))
    return bool(_PRODUCT.match(clue)) and special < _LEAST_OF_PRODUCT


def _traits(term: _Term, clue: str, known: frozenset[str]) -> frozenset[str]:
    has = {
        "plain-clue": not specialist_of(residual(clue, known=known)),
        "defined": bool(term.meaning),
        "boxes": "▢" in clue,
        "short-clue": word_count(clue) < _CLUE_LEAST_WORDS,
        "several-words": " " in term.plain,
        "number": any(char.isdigit() for char in clue),
    }
    return frozenset(name for name, holds in has.items() if holds)


def _is_term(term: _Term, secret: frozenset[str]) -> bool:
    """Whether the title is a term of a field; with a definition, the criteria are less strict."""
    title = term.plain
    if not secret or 2 * len(secret) < len(roots(title)) or _NO_TERM.match(title):
        return False
    if _ONE_OF_A_ROW.search(title):
        return False
    if is_label(title) or word_count(title) > _TERM_MOST_WORDS or _QUALITY.match(title):
        return False
    return bool(rare_of(secret) if term.meaning else technical_of(secret))


def _is_half_told(title: str, secret: frozenset[str], clue: str) -> bool:
    """Whether the front and *clue* both give a word of the term away: directly, direct."""
    first, _, rest = title.partition(" ")
    sort = roots(first)
    return bool(rest) and sort.isdisjoint(secret) and echoes(sort, roots(clue))


def _is_contracted(title: str, clue: str) -> bool:
    """Whether *title* abbreviates a word of *clue*: transaldolase, TALDO."""
    shorts = re.findall(r"\b[A-Z]{4,}\b", title)
    return any(
        _spells(one.lower(), word) for one in shorts for word in _LETTERS.findall(clue.lower())
    )


def _spells(short: str, word: str) -> bool:
    """Whether *word* begins like *short* and has its other letters, in order."""
    letters = iter(word)
    return word[0] == short[0] and all(letter in letters for letter in short)


def _masked(term: _Term, secret: frozenset[str]) -> str | None:
    """Return the clue with every word of the term boxed; None if too little is left."""
    clue = plain_text(term.clue)
    if not clue or not clue_fits(clue) or is_command(clue):
        return None
    short = [form.lower() for form in _short_forms(term, clue)]
    if not all(map(content_words, short)):  # an acronym that looks like a function word: "AM"
        return None
    hidden = secret | other_forms(secret, clue) | set(map(root, short))
    masked = mask(inline_html(term.clue), secret=hidden, along=roots(term.title), hide=box)
    if masked is None:
        return None
    every = content_words(clue)
    gone = {root(word) for text in masked.hidden for word in content_words(text)}
    left = [word for word in every if root(word) not in gone]
    least = _MEANING_LEAST_LEFT if term.meaning else _CLUE_LEAST_LEFT
    if len(left) < least or len(every) - len(left) > _CLUE_MOST_HIDDEN * len(every):
        return None
    names_term = secret <= roots(plain_text(first_sentence(term.clue)))
    shown = plain_text(masked.html)
    is_told = bool(term.meaning) and not names_term
    return masked.html if is_told or identifies(shown, names_term=names_term) else None


def _short_forms(term: _Term, clue: str) -> Iterator[str]:
    """Yield the acronyms of the term that its title or the clue show."""
    for bracket in _BRACKET.findall(plain_text(term.title)):
        yield from content_words(bracket)
    for word in re.findall(r"\b[A-Z][A-Za-z&]{1,9}\b", clue):
        short = singular(word)
        if is_acronym(short) and stands_for(short, term.plain):
            yield short
    if is_acronym(singular(term.plain)):
        for acronym in find_acronyms(clue):
            if acronym.short == singular(term.plain):
                yield from content_words(acronym.long)


def _ask(term: _Term, question: str) -> str:
    """Ask for the term with the noun that announces its list, or that the page asks for."""
    if term.clue.startswith(("These ", f"{term.title} are ", f"{term.title} were ")):
        return phrase("name_several")
    if PERSON.match(term.clue) or _HE_OR_SHE.search(term.clue):
        return phrase("name_person")
    if term.title != term.unit.title:  # what the list lists are titles
        return phrase("name_one")
    asked = _LISTS.match(question)
    own = _NOUNS.search(f"{term.plain.rpartition(' ')[2].lower().removesuffix('s')}s")
    for around in (term.unit.lead, asked[1] if asked else ""):
        if _PEOPLE.search(around):
            return phrase("name_person")
        found = _NOUNS.search(around)
        if found:
            genus = _genus(found)
            is_other = own is not None and _genus(own) != genus
            # A heading that is one of them is followed by its parts.
            if is_other or re.search(rf"\b{genus}\b", term.unit.section, re.IGNORECASE):
                break
            return phrase("which", genus=genus)
    return phrase("name_one")


def _genus(found: re.Match[str]) -> str:
    return (found[1] or found[3] or f"{found[2]}y").lower()


def _reverse(term: _Term, known: frozenset[str]) -> dict[str, str]:
    """Return the fields of the second card, or none if the page gives no definition."""
    text = plain_text(term.meaning)
    if not text or not core_fits(text) or text.endswith(":"):
        return {}
    said = roots(text)
    if len(residual(text, known=known | roots(term.plain))) < _LEAST_NEW_WORDS:
        return {}
    for name in map(roots, (term.plain, *_BRACKET.findall(plain_text(term.title)))):
        each = (frozenset((one,)) for one in name)
        told = sum(echoes(one, said) or has_synonym(one, said) for one in each)
        if told > 1 and told >= _MOST_TOLD * len(name):
            return {}
    return {
        "reverse": phrase("define", term=inline_html(term.title)),
        "reverseanswer": inline_html(term.meaning),
    }
