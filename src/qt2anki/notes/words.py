r"""Words as the gates compare them: content words reduced to roots.

A card gives its answer away if a word of the answer is on its front in any form, so ``fusion`` and
``fuse``, ``ratification`` and ``ratify``, ``bound`` and ``binding`` must count as one. Snowball's
English stemmer (Porter 2) joins most of them; irregular verbs and Latin stems that change before a
suffix are joined here by a short table. Joining too much only costs a card; joining too little
gives an answer away.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import filterfalse

import snowballstemmer

from qt2anki.html.per_thread import PerThread

# A text is used often while its page is processed, and hardly ever on a different page.
_OF_A_PAGE = 4096

# Function words only. The stop lists of common text libraries also contain words such as
# "state", "system", "cell" or "force", which are what a page is about.
STOP_WORDS = frozenset(
    "a about above across after again against all along also although always am among an and"
    " another any are around as at away back be became because been before behind being below"
    " between both but by came can cannot come could did do does doing done down during each"
    " either else etc even ever every few for from further get given gives go had has have having"
    " he hence her here hers herself him himself his how however i if in into is it its itself"
    " just least less let like made make makes making many may me might more most much must my"
    " myself near neither next no nor not now of off often on once one only onto or other others"
    " our ours ourselves out over own per perhaps quite rather same shall she should since so some"
    " such take than that the their theirs them themselves then there thereby therefore these they"
    " this those though through throughout thus to together too toward towards under until up upon"
    " us use used uses using very via was we were what when where whereas whether which while who"
    " whom whose why will with within without would yet you your yours yourself"
    " happen happens happening called known".split()
)

_IRREGULAR = {
    "arisen": "arise", "arose": "arise", "ate": "eat", "began": "begin", "begun": "begin",
    "bent": "bend", "blew": "blow", "blown": "blow", "bore": "bear", "bought": "buy",
    "bound": "bind", "bred": "breed", "broke": "break", "broken": "break", "brought": "bring",
    "built": "build", "burnt": "burn", "children": "child", "choice": "choose", "chose": "choose",
    "chosen": "choose", "complementary": "complement", "drawn": "draw", "drew": "draw",
    "driven": "drive", "drove": "drive", "eaten": "eat", "elementary": "element", "fallen": "fall",
    "fed": "feed", "feet": "foot", "fell": "fall", "felt": "feel", "fled": "flee", "flew": "fly",
    "flight": "fly", "flown": "fly", "fought": "fight", "found": "find", "fragmentary": "fragment",
    "froze": "freeze", "frozen": "freeze", "grew": "grow", "grown": "grow", "growth": "grow",
    "heard": "hear", "held": "hold", "hidden": "hide", "kept": "keep", "knowledge": "know",
    "known": "know", "knew": "know", "laid": "lay", "led": "lead", "lent": "lend", "lost": "lose",
    "loss": "lose", "lives": "life", "lying": "lie", "meant": "mean", "men": "man", "met": "meet",
    "mice": "mouse", "paid": "pay", "ran": "run", "rising": "rise", "risen": "rise", "rose": "rise",
    "said": "say", "sank": "sink", "saw": "see", "seen": "see", "sent": "send", "shaken": "shake",
    "shook": "shake", "shrank": "shrink", "shrunk": "shrink", "sold": "sell", "sought": "seek",
    "sped": "speed", "spent": "spend", "split": "split", "spoke": "speak", "spoken": "speak",
    "sprang": "spring", "stood": "stand", "struck": "strike", "swollen": "swell", "taught": "teach",
    "teeth": "tooth", "thought": "think", "threw": "throw", "thrown": "throw", "told": "tell",
    "took": "take", "tore": "tear", "torn": "tear", "women": "woman", "won": "win", "wore": "wear",
    "worn": "wear", "wound": "wind", "written": "write", "wrote": "write", "sunk": "sink",
    "swam": "swim", "swum": "swim", "slept": "sleep", "swept": "sweep", "crept": "creep",
    "bitten": "bite", "stole": "steal", "stolen": "steal", "stuck": "stick", "stung": "sting",
    "spun": "spin", "hung": "hang", "clung": "cling", "dug": "dig", "dealt": "deal",
    "slid": "slide", "wove": "weave", "woven": "weave", "drank": "drink", "drunk": "drink",
    "sang": "sing", "sung": "sing", "rode": "ride", "ridden": "ride", "death": "die", "dead": "die",
    "depth": "deep", "deepen": "deep", "destruction": "destroy", "destructive": "destroy",
    "explanation": "explain", "explanatory": "explain", "length": "long", "lengthen": "long",
    "maintenance": "maintain", "motion": "move", "strength": "strong", "strengthen": "strong",
    "width": "wide", "widen": "wide", "warmth": "warm", "height": "high", "speech": "speak",
    "proof": "prove", "belief": "believe", "relief": "relieve", "weight": "weigh", "birth": "born",
    "acquisition": "acquire", "propulsion": "propel", "propulsive": "propel", "repulsion": "repel",
    "repulsive": "repel", "expulsion": "expel", "theoretical": "theory", "bacteria": "bacterial",
    "bacterium": "bacterial", "mitochondria": "mitochondrial", "mitochondrion": "mitochondrial",
    "nuclei": "nuclear", "nucleus": "nuclear", "fungi": "fungal", "fungus": "fungal",
    "stimuli": "stimulate", "stimulus": "stimulate", "phenomena": "phenomenon",
    "criteria": "criterion", "vertices": "vertex", "matrices": "matrix", "indices": "index",
    "ova": "ovum", "atria": "atrial", "atrium": "atrial", "alveoli": "alveolar",
    "alveolus": "alveolar", "larvae": "larva", "algal": "alga", "larval": "larva", "viral": "virus",
    "cortex": "cortical", "ganglia": "ganglion", "axes": "axis", "genera": "genus",
    "septa": "septum", "bronchi": "bronchial", "sedimentary": "sediment",
    "supplementary": "supplement",
}  # fmt: skip

# Ends of Snowball stems on the left, the end they share with their verb on the right:
# absorption/absorb, production/produce, division/divide, conclusion/conclude, expansion/expand,
# emission/emit, conversion/convert, hydrolytic/hydrolysis, reception/receive.
_JOINED_ENDS = (
    ("cept", "ceiv"), ("ript", "rib"), ("orpt", "orb"), ("umpt", "um"),
    ("uct", "uc"), ("lus", "lud"), ("vis", "vid"), ("cis", "cid"), ("pans", "pand"),
    ("tens", "tend"), ("pens", "pend"), ("fens", "fend"), ("vas", "vad"), ("ros", "rod"),
    ("plos", "plod"), ("lis", "lid"), ("hes", "her"), ("vers", "vert"), ("miss", "mit"),
    ("thet", "thes"), ("lyt", "lys"), ("lyz", "lys"), ("uls", "ul"), ("cess", "ced"),
    ("motion", "mov"), ("olut", "olv"), ("trit", "trud"), ("rus", "rud"), ("grat", "gr"),
    ("ceed", "ced"), ("spons", "spond"), ("ceptor", "ceiv"), ("pplic", "ppl"), ("quir", "quis"),
)  # fmt: skip
_ALL_ENDS = tuple(end for end, _ in _JOINED_ENDS)

_TEX_COMMAND = re.compile(r"\\[A-Za-z]+")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
# For ASCII text without apostrophes, this and a split at spaces find the same words as _WORD in a
# third of the time.
_SPLITTABLE = str.maketrans(
    {sign: sign.lower() if sign.isalnum() else " " for sign in map(chr, range(128))} | {"'": "'"}
)
# Searched in lower-case text, because a case-insensitive search takes many times as long.
# The alternatives begin with different letters, so most words are rejected at their first.
_VAGUE = re.compile(
    r"\W(?:c(?:rucial|ritical roles?|ontribut\w+|omprehensive)|e(?:ssential|ffective\w*|nhanc\w+)"
    r"|f(?:oster\w*|undamental\w*)|i(?:mportan\w+|mprov\w+|nsights?)|key roles?|overall"
    r"|pro(?:mot\w+|found\w*)|s(?:ignifican\w+|upport\w*)|v(?:ital\w*|arious|aluable))\b"
)


@lru_cache(maxsize=_OF_A_PAGE)
def content_words(text: str) -> tuple[str, ...]:
    """Return the content words of *text* (as a reader sees it), in lower case and in order."""
    return tuple(filterfalse(STOP_WORDS.__contains__, words(text)))


def words(text: str) -> tuple[str, ...]:
    """Return all words and numbers of *text*, in lower case; hyphenated words are split."""
    plain = _TEX_COMMAND.sub(" ", text) if "\\" in text else text
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain).replace("’", "'")
        if not plain.isascii():
            plain = "".join(filterfalse(unicodedata.combining, plain))
    if not plain.isascii():
        return tuple(map(_bare, _WORD.findall(plain.lower())))
    found = plain.translate(_SPLITTABLE).split()
    if "'" not in plain:
        return tuple(found)
    return tuple(
        word for run in found for word in (map(_bare, _WORD.findall(run)) if "'" in run else (run,))
    )


def _bare(word: str) -> str:
    return word.removesuffix("'s").replace("'", "")


@lru_cache(maxsize=_OF_A_PAGE)
def roots(text: str) -> frozenset[str]:
    """Return the roots of the content words of *text*."""
    return frozenset(map(root, frozenset(words(text)) - STOP_WORDS))


@lru_cache(maxsize=65536)
def root(word: str) -> str:
    """Return the root that all forms of *word* (lower case) share."""
    if not word.isalpha():
        return word
    stem = _stemmer().stemWord(_IRREGULAR.get(word, word))
    joined = _joined(stem)
    return joined if joined == stem else _joined(joined)


def _joined(stem: str) -> str:
    if stem.endswith(_ALL_ENDS):
        for end, shared in _JOINED_ENDS:
            if stem.endswith(end) and len(stem) > len(end):
                return stem[: -len(end)] + shared
    if len(stem) > 5 and stem.endswith("ion"):
        return stem[:-3]
    for end in ("ment", "iat", "abl", "ibl"):
        if stem.endswith(end) and len(stem) > len(end) + 2:
            return stem[: -len(end)]
    if len(stem) > 3 and stem[-1] in "ei":
        return stem[:-1]
    return stem


@lru_cache(maxsize=_OF_A_PAGE)
def word_count(text: str) -> int:
    """Count words as a reader would: runs of letters and digits between spaces."""
    return len([1 for p in text.split() if p[0].isalnum() or _LETTER_OR_DIGIT.search(p)])


@lru_cache(maxsize=_OF_A_PAGE)
def vague_words(text: str) -> int:
    """Count words of praise that say nothing (crucial, enhances, plays a key role)."""
    return len(_VAGUE.findall(f" {text.lower()}"))  # a word has something before it


@PerThread
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")
