"""Fill in notes, with the parts that all notes of a page share: context line, source line, tags."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal
from urllib.parse import quote

from qt2anki.anki.note_content import field_values
from qt2anki.anki.visible_text import visible_text
from qt2anki.config import Settings
from qt2anki.html.anki_escape import defuse, text_html
from qt2anki.html.block_html import blocks_html
from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS, Kind, Note, Outline, Page
from qt2anki.notes.identity import guid_for
from qt2anki.notes.languages import Language, language_of, read_language
from qt2anki.notes.phrases import ENGLISH, phrase
from qt2anki.notes.soft_gates import field_of
from qt2anki.notes.words import roots

_NO_TAG = re.compile(r"[^\w&+.-]+")
_FULL = (
    '<details class="qt-details"><summary>{summary}</summary>'
    '<div class="qt-full">{html}</div></details>'
)
_FOLDED = re.compile(
    r'<div lang="[\w-]+" dir="\w+"><details class="qt-details">.*</details></div>', re.DOTALL
)
_PLACE = re.compile(r"\{(page|url)\}")
_KIND_TAGS = {
    Kind.NEXT: "step::next",
    Kind.EXPLAIN: "step::explain",
    Kind.NAME: "step::name",
    Kind.VARIABLE: "formula::variable",
}
_ORDER_AT = {"qa": QA_FIELDS.index("Order"), "cloze": CLOZE_FIELDS.index("Order")}
_ANSWER_AT = QA_FIELDS.index("Answer")
_DETAILS_AT = {"qa": QA_FIELDS.index("Details"), "cloze": CLOZE_FIELDS.index("Details")}
_EXTRA_AT = {"qa": QA_FIELDS.index("Extra"), "cloze": CLOZE_FIELDS.index("Extra")}
# The fields whose language is marked; those of the foot are marked for the page as a whole.
_TEXTS = frozenset(
    ("question", "answer", "reverse", "reverseanswer", "extra", "context", "text", "title")
)
_BLANK_QA = dict.fromkeys(map(str.lower, QA_FIELDS), "")
_BLANK_CLOZE = dict.fromkeys(map(str.lower, CLOZE_FIELDS), "")


@dataclass(frozen=True, slots=True)
class Frame:
    """The parts of a note that are the same for every note of one page."""

    page: Page
    question: str  # plain text
    told: frozenset[str]  # the roots of subject and question
    line: str  # HTML: the context line, of subject and question
    source: str  # HTML
    tags: tuple[str, ...]
    settings: Settings
    language: Language
    field: int  # how technical its keywords are, see soft_gates.field_of

    @property
    def subject(self) -> str:
        """The page's subject; "" if it has several, since their decks share the note."""
        return self.page.subjects[0] if len(self.page.subjects) == 1 else ""

    def context(self, section: str = "") -> str:
        """Return the small line above a question: subject, page question, section (HTML)."""
        return f"{self.line} · {inline_html(section)}" if section else self.line

    def context_text(self, section: str = "") -> str:
        """Return the context line as a reader sees it."""
        return f"{self.subject} · {self.question} · {plain_text(section)}"

    def known(self, *shown: str) -> frozenset[str]:
        """Return the roots of subject and question, and of other *shown* text (Markdown)."""
        return self.told.union(*(roots(plain_text(text)) for text in shown if text))

    def qa(self, kind: Kind, key: str, *, question: str, answer: str, **more: str) -> Note:
        """Make a Q&A note; *more* fills other fields, by their names in lower case."""
        return self._note("qa", _BLANK_QA, kind, key, question=question, answer=answer, **more)

    def cloze(self, kind: Kind, key: str, *, text: str, **more: str) -> Note:
        """Make a cloze note; *text* contains its deletions, all numbered 1."""
        return self._note("cloze", _BLANK_CLOZE, kind, key, text=text, **more)

    def _note(
        self,
        note_type: Literal["qa", "cloze"],
        blank: dict[str, str],
        kind: Kind,
        key: str,
        **values: str,
    ) -> Note:
        filled = blank | values
        if len(filled) > len(blank):
            unknown = ", ".join(name for name in values if name not in blank)
            raise TypeError(f"a {note_type} note has no field for {unknown}")
        filled["key"] = f"{self.page.page_id}/{key}"
        filled["source"] = self.source
        if not self.language.is_english:
            shown = {name: self.language.marked(filled[name]) for name in _TEXTS & filled.keys()}
            filled |= shown
        return Note(
            guid=guid_for(self.page.page_id, key),
            page_id=self.page.page_id,
            key=key,
            kind=kind,
            note_type=note_type,
            fields=tuple(filled.values()),
            tags=tuple(sorted((*self.tags, _kind_tag(kind, self.settings.tag_root)))),
        )

    def refreshed(self, note: Note) -> Note:
        """Update the shared parts of a published note, without the whole answer."""
        values = field_values(note)
        values |= {"Source": self.source, "Details": ""}
        values["Extra"] = without_full_answer(values["Extra"])
        kind = _kind_tag(note.kind, self.settings.tag_root)
        return replace(
            note,
            fields=tuple(values.values()),
            tags=tuple(sorted((*self.tags, kind))),
        )


