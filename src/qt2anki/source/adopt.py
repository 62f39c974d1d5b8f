"""Adopt a folder of pages: describe them, propose settings, write ids into them."""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

from qt2anki.config.settings import PageFormat, Settings
from qt2anki.model import Page, PageId
from qt2anki.source.discover import Source, decode_bytes, read_source
from qt2anki.source.entry import BODY, PATH, read_id
from qt2anki.source.front_matter import read_front_matter
from qt2anki.source.page_keys import KNOWN_KEYS, PageReading
from qt2anki.source.read_file import pages_in, parse_pages

_COMMON = 0.5  # a key in this share of the files is proposed for a missing one
_LEAST_ANSWER = 40  # characters


@dataclass(slots=True)
class Survey:
    """The result of a survey; each counter has the number of pages per format."""

    files: int = 0
    pages: list[Page] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    ids: Counter[str] = field(default_factory=Counter)
    subjects: Counter[str] = field(default_factory=Counter)
    lacking: Counter[str] = field(default_factory=Counter)  # the reasons why files are not pages
    several: int = 0  # files with more than one page
    texts: dict[str, list[str]] = field(default_factory=dict)  # of keys that are not read


def survey(sources: Iterable[Source], page_format: PageFormat) -> Survey:
    """Read all files, and count the formats of their pages."""
    found = Survey()
    for source in sources:
        found.files += 1
        read = read_source(source)
        readings = pages_in(read, source, page_format)
        found.several += len(readings) > 1
        for reading in readings:
            _count(found, reading)
        front = read_front_matter(read.text, source.name)[0] if read.text else None
        for key, entry in front.entries.items() if front else ():
            if entry.kind == "text" and key not in KNOWN_KEYS:
                found.texts.setdefault(key, []).append(entry.text)
    return found


def _count(found: Survey, reading: PageReading) -> None:
    found.lacking.update({p.text for p in reading.problems if p.severity == "error"})
    if reading.page is None or reading.front is None:
        return
    found.pages.append(reading.page)
    entries = reading.front.entries
    is_below, by_path = entries["answer"].style == BODY, entries["subject"].style == PATH
    found.answers["in the text" if is_below else "in the front matter"] += 1
    found.subjects["from the folders" if by_path else "in the front matter"] += 1
    by_number = "numbers" if isinstance(reading.page.page_id, int) else "names"
    found.ids["none" if entries["id"].style == PATH else by_number] += 1


def proposed_settings(found: Survey, folder: Path, mapped: Mapping[str, str], language: str) -> str:
    """Return the text of a settings file for the pages in *folder*, with its keys and language."""
    name = folder.resolve().name.replace("_", " ").replace("-", " ").strip() or "Notes"
    title = name if name != name.lower() else name.title()
    lines = [
        "# Settings for qt2anki; docs/settings.md describes them all.",
        f"deck_root = {_quoted(title)}  # the parent of all decks",
        f"tag_root = {_quoted(''.join(title.split()))}  # the first part of every tag",
    ]
    if any(subject == folder.resolve().name for page in found.pages for subject in page.subjects):
        lines.append(
            f"default_subject = {_quoted(title)}  # for pages that are not in a subject folder"
        )
    if any(page.url.startswith("/") for page in found.pages):
        lines.append('base_url = "https://example.org"  # the address of your site, for links')
    if language != Settings().language:
        lines.append(f"language = {_quoted(language)}  # for pages that do not declare one")
    if mapped:
        lines += ["", "[front_matter]"]
        lines += [f"{ours} = {_quoted(theirs)}" for ours, theirs in mapped.items()]
    return "\n".join((*lines, ""))


def proposed_keys(found: Survey) -> Mapping[str, str]:
    """Guess which keys contain the question or answer of pages that seem to have none."""
    least = max(1, _COMMON * found.files)
    common = {key: texts for key, texts in found.texts.items() if len(texts) >= least}
    mapped: dict[str, str] = {}
    if found.lacking["there is no question"]:
        asked = {
            key: mean(text.rstrip().endswith("?") for text in texts)
            for key, texts in common.items()
        }
        mapped |= _best("question", asked, least=_COMMON)
    if found.lacking["there is no answer"]:
        lengths = {key: mean(map(len, texts)) for key, texts in common.items()}
        lengths.pop(mapped.get("question", ""), None)
        mapped |= _best("answer", lengths, least=_LEAST_ANSWER)
    return mapped


def _best(ours: str, worth: Mapping[str, float], *, least: float) -> dict[str, str]:
    best = max(worth, key=lambda key: worth[key], default="")
    return {ours: best} if best and worth[best] >= least else {}


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


_FENCE = re.compile(r"\s*(?:-{3,}|\+{3,})[ \t]*\n")
_INDENT = re.compile(r" *(?P<key>[\w\"'])")
_TITLE_LINE = re.compile(r"\s*[Tt]itle(::?)[ \t][^\n]*\n")
_BRACE = re.compile(r"\s*\{")
# In a file with front matter, a key id at its top level belongs to the first question.
_EMPTY_ID = re.compile(
    r"(?P<key>^id[ \t]*[:=]|(?<=[{,\s])\"id\"[ \t]*:)[ \t]*"
    r"(?:null|\"\"|~[ \t]*$|''[ \t]*$|$)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Stamped:
    """The bytes of a file with its new id; None if its pages would be read differently."""

    data: bytes | None
    page_id: PageId


def stamped_bytes(data: bytes, source: Source, page_format: PageFormat) -> Stamped | None:
    """Write the id of a file into its bytes; None if it has one or is not a page.

    The id is the one that the pages have already, so their cards keep their histories. Line ends
    stay as they are.
    """
    text = decode_bytes(data, source.name).text
    pages = parse_pages(text, source, page_format) if text is not None else ()
    front = pages[0].front if pages and pages[0].page else None
    entry = front.entries["id"] if front else None
    if text is None or front is None or entry is None or entry.style != PATH:
        return None
    # The id of a question within a file begins with that of the file.
    page_id = read_id(entry.text.rpartition("#")[0] if front.part is not None else entry.text)
    if page_id is None:
        return None
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    line_end = b"\r\n" if b"\r\n" in data else b"\n"
    new = _with_id(text, page_id)
    again = parse_pages(new, source, page_format)
    if [one.page for one in again] != [one.page for one in pages]:
        return Stamped(None, page_id)
    return Stamped(mark + new.encode().replace(b"\n", line_end), page_id)


def _with_id(text: str, page_id: PageId) -> str:
    value = json.dumps(page_id, ensure_ascii=False)  # a form common to YAML, TOML and JSON
    fence, brace = _FENCE.match(text), _BRACE.match(text)
    if header := _TITLE_LINE.match(text):
        return f"{text[: header.end()]}id{header[1]} {value}\n{text[header.end() :]}"
    if not fence and not brace:
        return f"---\nid: {value}\n---\n\n{text}"
    empty = _EMPTY_ID.search(text)
    if empty:
        return f"{text[: empty.start()]}{empty['key']} {value}{text[empty.end() :]}"
    if brace:
        return f'{text[: brace.end()]}\n  "id": {value},{text[brace.end() :]}'
    assert fence is not None
    if flow := _BRACE.match(text, fence.end()):
        return f'{text[: flow.end()]}"id": {value}, {text[flow.end() :]}'
    sign = " =" if "+" in fence[0] else ":"
    indent = _INDENT.match(text, fence.end())
    at = indent.start("key") if indent else fence.end()
    return f"{text[: fence.end()]}{text[fence.end() : at]}id{sign} {value}\n{text[fence.end() :]}"
