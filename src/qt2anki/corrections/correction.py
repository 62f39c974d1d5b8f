"""Corrections of cards, as ``corrections.toml`` has them: one table a card."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from qt2anki.config.load import SettingsFile, TomlFile, read_toml, toml_text
from qt2anki.config.settings import Settings
from qt2anki.config.values import (
    InvalidValue,
    check_key,
    flag_of,
    kind_of,
    table_of,
    text_of,
)
from qt2anki.errors import SettingsError
from qt2anki.html.anki_escape import CONTROLS
from qt2anki.model import page_id_of, page_order
from qt2anki.notes.identity import guid_for

FILE: Final = "corrections.toml"
FOLDER: Final = "corrections"
PAGELESS: Final = "abbr"
"""First part of the keys of abbreviations, which belong to no page."""
WORDING: Final = ("question", "answer", "text", "extra")
KEYS: Final = (*WORDING, "drop", "keep", "proposed", "reason", "made_from")
_OWN = "own/"
_OWN_NAME = re.compile(r"own(?:/[a-z0-9]+(?:-[a-z0-9]+)*)+")
_TABLE = "card"
_HEADER = re.compile(
    r"""^[ \t]*\[[ \t]*card[ \t]*\.[ \t]*(?:"([^"\\\n]*)"|'([^'\n]*)')[ \t]*\]""", re.MULTILINE
)
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?= |$)", re.MULTILINE)
_DIGEST = re.compile(r"[0-9a-f]{8}")
_CONTROL = re.compile(f"[{CONTROLS}]")


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person wants of one card; texts are Markdown, None where the card keeps its own."""

    key: str  # the field Key: "170604/qa"
    source: str
    line: int | None
    question: str | None = None
    answer: str | None = None
    text: str | None = None  # with one cloze deletion
    extra: str | None = None
    drop: bool = False
    keep: bool = False
    proposed: bool = False  # not applied until somebody confirms it
    reason: str = ""
    made_from: str = ""  # digest of the card that was generated when this was written

    @property
    def page(self) -> str:
        """The id of its page as text; PAGELESS for an abbreviation."""
        return self.key.partition("/")[0]

    @property
    def name(self) -> str:
        """The key within the page, as notes have it; all of it for an abbreviation."""
        return self.key if self.page == PAGELESS else self.key.partition("/")[2]

    @property
    def guid(self) -> str:
        """The GUID of the note that it corrects."""
        page_id = page_id_of(self.page)
        return guid_for("" if page_id is None else page_id, self.name)

    @property
    def values(self) -> dict[str, object]:
        """Its table, as it is written."""
        every = {name: getattr(self, name) for name in KEYS}
        return {n: v for n, v in every.items() if v or (n == "extra" and v is not None)}

    @property
    def is_own(self) -> bool:
        """Whether the card is written here and not made from its page."""
        return self.name.startswith(_OWN)

    @property
    def has_wording(self) -> bool:
        """Whether it changes what the card says."""
        return any(getattr(self, name) is not None for name in WORDING)


@dataclass(frozen=True)
class Corrections:
    """All corrections; their files are parsed when a correction is first asked for.

    *more* override those of the files.
    """

    texts: tuple[tuple[Path, str], ...] = ()
    more: tuple[Correction, ...] = ()

    @cached_property
    def digest(self) -> str:
        """A digest of the files, "" without any."""
        made = hashlib.blake2b(digest_size=16)
        for path, text in self.texts:
            made.update(f"{path.as_posix()}\0{text}\0".encode("utf-8", "surrogatepass"))
        return made.hexdigest() if self.texts else ""

    @cached_property
    def by_key(self) -> Mapping[str, Correction]:
        """The corrections by key, sorted; raises SettingsError that lists all mistakes."""
        found: dict[str, Correction] = {}
        errors: list[SettingsError] = []
        for path, text in self.texts:
            for correction in _read(path, text, errors):
                other = found.setdefault(correction.key, correction)
                if other is not correction:
                    errors.append(_twice(correction.key, other, path, correction.line))
        if errors:
            raise errors[0] if len(errors) == 1 else SettingsError("\n".join(map(str, errors)))
        found |= {one.key: one for one in self.more}
        return MappingProxyType({key: found[key] for key in sorted(found, key=key_order)})

    @cached_property
    def by_page(self) -> Mapping[str, tuple[Correction, ...]]:
        """The corrections by the id of their page as text."""
        found: dict[str, list[Correction]] = {}
        for correction in self.by_key.values():
            found.setdefault(correction.page, []).append(correction)
        return MappingProxyType({page: tuple(every) for page, every in found.items()})

    def of_page(self, page: object) -> tuple[Correction, ...]:
        """Return the corrections of the page with that id, or of abbreviations (PAGELESS)."""
        return self.by_page.get(str(page), ())

    def state_of(self, page: object) -> str:
        """Return what the notes of a page depend on, "" without corrections."""
        found = self.of_page(page)
        return repr(found) if found else ""

    @cached_property
    def dropped(self) -> frozenset[str]:
        """The GUIDs of the notes that are dropped."""
        every = self.by_key.values()
        return frozenset(one.guid for one in every if one.drop and not one.proposed)


def key_order(key: str) -> tuple[tuple[bool, int, str], str]:
    """Return the sort key of a card's key: by page, and then by name."""
    page, _, name = key.partition("/")
    page_id = page_id_of(page)
    return page_order(page if page_id is None else page_id), name


