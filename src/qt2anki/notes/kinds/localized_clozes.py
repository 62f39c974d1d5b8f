"""Cloze cards in languages other than English: terms in bold, and keywords of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Block, Heading, Item, Kind, Listing, Outline, Paragraph, Summary
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.cloze_deletion import deletion
from qt2anki.notes.frame import Frame
from qt2anki.notes.gates import echoes
from qt2anki.notes.identity import slug
from qt2anki.notes.kinds.answer_sentences import MOST_WORDS

ENDS = (".", "!", "?", "。", "！", "？", "؟", "।")
TITLE_MOST_WORDS = 6
_TERM_MOST_WORDS = 4
_TERM_LEAST_LETTERS = 4
_SENTENCE_LEAST_WORDS = 7
_LEAST_TOLD = 3  # stems outside the gap that the question does not have
# A title that the outline leaves in the text, because its colon is full-width.
_WIDE_COLON = re.compile(
    r"(?:\*\*(?P<bold>[^*]{1,60}?)(?:[：:]\*\*|\*\*\s*[：:])|(?P<plain>[^。：:*]{1,30})：)\s*"
)
_BOLD = re.compile(r"<strong>([^<>\\{}]+)</strong>")
_MARKUP = re.compile(r"[<>\\{}&]")
_COMMA = re.compile(r"\s*[,،、;؛]")
_COMMA_BEFORE = re.compile(r"[,،、;؛]\s*$")


def title_and_text(frame: Frame, item: Item) -> tuple[str, str]:
    """Return the title and the text of a point; a point of a few words is a title."""
    if item.title:
        return item.title, item.text
    found = _WIDE_COLON.match(item.text)
    if found:
        return (found["bold"] or found["plain"]).strip(), item.text[found.end() :]
    plain = plain_text(item.text)
    is_title = 0 < frame.language.size(plain) <= TITLE_MOST_WORDS and not plain.endswith(ENDS)
    return (item.text, "") if is_title and not item.blocks else ("", item.text)


@dataclass(frozen=True, slots=True)
class _Told:
    """A sentence, and the titles it may need to be understood."""

    markdown: str
    title: str
    section: str


def localized_clozes(frame: Frame, outline: Outline) -> Iterator[Candidate]:
    """Hide one term in each sentence that has one, each term once."""
    seen: set[str] = set()
    for told in _told(frame, outline.blocks, "", ""):
        found = _gap(frame, told)
        if found is None or slug(found[1]) in seen:
            continue
        before, term, after = found
        seen.add(slug(term))
        note = frame.cloze(
            Kind.CLOZE,
            f"cloze/{slug(term)}",
            text=f"{before}{deletion(term)}{after}",
            title=inline_html(told.title),
            context=frame.context(told.section),
        )
        unit = slug(told.title) if told.title else ""
        yield Candidate(note, unit, sentence=plain_text(told.markdown))


def _told(frame: Frame, blocks: Sequence[Block], title: str, section: str) -> Iterator[_Told]:
    for block in blocks:
        match block:
            case Heading(text=text):
                section = text
            case Paragraph(text=text) | Summary(written=text):
                for one in frame.language.sentences(text):
                    yield _Told(one, title, section)
            case Listing(items=items):
                for item in items:
                    name, text = title_and_text(frame, item)
                    for one in frame.language.sentences(text):
                        yield _Told(one, name or title, section)
                    yield from _told(frame, item.blocks, name or title, section)
            case _:
                pass


def _gap(frame: Frame, told: _Told) -> tuple[str, str, str] | None:
    """Return the HTML before the term of a sentence, the term, and the HTML after it."""
    language, plain = frame.language, plain_text(told.markdown)
    if not _SENTENCE_LEAST_WORDS <= language.size(plain) <= MOST_WORDS:
        return None
    if not plain.endswith(ENDS) or plain.endswith("?") or language.points_back.match(plain):
        return None
    html = inline_html(told.markdown)
    found = _bold_term(html) if "<strong>" in html else _keyword(frame, html)
    if found is None:
        return None
    before, term, after = found
    front = f"{plain_text(told.title)} {plain_text(told.section)}"
    known = frame.told | language.stems(front)
    rest = language.stems(plain.replace(plain_text(term), " ", 1)) | known
    own = language.stems(term)
    fits = language.size(term) <= _TERM_MOST_WORDS and not language.stock.match(term)
    is_long = len(term) >= _TERM_LEAST_LETTERS or not language.has_spaces
    is_one_of_several = _COMMA_BEFORE.search(before) and _COMMA.match(after)
    if (
        not fits
        or not is_long
        or not own
        or is_one_of_several
        or after.startswith((":", "：", "-"))
    ):
        return None
    tells = len(rest - known) >= _LEAST_TOLD
    return found if tells and not echoes(own, rest) else None


def _bold_term(html: str) -> tuple[str, str, str] | None:
    found = list(_BOLD.finditer(html))
    if len(found) != 1 or html.count("<strong>") != 1 or found[0][1].rstrip().endswith((":", "：")):
        return None
    return html[: found[0].start()], found[0][1].strip(), html[found[0].end() :]


def _keyword(frame: Frame, html: str) -> tuple[str, str, str] | None:
    """Find the longest keyword of the page that a sentence without markup has once."""
    if _MARKUP.search(html):
        return None
    for keyword in sorted(frame.page.keywords, key=lambda word: (-len(word), word)):
        edge = r"\b" if frame.language.has_spaces else ""
        found = list(re.finditer(f"{edge}{re.escape(keyword)}{edge}", html, re.IGNORECASE))
        if len(found) == 1:
            return html[: found[0].start()], found[0][0], html[found[0].end() :]
    return None
