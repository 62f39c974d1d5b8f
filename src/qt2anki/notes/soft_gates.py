"""The soft gates: which sentences are worth asking about, and where in them a gap may be.

They judge a sentence as a reader sees it (plain text). A sentence with a gap makes a poor card if
it contains praise, if it needs the sentence before it, or if several things would fit the gap: a
member of a list, an example.
"""

from __future__ import annotations

import re
from functools import lru_cache

from qt2anki.notes.frequency import specialist_of
from qt2anki.notes.patterns import pattern
from qt2anki.notes.words import roots, vague_words, word_count

MOST_VAGUE = 1
_REACH = 60  # characters before a gap
_LEAST_WORDS = 8
_MOST_WORDS = 35
_LONGEST = 400  # characters; 35 words are shorter

# Words for an author's own points, not for things of the field.
_LABELS = frozenset(
    "factor factors approach approaches issue issues feature features consideration considerations"
    " strategy strategies condition conditions effort efforts initiative initiatives program"
    " programs programme programmes development developments support engagement involvement change"
    " changes reduction compatibility proficiency skill skills expectation expectations consequence"
    " consequences concern concerns practice practices opportunity opportunities growth impact"
    " impacts awareness training education collaboration communication management relationship"
    " relationships recognition requirement requirements problem problems risk risks outcome"
    " outcomes activity activities interaction interactions application applications limitation"
    " limitations goal goals quality performance use usage influence influences effect effects"
    " result results benefit benefits service services resource resources need needs implication"
    " implications innovation innovations advancement advancements crisis challenge challenges role"
    " roles contribution contributions symptoms causes complications adaptation adaptations"
    " characteristics properties elements components insight insights perspective perspectives"
    " theme themes evidence level levels identity identities movement project projects market"
    " markets setup purpose purposes obligations duties rights responsibilities rules".split()
)
# Phrases that sound informative but are not.
_HOLLOW = re.compile(
    r"\b(?:(?:wide|broad|diverse|full) (?:range|array|variety) of|a (?:range|variety|number) of"
    r"|insights?"
    r"|plays?(?: an?)?(?: \w+){0,2} role|implications|complexit\w+|navigat\w+|broader|multifaceted"
    r"|pivotal|cornerstone|tapestry|powerful tools?|key (?:concept|aspect|element|factor"
    r"|component)s?"
    r"|landscapes?|interplay|underscor\w+|highlight\w*|illustrat\w+|emphasi[sz]\w+|exemplif\w+"
    r"|reflects?|framework for|deeper understanding|understanding of|straightforward|remarkable"
    r"|meaningful|fascinating|raises? (?:\w+ )?questions|opportunit\w+|challenges|successful\w*"
    r"|it is (?:advisable|necessary|important|essential|crucial|vital)|can (?:help|lead|be)"
    r"|may (?:help|lead|be)|has been|have been|continues? to|rich|unique|dynamics?|beneficial"
    r"|perspectives|aspects|factors|often (?:overlook|face)\w*|legacy|commitment|journey"
    r"|testament)\b"
)
_LABEL_OF = re.compile(rf"(?:\w+ )?(?:{'|'.join(sorted(_LABELS))}) of\b")
_JOINED = re.compile(r"\b(?:and|or)\b|[&/]")
_NO_WORD = re.compile(r"\W")
_POOR_START = re.compile(
    r"(?:for (?:example|instance)|consider|suppose|imagine|here|in (?:summary|conclusion|short"
    r"|essence|this (?:example|case|scenario))|overall|ultimately|to summarize|understanding"
    r"|by (?:understanding|following|using these|implementing)|these factors|instead"
    r"|as (?:a result|mentioned|such)|thus|therefore|hence"
    r"|this (?:means|shows|highlights|underscores|emphasi[sz]es|illustrates|suggests|includes"
    r"|is (?:because|why|important|crucial|essential))|let(?:'s|’s| us)?|note|where|if|given"
    r"|e\.g\.|i\.e\.|these (?:include|are)|examples? |it is (?:important|crucial"
    r"|essential|worth|vital)|you|we|i|your|our|to do (?:so|this))\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"(?:this|that|these|those|it|they|its|their|he|she|his|her|such|both|the (?:former|latter)"
    r"|another|other|some|others|each|one|the (?:same|above|following|first|second|third|other))\b",
    re.IGNORECASE,
)
_NO_CLUE = re.compile(
    r"(?:for (?:example|instance)|consider|suppose|imagine|here|in (?:summary|conclusion|contrast)"
    r"|overall|similarly|unlike|like|as (?:mentioned|discussed)|understanding|another|additionally"
    r"|furthermore|moreover|finally|also(?! known| called| referred)|let(?:'s|’s)?|you|we"
    r"|your|our|if you)\b",
    re.IGNORECASE,
)
_CITATION = re.compile(r"\bet al\b|\([^()]{0,80}\b(?:1[5-9]|20)\d\d[a-z]?\)|\[\d{1,3}\]|https?://")
_LIST_ENDS = r"(?:, (?:which|who|is|are|was|were|has|have|it|they)\b|, (?:and|or) [^,;.()]*,)"
_EXAMPLE = re.compile(
    rf"\b(?:such as|includ(?:e|es|ing|ed)|like|e\.g\.|for example"
    rf"|for instance|namely|examples? (?:of|are|is|include)|rang(?:e|es|ing) from|whether)\b"
    rf"(?:(?!{_LIST_ENDS})[^.;()])*$|\((?:e\.g\.|like|such as|including|for example)[^()]*$"
    rf"|\b(?:especially|particularly)\b[^,.;()]*$",
    re.IGNORECASE,
)
_JOINED_BEFORE = re.compile(
    r"(?:\b(?:and|or|nor|and/or|versus|vs\.?|between|both|either|neither|as well as|than|but"
    r"|not only|rather than|unlike|along with|together with)|&|/)"
    r"(?: (?:the|a|an|its|their|other|more|less|then|even|also|to|of|in|from|by|with|for))*"
    r"(?: [\w-]+(?:al|ic|ive|ed|ous|ar|ing|ent|ant|able))? ?$",
    re.IGNORECASE,
)
_JOINED_AFTER = re.compile(
    r" ?(?:\([^()]*\) ?)?(?:(?:and|or) (?!(?:it|they|then|is|are|was|were|can|may|has|have|thus"
    r"|therefore|often|also|\w+ed (?:by|in|into|to|from|as|on)|the \w+ (?:is|are|was|were))\b)"
    r"|(?:nor|as well as|and/or|versus|vs\.?)\b)|\s*/|\s*&",
    re.IGNORECASE,
)
_MEMBER = r"[\w'’-]+(?: [\w'’-]+){0,4}(?: \([^()]*\))?"
_LISTED_AFTER = re.compile(
    r" ?(?:\([^()]{0,60}\))?, (?!which|where|who|whose|when|while|as |but|because|since|so |thereby"
    r"|although|though|named|meaning|also |it |the |a |an |this |they |he |she |such as |typically "
    r"|often |usually |including |especially |particularly |\w+ing |was |were |is |are )"
    rf"(?:{_MEMBER}, )*(?:{_MEMBER},? )?(?:and|or|&)\b",
    re.IGNORECASE,
)
_NAMED_BEFORE = re.compile(
    r"\b(?:called|known as|termed|named|referred to as|coined|the term|defined as|designated"
    r"|dubbed)(?: (?:the|an?|as))?(?: [\"“'‘])?[ \"“'‘]*$"
    # A word that says what kind of thing the gap is: "the hormone glucagon".
    r"|\b(?:hormone|enzyme|protein|neurotransmitter|bacterium|parasite|antibiotic|drug|pigment"
    r"|alkaloid|polymer|mineral|metal|nutrient|amino acid|philosopher|physicist|chemist|biologist"
    r"|mathematician|astronomer|psychologist|economist|sociologist|inventor|composer|painter) $",
    re.IGNORECASE,
)
_NAMED_AFTER = re.compile(
    r"[\"”'’]?(?: (?:is|are|was) (?:an? |the )"
    r"(?!key|major|main|vital|crucial|significant|important)"
    r"| (?:refers? to|means|denotes?|is defined as)\b"
    r"|, which (?:is|are|refers? to) |, (?:an?|the) )"
)
_EXPLAINED = re.compile(r",? which |, (?:an?|the) (?!\w+ and )| \((?:[a-z][\w-]* ){2}")
_ARTICLE = re.compile(r"^(?:the|an?) ?$", re.IGNORECASE)
_LISTED_BEFORE = re.compile(r",\s*$")


def sentence_fits(sentence: str, *, opens: bool = False) -> bool:
    """Whether *sentence* can be understood alone and is informative.

    If *opens*, it is the first sentence below a title that the student sees, so "This ..." and "It
    ..." refer to that title.
    """
    if not 0 < len(sentence) <= _LONGEST:
        return False
    if sentence[-1] not in ".!\"”')" or not sentence[0].isupper():
        return False
    if _POOR_START.match(sentence) or (not opens and _POINTS_BACK.match(sentence)):
        return False
    if not _LEAST_WORDS <= word_count(sentence) <= _MOST_WORDS:
        return False
    return vague_words(sentence) <= MOST_VAGUE and not _cites(sentence)


def _cites(text: str) -> bool:
    may_cite = "(" in text or "[" in text or "et al" in text or "://" in text
    return may_cite and _CITATION.search(text) is not None


def is_one_of_several(before: str, after: str) -> bool:
    """Whether the gap between *before* and *after* is an example, or a member of a list."""
    if _EXAMPLE.search(before) or _JOINED_BEFORE.search(before) or _JOINED_AFTER.match(after):
        return True
    return bool(_LISTED_AFTER.match(after) or (_LISTED_BEFORE.search(before) and after[:1] == ","))


def clue_fits(clue: str) -> bool:
    """Whether *clue* is informative when shown without the term that it explains."""
    if len(clue) > 2 * _LONGEST or clue.endswith((":", "?")) or _NO_CLUE.match(clue):
        return False
    return vague_words(clue) <= MOST_VAGUE and not _cites(clue)


def names_gap(before: str, after: str) -> bool:
    """Whether the sentence introduces the gap as a name, so that nothing else can fit."""
    if _NAMED_BEFORE.search(before, max(0, len(before) - _REACH)):
        return True
    return not _ARTICLE.sub("", before).strip() and _NAMED_AFTER.match(after) is not None


def identifies(clue: str, *, names_term: bool = False) -> bool:
    """Whether *clue*, in which the term is boxed (▢), is about the term itself.

    If *names_term*, its first sentence contained the whole term, so "This ..." refers to something
    else.
    """
    if pattern("clue_of_other").match(clue):
        return False
    before, box, after = clue.partition("▢")
    if pattern("box_does").match(clue) or (box and names_gap(before, after)):
        return True
    return not names_term and pattern("clue_of_term").match(clue) is not None


def is_label(title: str) -> bool:
    """Whether *title* is a heading made for its list (``Supply Chain Issues``), not a term."""
    folded = title.lower()
    last = _NO_WORD.split(folded.rpartition(" ")[2])[-1]
    if last in _LABELS or (" of" in folded and _LABEL_OF.match(folded)):
        return True
    return _JOINED.search(folded) is not None


def explains_gap(after: str) -> bool:
    """Whether the sentence goes on to explain the gap: ``, which ...``, ``, a ...``."""
    return bool(_EXPLAINED.match(after))


@lru_cache(maxsize=8)
def field_of(keywords: tuple[str, ...]) -> int:
    """Return how technical the *keywords* of a page are: 0, 1 or 2."""
    technical = sum(bool(specialist_of(roots(keyword))) for keyword in keywords)
    return min(2, 5 * technical // max(1, len(keywords)))


def praises(sentence: str) -> bool:
    """Whether *sentence* (plain text) has a word that praises or generalizes."""
    return vague_words(sentence) > 0 or bool(_HOLLOW.search(sentence.lower()))
