"""Short answers to a page's question, by the form of answer that it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qt2anki.html.block_html import blocks_html
from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Formula, Item, Listing, Outline, Paragraph
from qt2anki.notes.frequency import is_technical, rate
from qt2anki.notes.identity import without_counter
from qt2anki.notes.kinds.questions import Asked, Wants
from qt2anki.notes.refusals import speaks_of_sources
from qt2anki.notes.soft_gates import is_label
from qt2anki.notes.words import roots, vague_words, word_count
from qt2anki.outline.sentences import sentences
from qt2anki.outline.sequence.score import Sequence

_LEAST_WORDS = 6
_MOST_WORDS = 40
_MOST_MEMBERS = 5
_MOST_STEPS = 6
_MOST_BESIDE = 5  # roots of a main clause that are not of the question
_RARE = 300  # of 10,000 pages: a word of some subjects, not of all


@dataclass(frozen=True, slots=True)
class Core:
    """One possible graded answer."""

    html: str
    text: str  # as a reader sees it
    cue: str  # what makes it an answer
    sentence: str = ""  # the sentence of the page that it is from
    hint: str = ""  # its shape, shown with the question: "6 steps, in order"
    traits: frozenset[str] = frozenset()


def cores(asked: Asked, outline: Outline, sequences: tuple[Sequence, ...]) -> Iterator[Core]:
    """Yield the answers that fit the question, the best first."""
    told = list(_told(outline, asked))
    match asked.wants:
        case Wants.DEFINITION:
            yield from _definitions(asked, told)
            yield from _statements(asked, told)
        case Wants.DIFFERENCE:
            yield from _contrasts(asked, told)
            yield from _pairs(asked, outline)
        case Wants.SET:
            yield from _steps(asked, sequences)
            yield from _members(asked, outline)
            yield from _enumerations(asked, told)
        case Wants.ORDER:
            yield from _steps(asked, sequences)
            yield from _clauses(asked, told)
            yield from _statements(asked, told)
        case Wants.REASON | Wants.OTHER:
            yield from _clauses(asked, told)
            yield from _enumerations(asked, told)
            yield from _statements(asked, told)
        case Wants.FORMULA:
            yield from _formulas(asked, outline)
        case Wants.FACT:
            yield from _facts(asked, told)


# --- sentences of the page ----------------------------------------------------------------------

_POINTS_AWAY = re.compile(
    r"(?:understanding|these|this|such|they|it|its|their|he|she|his|her|overall|through (?:these"
    r"|this)|by (?:understanding|following|these|this)|for (?:example|instance)|consider|suppose"
    r"|here|below|additionally|in addition|furthermore|moreover|however|thus|therefore|hence|also"
    r"|both|each|together|similarly|let|note|if you|you|we|your|our|those|that|one|another|then"
    r"|when you|at this|in this|finally|as a result|consequently|conversely|in contrast|despite)\b",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"\b(?:(?:wide|broad|diverse|full) (?:range|array|variety)|a (?:range|variety|number|combination"
    r"|mix|series|set) of|insights?|plays?(?: an?)?(?: \w+){0,2} role|implications?|complexit\w+"
    r"|navigat\w+|broader|multi-?faceted|pivotal|cornerstone|tapestry|powerful|serves as"
    r"|key (?:concepts?|aspects?|elements?|factors?|components?|differences?|distinctions?)"
    r"|landscapes?|interplay|underscor\w+|highlight\w*|illustrat\w+|emphasi[sz]\w+|exemplif\w+"
    r"|reflects?|reflecting|deeper|understanding|straightforward|remarkabl\w+|meaningful"
    r"|fascinating|questions|opportunit\w+|challeng\w+|success\w*|has been|have been|continu\w+"
    r"|rich|unique\w*|dynamics?|beneficial|benefits?|perspectives?|aspects?|factors|overlook\w*"
    r"|legacy|commitment|journey|testament|shap(?:e|es|ed|ing)|influenc\w+|impact\w*|affect\w*"
    r"|address\w*|ensur\w+|complex|critical\w*|relevan\w+|integral|central|several|various|many"
    r"|numerous|specific|appropriate|necessary|better|distinct\w*|notabl\w+|strateg\w+|approach\w*"
    r"|consider\w*|focus\w*|context\w*|outcomes?|well-being|experiences?|interconnected"
    r"|intertwined|intricate|nuanced?|as follows|the following|tailored|holistic|robust|evolv\w+"
    r"|transform\w+|frameworks?|diverse|engag\w+|personali[sz]ed|creativ\w+|facilitat\w+"
    r"|leverag\w+|utili[sz]\w+|informed|principles|practices|efforts|needs|meaning|concepts?"
    r"|empower\w+|connections?|relationships?|values|structured|systematic|foundational|deeply)\b"
)
# Where a sentence may end early: what follows is left off where it praises.
_TRAIL = re.compile(
    r", (?:thereby|thus|ultimately|(?:and )?therefore|\w+ing|which|where|while|as)\b"
    r"| (?:that (?:is|are) )?(?:essential|crucial|important|vital|necessary|critical) (?:for|in|to)\b"
    r"|, (?=(?:particularly|especially|often|including|primarily)\b)"
)
_SHORTEST = 8  # words


class _Told:
    """A sentence of the page, with what it is judged by."""

    def __init__(self, markdown: str, *, deep: bool) -> None:
        self.markdown = markdown
        self.text = plain_text(markdown)
        self.is_deep = deep  # from under a heading or a point: it tells of a part
        self.short = _trimmed(markdown)
        self.said = plain_text(self.short)


def _told(outline: Outline, asked: Asked) -> Iterator[_Told]:
    """Yield the sentences that could be an answer: opening, summary, then the rest."""
    whole = [s for paragraph in outline.lead for s in sentences(paragraph.text)]
    if outline.summary:
        whole += sentences(outline.summary.text)[:3]
    parts: list[str] = []
    for block in outline.blocks:
        match block:
            case Paragraph(text=text):
                parts += sentences(text)
            case Listing(items=items):
                parts += [s for item in items for s in sentences(item.text)[:2]]
            case _:
                pass
    for markdown in dict.fromkeys((*whole, *parts)):
        if markdown[-1] not in ":?" and not speaks_of_sources(markdown):
            yield _Told(markdown, deep=markdown not in whole)


def _trimmed(markdown: str) -> str:
    """Cut off the end of a sentence from where it only praises."""
    for cut in _TRAIL.finditer(markdown):
        head, tail = markdown[: cut.start()], markdown[cut.start() :]
        whole = head.count("(") == head.count(")") and head.count("**") % 2 == 0
        if whole and word_count(head) >= _SHORTEST and _emptiness(tail):
            return f"{head}."
    return markdown


def _emptiness(text: str) -> int:
    return vague_words(text) + len(_EMPTY.findall(text.lower()))


def _news(text: str, known: frozenset[str]) -> tuple[int, int]:
    """Count the roots of *text* beyond *known* that few pages have, and the technical ones."""
    new = roots(text) - known
    figures = bool(re.search(r"\d|\\\(", text))
    return sum(rate(r) < _RARE for r in new) + figures, sum(map(is_technical, new)) + figures


def _covered(asked: Asked, text: str) -> float:
    return len(asked.topic & roots(text)) / max(1, len(asked.topic))


def _sentence(markdown: str, cue: str, told: _Told, known: frozenset[str], *traits: str) -> Core:
    shown = markdown[:1].upper() + markdown[1:]
    text = plain_text(shown)
    rare, technical = _news(text, known)
    own = {f"rare{min(rare, 9)}", f"technical{min(technical, 5)}", f"empty{_emptiness(text)}"}
    if told.is_deep:
        own.add("deep")
    if markdown not in told.markdown:
        own.add("trimmed")
    return Core(inline_html(shown), text, cue, told.text, traits=frozenset(own.union(traits)))


def _best(found: list[tuple[float, Core]]) -> Iterator[Core]:
    return (core for _, core in sorted(found, key=lambda pair: -pair[0]))


# --- how and why --------------------------------------------------------------------------------

_BY = re.compile(
    r"\b(?P<how>by (?:\w+ly )?\w+ing|through (?!(?:which|an?|the (?:use|lens|establishment|concept"
    r"|development|process|implementation)|their|its|several|various|two|three|these|this|such"
    r"|education|policies|processes|practices|mechanisms|programs|initiatives)\b)(?:the )?\w+)\b"
    r"|\b(?P<why>because|due to|since (?!\d|its|the \d|then))\b"
)
_CAUSES = re.compile(
    r"\b(?:by (?:\w+ly )?\w+ing|because|due to|causes?|causing|leads? to|leading to|results? in"
    r"|resulting in|triggers?|triggering|converts?|converting|prevents?|preventing|reduc(?:es|ing)"
    r"|increas(?:es|ing)|decreas(?:es|ing)|lowers?|raises?|produces?|releas(?:es|ing)|binds?"
    r"|inhibits?|stimulates?|depends? on|requires?|is proportional to|equals?|rather than"
    r"|instead of|whereas|when|was created|is used|are used|consists? of|breaks? down|allows?"
    r"|enables?|means that|indicates?|represents?|measures?|determines?|stores?|carr(?:y|ies)"
    r"|transports?|transmits?|absorbs?|regulates?|controls?|through)\b",
)


def _clauses(asked: Asked, told: list[_Told]) -> Iterator[Core]:
    """Yield "by ...-ing" and "because ..." of sentences whose main clause is the question."""
    known = roots(asked.text)
    asks_why = asked.text.lower().startswith("why")
    found: list[tuple[float, Core]] = []
    for one in told:
        if _POINTS_AWAY.match(one.text):
            continue
        for cue in _BY.finditer(one.markdown):
            main = one.markdown[: cue.start()]
            covered = _covered(asked, main)
            extra = len(roots(plain_text(main)) - known)
            if covered < 0.75 or word_count(main) > 30 or extra > _MOST_BESIDE:
                continue
            if cue["why"] and not asks_why and covered < 1:
                continue
            short = _trimmed(one.markdown[cue.start() :])
            said = plain_text(short)
            rare, technical = _news(said, known)
            if rare < 2 or _emptiness(said) or not 4 <= word_count(said) <= 30:
                continue
            core = _sentence(
                short, "how" if cue["how"] else "why", one, known, f"covers{int(10 * covered)}"
            )
            found.append((rare + technical + 5 * covered - word_count(said) / 10, core))
            break
    yield from _best(found)


def _statements(asked: Asked, told: list[_Told]) -> Iterator[Core]:
    """Yield whole sentences that tell how, without praise and without an introduction."""
    known = roots(asked.text)
    found: list[tuple[float, Core]] = []
    for one in told:
        if not _LEAST_WORDS <= word_count(one.said) <= _MOST_WORDS or _POINTS_AWAY.match(one.text):
            continue
        covered = _covered(asked, one.said)
        if one.is_deep or covered < 0.75 or not _CAUSES.search(one.said):
            continue
        rare, technical = _news(one.said, known)
        opens = roots(" ".join(one.said.split()[:7]))
        about = asked.subject or asked.topic
        if _emptiness(one.said) or technical < 2 or rare < 4 or not opens & about:
            continue
        core = _sentence(one.short, "statement", one, known, f"covers{int(10 * covered)}")
        found.append((rare + technical - word_count(one.said) / 5, core))
    yield from _best(found)


# --- definitions and differences ----------------------------------------------------------------

_IS = re.compile(
    r"\b(?:is|are|was|were)(?: (?:essentially|generally|commonly|simply|basically|also))?"
    r" (?=(?:an?|the|any|one of|those)\b"
    r"|(?:[\w-]+ ){0,3}[a-z]+s (?:that|which|of|in|used|where|formed|caused|with|containing)\b)"
    r"|\b(?:refers?|referred) to\b|\b(?:is|are) defined as\b|\bdescribes?\b|\bdenotes?\b|\bmeans\b"
    r"|\bstates? that\b"
)
_PRAISED = re.compile(
    r"(?:(?:an?|the|one of the)(?: most)? )?(?:\w+ly )?(?:crucial|essential|important|significant|vital"
    r"|pivotal|fundamental|critical|key|integral|central|complex|powerful|versatile|multi-?faceted"
    r"|unique|remarkable|major|prominent|notable|cornerstone|valuable|comprehensive|common|popular"
    r"|concept|topic|aspect|component|phenomenon|foundational|well-known|widely|subject)\b"
)
_OF_TERM = re.compile(
    r"(?:(?:the|an?|one|another|its) )?(?:\w+ )?(?:aspects?|examples?|types?|roles?|parts?|goals?"
    r"|purposes?|importance|steps?|uses?|benefits?|result|consequence|development|history|origins?"
    r"|features?|objectives?) (?:of|in|for)\b|to \w+ ",
    re.IGNORECASE,
)
_ALSO = re.compile(r"[(,]|\b(?:in|under|according)\b")
# Where and when a thing came up does not say what it is.
_NO_GENUS = re.compile(
    r"^(?:[\w-]+ ){1,5}(?:that (?:emerged|arose|began|developed)|identified|launched|introduced"
    r"|proposed|first|established|founded)\b"
)
_WHERE = re.compile(r" (?:in|under|within|for|according to|during) .*")


def _definitions(asked: Asked, told: list[_Told]) -> Iterator[Core]:
    """Yield sentences that say what kind of thing the term is, and which."""
    known = roots(asked.text)
    term = roots(_WHERE.sub("", asked.term)) or roots(asked.term)
    found: list[tuple[float, Core]] = []
    is_about = False
    for at, one in enumerate(told):
        was_about, is_about = is_about, term <= roots(one.text[:80])
        verb = _IS.search(one.said)
        if not verb or verb.start() > 130 or _OF_TERM.match(one.text):
            continue
        subject = roots(one.said[: verb.start()])
        it = was_about and one.text.startswith("It ") and verb.start() == 3
        named = bool(_ALSO.search(one.said[: verb.start()]))
        fits = len(term & subject) >= 0.75 * len(term) and len(subject - term) <= (
            6 if named else 2
        )
        if not it and (not fits or _POINTS_AWAY.match(one.text)):
            continue
        said = one.said[verb.end() :].strip()
        new = len(roots(said) - known)
        rare, technical = _news(said, known)
        praised = bool(_PRAISED.match(said))
        empty = _emptiness(said)
        if word_count(one.said) > _MOST_WORDS or rare < 1 or new < (7 if praised else 4):
            continue
        if vague_words(said) > praised or empty > 2 + praised or _NO_GENUS.search(said):
            continue
        if praised and technical < 3 and "defined as" not in said:
            continue
        traits = ("praised",) * praised + ("it",) * it
        core = _sentence(one.short, "definition", one, known, *traits)
        worth = rare + technical - 2 * empty - 3 * praised - 4 * one.is_deep - at / 5
        found.append((worth, core))
    yield from _best(found)


_CONTRAST = re.compile(
    r"\b(?:while|whereas|unlike|rather than|but|compared (?:to|with)|as opposed to|instead of"
    r"|(?:more|less) [^,;]{2,40} than|\w+er than)\b|;"
)
_NAMES_ONLY = re.compile(
    r"\b(?:lies? (?:primarily |mainly )?in|differ\w*(?: \w+){0,3} in (?:their|terms|several)"
    r"|differences? (?:in|between)|can be (?:summari[sz]ed|understood)|distinctions?)\b",
    re.IGNORECASE,
)


def _contrasts(asked: Asked, told: list[_Told]) -> Iterator[Core]:
    """Yield sentences that say of each side what the other is not."""
    if len(asked.sides) != 2:
        return
    known = roots(asked.text)
    first, second = map(roots, asked.sides)
    found: list[tuple[float, Core]] = []
    for one in told:
        text = one.said
        cue = _CONTRAST.search(text)
        if not cue or not _LEAST_WORDS <= word_count(text) <= 45 or _NAMES_ONLY.search(text):
            continue
        have = roots(text)
        if _POINTS_AWAY.match(text) or any(
            2 * len(side & have) < len(side) for side in (first, second)
        ):
            continue
        at = cue.start() if cue.start() > 8 else text.find(",")
        one_half, other_half = roots(text[:at]), roots(text[at:])
        if len(one_half - known) < 3 or len(other_half - known) < 2 or _emptiness(text) > 1:
            continue
        left, right = (first - second) or first, (second - first) or second
        own = one_half - other_half, other_half - one_half
        if not (own[0] & left and own[1] & right or own[0] & right and own[1] & left):
            continue
        if one.is_deep and word_count(text) > 30:
            continue
        rare, technical = _news(text, known)
        core = _sentence(one.short, "contrast", one, known)
        worth = rare + technical - 3 * _emptiness(text) - 3 * one.is_deep
        found.append((worth, core))
    yield from _best(found)


def _pairs(asked: Asked, outline: Outline) -> Iterator[Core]:
    """Yield what the page says of each side, where each has a point of its own."""
    for listing in outline.lists:
        points = [_point_of(side, asked.sides, listing) for side in asked.sides]
        told = [item for item in points if item and item.text]
        if len(told) < max(2, len(asked.sides)) or len({id(item) for item in told}) < len(told):
            continue
        said = [_trimmed(sentences(item.text)[0]) for item in told]
        text = " ".join(plain_text(one) for one in said)
        if any(one.endswith(":") for one in said) or _emptiness(text) > 2:
            continue
        pairs = list(zip((item.title for item in told), said, strict=True))
        rows = "".join(f"<li><b>{inline_html(t)}</b>: {inline_html(one)}</li>" for t, one in pairs)
        shown = " ".join(f"{plain_text(t)}: {plain_text(one)}" for t, one in pairs)
        if word_count(shown) <= _MOST_WORDS + 5:
            traits = frozenset((f"empty{_emptiness(text)}",))
            yield Core(f"<ul>{rows}</ul>", shown, "paired", text, traits=traits)


def _point_of(side: str, sides: tuple[str, ...], listing: Listing) -> Item | None:
    own = roots(side)
    others = frozenset[str]().union(*map(roots, sides)) - own
    for item in listing.items:
        name = roots(item.title.partition("(")[0])
        if name and name <= own and (name & (own - others) or not own - others):
            return item
    return None


# --- sets ---------------------------------------------------------------------------------------

_STOCK = re.compile(
    r"(?:the )?(?:roles?|importance|significance|applications?|examples?|benefits|advantages"
    r"|challenges|considerations|limitations|implications|impacts?|effects?|overview|introduction"
    r"|conclusion|summary|background|historical|context|definitions?|nature|structure|function"
    r"|purpose|key|other|additional|general|common|basic|legacy|future|criticisms?|case stud\w+"
    r"|philosophical|practical|real-world|modern)\b",
    re.IGNORECASE,
)
# A set of these is a set of an author's labels; its names are the answer only where they are terms.
_LABEL_SETS = frozenset(
    "strategies challenges limitations drawbacks disadvantages advantages benefits effects impacts"
    " consequences implications ways uses applications themes aspects skills responsibilities duties"
    " approaches perspectives dimensions principles requirements characteristics features factors"
    " reasons methods techniques tools processes similarities functions properties assumptions"
    " treatments complications conditions criteria mechanisms sources pillars structures systems".split()
)
_NO_SETS = frozenset("roles role examples example differences similarities".split())
_OPEN = re.compile(
    r"\b(?:some|examples?|effective|best|can be|could be|might|may)\b", re.IGNORECASE
)


def _members(asked: Asked, outline: Outline) -> Iterator[Core]:
    """Yield the titles of the list of what is asked for, where their names are the answer."""
    lists = [one for one in outline.lists if len(_titles(one)) >= 2]
    naming = [one for one in lists if roots(asked.noun) & roots(f"{one.section} {one.lead}")]
    chosen = naming[:1] if naming else lists if len(lists) == 1 else []
    if not chosen or asked.noun in _NO_SETS or _OPEN.search(asked.text):
        return
    titles = [without_counter(title) for title in _titles(chosen[0])]
    names = [plain_text(title) for title in titles]
    if not 2 <= len(titles) <= _MOST_MEMBERS or len(titles) != len(chosen[0].items):
        return
    known = roots(asked.text)
    terms = sum(_news(name, known)[1] > 0 and not is_label(name) for name in names)
    if any(_STOCK.match(name) or roots(name) <= known for name in names):
        return
    if sum(map(is_label, names)) * 2 >= len(names):
        return
    if asked.noun in _LABEL_SETS and terms < len(names) - 1 and len(names) > 2:
        return
    items = "".join(f"<li>{inline_html(title)}</li>" for title in titles)
    hint = f"{len(titles)} {asked.noun}"
    traits = frozenset((f"terms{terms}of{len(names)}",))
    yield Core(f"<ul>{items}</ul>", ", ".join(names), "set", "", hint, traits)


def _titles(listing: Listing) -> list[str]:
    return [item.title for item in listing.items if item.title]


_LISTED = re.compile(
    r"(?:\b(?:are|were|includ(?:e|es|ed|ing)|such as|namely|consists? of|compris(?:e|es|ing))|:)"
    r" (?P<members>(?:(?:an?|the) )?[^,;:.()]{3,45}(?:, [^,;:.]{3,45}){1,4},? (?:and|or) [^,;:.]{3,45}"
    r"|[\w' -]{3,30} and [\w' -]{3,30})(?=[.;]|$|, (?:which|each|all|that)\b)"
)


def _enumerations(asked: Asked, told: list[_Told]) -> Iterator[Core]:
    """Yield "A, B, and C" of sentences whose main clause is the question."""
    known = roots(asked.text)
    if asked.noun in _NO_SETS or _OPEN.search(asked.text) or asked.wants is Wants.REASON:
        return
    for one in told:
        cue = _LISTED.search(one.text)
        if one.is_deep or not cue or _covered(asked, one.text[: cue.start("members")]) < 0.75:
            continue
        said = cue["members"]
        members = re.split(r",? (?:and|or) |, ", said)
        terms = sum(_news(member, known)[1] > 0 for member in members)
        if not 2 <= len(members) <= _MOST_MEMBERS or 2 * terms <= len(members) or _emptiness(said):
            continue
        at = one.markdown.find(said)
        if at >= 0:
            yield _sentence(f"{said}.", "enumeration", one, known, f"terms{terms}of{len(members)}")


_EMPTY_STEP = re.compile(
    r"(?:initiali[sz]ation|iteration|repeat|completion|final \w+|finali[sz]\w+ .*|implement\w*"
    r"|evaluat\w+|review\w*|monitor\w*|plan(?:ning)?|preparation|feedback|eligibility|.*\b(?:support"
    r"|considerations)|conclusion|adjust\w*|maintenance|testing|other .*|additional .*)$",
    re.IGNORECASE,
)


def _steps(asked: Asked, sequences: tuple[Sequence, ...]) -> Iterator[Core]:
    """Yield the names of the steps of the one sequence, where they are few and say something."""
    if len(sequences) != 1:
        return
    steps = [without_counter(item.title) for item in sequences[0].steps]
    names = [plain_text(step) for step in steps]
    empty = sum(bool(_EMPTY_STEP.match(name)) for name in names)
    if len(steps) > _MOST_STEPS or 3 * empty > len(steps):
        return
    items = "".join(f"<li>{inline_html(step)}</li>" for step in steps)
    terms = sum(_news(name, roots(asked.text))[1] > 0 for name in names)
    traits = frozenset((f"terms{terms}of{len(names)}",))
    yield Core(
        f"<ol>{items}</ol>", ", ".join(names), "steps", "", f"{len(steps)} steps, in order", traits
    )


# --- formulas and facts -------------------------------------------------------------------------


def _formulas(asked: Asked, outline: Outline) -> Iterator[Core]:
    found = [b for b in outline.blocks if isinstance(b, Formula) and "=" in b.tex]
    for block in found:
        if _covered(asked, block.lead) >= 0.5:
            yield Core(blocks_html([block]), block.tex, "formula", block.lead)


_NAME_OR_DATE = re.compile(r"\d|(?<=[a-z,] )[A-Z][\w'’-]+")


def _facts(asked: Asked, told: list[_Told]) -> Iterator[Core]:
    for one in told:
        if word_count(one.text) <= _MOST_WORDS and not _POINTS_AWAY.match(one.text):
            fits = _covered(asked, one.text) >= 0.75 and _NAME_OR_DATE.search(one.text)
            if fits and not _emptiness(one.text):
                yield _sentence(one.markdown, "fact", one, roots(asked.text))
