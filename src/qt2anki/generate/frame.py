"""What all notes of a page share: context line, source line, tags; and how a note is filled in."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

from qt2anki.generate.identity import guid_for
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS, Kind, Note, Page
from qt2anki.render.defuse import defuse, text_html
from qt2anki.render.fragment import inline_html, plain_text
from qt2anki.settings import Settings

_NO_TAG = re.compile(r"[^\w&+.-]+")
_PLACE = re.compile(r"\{(page|url)\}")
_TIERS = {
    Kind.QA: "core",
    Kind.NEXT: "core",
    Kind.EXPLAIN: "core",
    Kind.NAME: "standard",
    Kind.TERM: "standard",
    Kind.CLOZE: "standard",
    Kind.NUMBER: "standard",
    Kind.ABBR: "standard",
    Kind.COMPARE: "core",
    Kind.FORMULA: "core",
    Kind.VARIABLE: "extra",
    Kind.CODE: "core",
    Kind.TABLE: "core",
    Kind.SUMMARY: "standard",
    Kind.POINT: "extra",
}
_KIND_TAGS = {
    Kind.NEXT: "step::next",
    Kind.EXPLAIN: "step::explain",
    Kind.NAME: "step::name",
    Kind.VARIABLE: "formula::variable",
}


@dataclass(frozen=True, slots=True)
class Frame:
    """The parts of a note that are the same for every note of one page."""

    page: Page
    question: str  # plain text
    source: str  # HTML
    settings: Settings

    def context(self, section: str = "") -> str:
        """Return the small line above a question: subject, page question, section (HTML)."""
        parts = [text_html(self.page.subjects[0]), inline_html(self.page.question)]
        if section:
            parts.append(inline_html(section))
        return " · ".join(parts)

    def context_text(self, section: str = "") -> str:
        """Return the context line as a reader sees it."""
        return f"{self.page.subjects[0]} · {self.question} · {plain_text(section)}"

    def qa(self, kind: Kind, key: str, *, question: str, answer: str, **more: str) -> Note:
        """Make a Q&A note; *more* fills further fields by their names, in small letters."""
        return self._note("qa", QA_FIELDS, kind, key, question=question, answer=answer, **more)

    def cloze(self, kind: Kind, key: str, *, text: str, **more: str) -> Note:
        """Make a cloze note; *text* holds its deletions, all numbered 1."""
        return self._note("cloze", CLOZE_FIELDS, kind, key, text=text, **more)

    def _note(
        self, note_type: str, names: tuple[str, ...], kind: Kind, key: str, **values: str
    ) -> Note:
        values |= {"key": f"{self.page.page_id}/{key}", "source": self.source}
        fields = tuple(values.pop(name.lower(), "") for name in names)
        if values:
            raise TypeError(f"a {note_type} note has no field for {', '.join(values)}")
        return Note(
            guid=guid_for(self.page.page_id, key),
            page_id=self.page.page_id,
            key=key,
            kind=kind,
            note_type="qa" if note_type == "qa" else "cloze",
            fields=fields,
            tags=tuple(sorted(_tags(self.page, kind, self.settings.tag_root))),
        )


def frame_for(page: Page, settings: Settings) -> Frame:
    """Work out once what all notes of *page* share."""
    return Frame(page, plain_text(page.question), _source(page, settings), settings)


def numbered(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Fill in ``Order`` (``170604.04``), by which the notes of a page sort in Anki's browser."""
    return tuple(_with_order(note, place) for place, note in enumerate(notes, start=1))


def _with_order(note: Note, place: int) -> Note:
    at = (QA_FIELDS if note.note_type == "qa" else CLOZE_FIELDS).index("Order")
    order = f"{note.page_id}.{place:02d}"
    return replace(note, fields=(*note.fields[:at], order, *note.fields[at + 1 :]))


def _source(page: Page, settings: Settings) -> str:
    url = settings.base_url + page.url if page.url.startswith("/") else page.url
    address = defuse(html.escape(url), where="code")
    link = f'<a class="qt-src" href="{address}">Source</a> ' if url else ""
    dated = f"{page.date.isoformat()} · " if page.date else ""
    return f"{link}<span>{dated}{page.page_id}</span>{_report(page, url, settings.report_link)}"


def _report(page: Page, url: str, template: str) -> str:
    if not template:
        return ""
    values = {"page": str(page.page_id), "url": quote(url, safe="")}
    link = _PLACE.sub(lambda place: values[place[1]], template)
    address = defuse(html.escape(link), where="code")
    return f' <a class="qt-report" href="{address}">Report an error</a>'


def _tags(page: Page, kind: Kind, root: str) -> Iterator[str]:
    yield f"{root}::page::{page.page_id}"
    yield f"{root}::kind::{_KIND_TAGS.get(kind, kind.value)}"
    yield f"{root}::tier::{_TIERS[kind]}"
    for subject in page.subjects:
        yield f"{root}::subject::{tag_part(subject)}"


def tag_part(name: str) -> str:
    """Write a name as one level of a tag: no blanks, no quotes, no colons."""
    return _NO_TAG.sub("_", name).strip("_") or "_"