def language_for(page: Page, settings: Settings) -> Language | None:
    """Return the language that *page* names, else that of the settings; None if it is unknown."""
    return language_of(page.language or settings.language)


def frame_for(page: Page, settings: Settings) -> Frame:
    """Compute the parts that all notes of *page* share."""
    question = plain_text(page.question)
    language = language_for(page, settings) or read_language(ENGLISH)
    stems = roots if language.is_english else language.stems
    subject = page.subjects[0] if len(page.subjects) == 1 else ""
    return Frame(
        page,
        question,
        told=stems(subject) | stems(question),
        line=" · ".join(filter(None, (text_html(subject), inline_html(page.question)))),
        source=language.marked(_source(page, settings, language)),
        tags=tuple(_page_tags(page, settings.tag_root)),
        settings=settings,
        language=language,
        field=field_of(page.keywords),
    )


def numbered(notes: Iterable[tuple[Note, str]], tag_root: str) -> tuple[Note, ...]:
    """Fill in the order and the tier's tag of the chosen notes.

    ``Order`` (``170604.04``) sorts the notes of a page in Anki's browser.
    """
    return tuple(
        _with_order(note, place, f"{tag_root}::tier::{tier}")
        for place, (note, tier) in enumerate(notes, start=1)
    )


def with_full_answer(
    notes: tuple[Note, ...], outline: Outline, language: Language
) -> tuple[Note, ...]:
    """Add the page's whole answer, collapsed, to the first of its *notes*, unless already shown.

    The templates have an English title for it, so in other languages it is part of the extra text.
    """
    if not notes:
        return notes
    first, html = notes[0], blocks_html(outline.blocks)
    if first.note_type == "qa":
        answer = first.fields[_ANSWER_AT]
        has_pictures = html.count("<img") == answer.count("<img")
        if has_pictures and visible_text(html) == visible_text(answer):
            return notes
    at = _DETAILS_AT[first.note_type]
    if not language.is_english:
        at = _EXTRA_AT[first.note_type]
        summary = phrase("full_answer", language.code)
        html = f"{first.fields[at]}{language.marked(_FULL.format(summary=summary, html=html))}"
    fields = (*first.fields[:at], html, *first.fields[at + 1 :])
    return (replace(first, fields=fields), *notes[1:])


def has_full_answer(note: Note) -> bool:
    """Whether a note has the whole answer of its page."""
    extra = note.fields[_EXTRA_AT[note.note_type]]
    return bool(note.fields[_DETAILS_AT[note.note_type]] or _FOLDED.search(extra))


def move_full_answer(note: Note, heir: Note) -> Note:
    """Return *heir* with the whole answer of the page that *note* has."""
    fields = list(heir.fields)
    fields[_DETAILS_AT[heir.note_type]] = note.fields[_DETAILS_AT[note.note_type]]
    if folded := _FOLDED.search(note.fields[_EXTRA_AT[note.note_type]]):
        fields[_EXTRA_AT[heir.note_type]] += folded[0]
    return replace(heir, fields=tuple(fields))


def without_full_answer(extra: str) -> str:
    """Return the field ``Extra`` without the whole answer of the page."""
    return _FOLDED.sub("", extra)


def _with_order(note: Note, place: int, tier: str) -> Note:
    at = _ORDER_AT[note.note_type]
    order = f"{note.page_id}.{place:02d}"
    fields = (*note.fields[:at], order, *note.fields[at + 1 :])
    return replace(note, fields=fields, tags=tuple(sorted((*note.tags, tier))))


def _source(page: Page, settings: Settings, language: Language) -> str:
    url = settings.base_url + page.url if page.url.startswith("/") else page.url
    address = defuse(html.escape(url), where="code")
    name = phrase("source", language.code)
    link = f'<a class="qt-src" href="{address}">{name}</a> ' if url else ""
    dated = f"{page.date.isoformat()} · " if page.date else ""
    place = f"<span>{dated}{page.page_id}</span>"
    if language.direction == "rtl":  # otherwise the day would come first in the date
        place = f'<bdi dir="ltr">{place}</bdi>'
    return f"{link}{place}{_report(page, url, settings.report_link, language.code)}"


def _report(page: Page, url: str, template: str, language: str) -> str:
    if not template:
        return ""
    values = {"page": str(page.page_id), "url": quote(url, safe="")}
    link = _PLACE.sub(lambda place: values[place[1]], template)
    address = defuse(html.escape(link), where="code")
    return f' <a class="qt-report" href="{address}">{phrase("report", language)}</a>'


def _page_tags(page: Page, root: str) -> Iterator[str]:
    yield f"{root}::page::{page.page_id}"
    for subject in page.subjects:
        yield f"{root}::subject::{tag_part(subject)}"


@cache
def _kind_tag(kind: Kind, root: str) -> str:
    return f"{root}::kind::{_KIND_TAGS.get(kind, kind.value)}"


def tag_part(name: str) -> str:
    """Write a name as one level of a tag: no spaces, no quotes, no colons."""
    return _NO_TAG.sub("_", name).strip("_") or "_"
