"""Corrections of cards and pages, each of which is a table in ``corrections.toml``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from qt2anki.config.values import InvalidValue, flag_of, kind_of, read_keys, table_of, text_of
from qt2anki.html.anki_escape import CONTROLS
from qt2anki.messages import Problem, make_problem
from qt2anki.model import page_id_of, page_order
from qt2anki.notes.identity import guid_for

PAGELESS: Final = "abbr"
"""First part of the keys of abbreviations, which belong to no page."""
WORDING: Final = ("question", "answer", "text", "extra")
TABLES: Final = ("card", "page")
OWN: Final = "own/"
"""First part of the names of cards that people have written."""
_MAY_BE_FALSE = ("extra", "is_sequence")
_OWN_NAME = re.compile(r"own(?:/[a-z0-9]+(?:-[a-z0-9]+)*)+")
_DIGEST = re.compile(r"[0-9a-f]{8}")
_CONTROL = re.compile(f"[{CONTROLS}]")


@dataclass(frozen=True, slots=True)
class Correction:
    """The changes that a person makes to one card, or a verdict on the list of a page.

    Texts are Markdown; None means that the card keeps its own.
    """

    key: str  # the field Key: "170604/qa"; for a page, its id
    source: str
    line: int | None
    question: str | None = None
    answer: str | None = None
    text: str | None = None  # with one cloze deletion
    extra: str | None = None
    drop: bool = False
    keep: bool = False
    is_sequence: bool | None = None  # for a page: whether its best list is a sequence
    proposed: bool = False  # not applied until someone confirms it
    reason: str = ""
    made_from: str = ""  # digest of the card that was generated when this was written

    @property
    def page(self) -> str:
        """The id of its page as text; PAGELESS for an abbreviation."""
        return self.key.partition("/")[0]

    @property
    def name(self) -> str:
        """The key within the page, as in notes; the whole key for an abbreviation."""
        return self.key if self.page == PAGELESS else self.key.partition("/")[2]

    @property
    def guid(self) -> str:
        """The GUID of the corrected note."""
        page_id = page_id_of(self.page)
        return guid_for("" if page_id is None else page_id, self.name)

    @property
    def values(self) -> dict[str, object]:
        """The values of its table in the file."""
        every = {name: getattr(self, name) for name in READERS}
        return {n: v for n, v in every.items() if v or (v is not None and n in _MAY_BE_FALSE)}

    @property
    def is_of_page(self) -> bool:
        """Whether it is about a page, not a card."""
        return table_name(self.key) == "page"

    @property
    def is_own(self) -> bool:
        """Whether the card is written in the correction, not made from its page."""
        return self.name.startswith(OWN)

    @property
    def has_wording(self) -> bool:
        """Whether it changes what the card says."""
        return any(getattr(self, name) is not None for name in WORDING)

    @property
    def summary(self) -> str:
        """A one-line summary of its changes."""
        texts = (self.question, self.answer, self.text, self.extra)
        said = " — ".join(" ".join(text.split()) for text in texts if text)
        if not said:
            said = "drop" if self.drop else "keep" if self.keep else "report"
        return said + (f" ({self.reason})" if self.reason else "")

    def problem(self, code: str, text: str, hint: str = "") -> Problem:
        """Make a problem about this correction."""
        return make_problem(code, self.source, f"{self.key}: {text}", hint=hint, line=self.line)


def table_name(key: str) -> str:
    """Return the table of a correction: "page" for the id of a page, otherwise "card"."""
    return TABLES["/" not in key]


def key_order(key: str) -> tuple[tuple[bool, int, str], str]:
    """Return the sort key of a card's key: by page, and then by name."""
    page, _, name = key.partition("/")
    page_id = page_id_of(page)
    return page_order(page if page_id is None else page_id), name


def correction_of(key: str, table: object, source: str, line: int | None) -> Correction:
    """Read the correction of the card or page *key*; raise InvalidValue if it is invalid."""
    is_page = table_name(key) == "page"
    if is_page and "is_sequence" not in table_of(table):
        hint = 'Write is_sequence = true or false; or the key of a card, such as "170604/qa".'
        raise InvalidValue("a page without is_sequence", hint)
    of_pages = ("is_sequence", "reason")
    names = of_pages if is_page else [name for name in READERS if name != "is_sequence"]
    values = read_keys(table, {name: READERS[name] for name in names})
    correction = Correction(key, source, line, **values)
    _check_name(correction)
    if not correction.is_of_page:
        _check_meaning(correction)
    return correction


def _check_name(correction: Correction) -> None:
    is_page = page_id_of(correction.page) is not None or correction.page == PAGELESS
    if not is_page or correction.key == PAGELESS or not correction.key.isprintable():
        hint = 'Write it as on the card: "PAGE/KEY", such as "170604/qa".'
        raise InvalidValue("not the key of a card", hint)
    if correction.is_own and not _OWN_NAME.fullmatch(correction.name):
        hint = "Use lower-case letters, digits and hyphens after own/, such as own/why-it-stops."
        raise InvalidValue("not a name for a card of your own", hint)


def _check_meaning(correction: Correction) -> None:
    is_question = correction.question is not None or correction.answer is not None
    hint = "Write question and answer, or text with one {{c1::...}}."
    if correction.drop and correction.keep:
        raise InvalidValue("drop and keep are mutually exclusive", "Leave one of them out.")
    if is_question and correction.text is not None:
        raise InvalidValue("a card has either a question or a cloze deletion", hint)
    if correction.drop:
        if correction.has_wording:
            raise InvalidValue("a dropped card needs no wording", "Remove drop, or the wording.")
    elif correction.is_own:
        if correction.text is None and not (correction.question and correction.answer):
            raise InvalidValue("a card without an answer", hint)
    elif not (correction.keep or correction.has_wording or correction.proposed):
        raise InvalidValue("says nothing", f"Write {', '.join(WORDING)}, drop or keep.")


def _wording(value: object) -> str:
    if not isinstance(value, str):
        raise InvalidValue(f"{kind_of(value)}, not text", "Put it in quotes.")
    if _CONTROL.search(value):
        raise InvalidValue("contains a control character")
    if not value.strip():
        raise InvalidValue("empty")
    return value


def _made_from(value: object) -> str:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise InvalidValue("not 8 hexadecimal digits", "qt2anki corrections add KEY writes it.")
    return value


READERS: Final[Mapping[str, Callable[[object], object]]] = {
    "question": _wording,
    "answer": _wording,
    "text": _wording,
    "extra": lambda value: (
        value if value == "" else _wording(value)
    ),  # an empty text removes that of the card
    "drop": flag_of,
    "keep": flag_of,
    "is_sequence": flag_of,
    "proposed": flag_of,
    "reason": text_of,
    "made_from": _made_from,
}
"""Key of a correction -> function that checks its value; in the order in which keys are written."""