def places_of_corrections(
    start: Path, settings: Settings, source: SettingsFile | None, given: Path | None = None
) -> tuple[Path, ...]:
    """Return where corrections are: *given*, or in the settings, or those beside the settings.

    The first is where new ones go; only that of the settings, or *given*, may not exist yet.
    """
    beside = source.file.path.parent if source else start
    if given or settings.corrections:
        return (given or beside / settings.corrections,)
    found = (path for path in (beside / FILE, beside / FOLDER) if path.exists())
    return tuple(found) or (beside / FILE,)


def read_corrections(paths: Sequence[Path]) -> Corrections:
    """Read the files in *paths* (files, and folders of ``*.toml``); SettingsError if one fails.

    One that does not exist yet has no corrections.
    """
    files = correction_files(path for path in paths if path.exists())
    return Corrections(tuple((path, toml_text(path)) for path in files))


def correction_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files of corrections in *paths*, sorted in each folder."""
    found: list[Path] = []
    for path in paths:
        found += sorted(path.glob("*.toml")) if path.is_dir() else [path]
    return tuple(found)


def _read(path: Path, text: str, errors: list[SettingsError]) -> Iterator[Correction]:
    """Yield the corrections of a file, and add its mistakes to *errors*."""
    source = path.as_posix()
    lines: dict[str, int] = {}
    line, place = 1, 0
    for header in _HEADER.finditer(text):
        line += text.count("\n", place, header.start())
        key, place = header[1] or header[2], header.start()
        if key in lines:
            other = Correction(key, source, lines[key])
            errors.append(_twice(key, other, path, line))
            return
        lines[key] = line
    try:
        file = TomlFile(path, text, tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError):
        errors.append(_not_toml(path, text))
        return
    try:
        for key in file.table:
            check_key(key, (_TABLE,), "table")
        cards = table_of(file.table.get(_TABLE, {}))
    except InvalidValue as bad:
        hint = 'Begin each correction with [card."PAGE/KEY"].'
        errors.append(SettingsError(bad.text, hint=hint, source=source, line=1))
        return
    for key, table in cards.items():
        try:
            yield correction_of(key, table, source, lines.get(key) or file.line_of((_TABLE, key)))
        except InvalidValue as bad:
            inner = () if bad.key is None else (bad.key,)
            what = f"{key}: {bad.key}: {bad.text}" if bad.key else f"{key}: {bad.text}"
            errors.append(file.error(what, bad.hint, (_TABLE, key, *inner)))


def _not_toml(path: Path, text: str) -> SettingsError:
    conflict = _CONFLICT.search(text)
    if conflict:
        line = text.count("\n", 0, conflict.start()) + 1
        hint = "Keep the tables of both sides, or one table of a card that both have; remove the"
        said = "an unresolved merge conflict"
        return SettingsError(said, hint=f"{hint} marks.", source=path.as_posix(), line=line)
    try:
        read_toml(path)
    except SettingsError as error:
        return error
    return SettingsError("changed while it was read", hint="Try again.", source=path.as_posix())


def _twice(key: str, other: Correction, path: Path, line: int | None) -> SettingsError:
    return SettingsError(
        f"a second correction of the card {key!r}; the first is in {other.source}:{other.line}",
        hint="Keep one of them.",
        source=path.as_posix(),
        line=line,
    )


def correction_of(key: str, table: object, source: str, line: int | None) -> Correction:
    """Read the correction of the card *key*; raise InvalidValue for one that cannot be meant."""
    values: dict[str, Any] = {}
    for name, value in table_of(table).items():
        try:
            check_key(name, KEYS, "key")
            values[name] = _READERS[name](value)
        except InvalidValue as bad:
            raise InvalidValue(bad.text, bad.hint, name) from bad
    correction = Correction(key, source, line, **values)
    _check_name(correction)
    _check_meaning(correction)
    return correction


def _check_name(correction: Correction) -> None:
    is_page = page_id_of(correction.page) is not None or correction.page == PAGELESS
    if not is_page or "/" not in correction.key or not correction.key.isprintable():
        hint = 'Write it as on the card: "PAGE/KEY", such as "170604/qa".'
        raise InvalidValue("not the key of a card", hint)
    if correction.is_own and not _OWN_NAME.fullmatch(correction.name):
        raise InvalidValue(
            "not a name for a card of your own",
            "Use small letters, digits and hyphens after own/, such as own/why-it-stops.",
        )


def _check_meaning(correction: Correction) -> None:
    is_question = correction.question is not None or correction.answer is not None
    if correction.drop and correction.keep:
        raise InvalidValue("drop and keep are mutually exclusive", "Leave one of them out.")
    if is_question and correction.text is not None:
        hint = "Write question and answer, or a text with one {{c1::...}}."
        raise InvalidValue("a card has either a question or a cloze deletion", hint)
    if correction.drop:
        if correction.has_wording:
            hint = "Remove drop, or the wording."
            raise InvalidValue("a dropped card needs no wording", hint)
    elif correction.is_own:
        if correction.text is None and not (correction.question and correction.answer):
            hint = "Write question and answer, or a text with one {{c1::...}}."
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


def _extra(value: object) -> str:
    return "" if value == "" else _wording(value)  # an empty one removes that of the card


def _made_from(value: object) -> str:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise InvalidValue("not 8 hexadecimal digits", "qt2anki corrections add KEY writes it.")
    return value


_READERS: Final[Mapping[str, Callable[[object], object]]] = MappingProxyType(
    {
        "question": _wording,
        "answer": _wording,
        "text": _wording,
        "extra": _extra,
        "drop": flag_of,
        "keep": flag_of,
        "proposed": flag_of,
        "reason": text_of,
        "made_from": _made_from,
    }
)
