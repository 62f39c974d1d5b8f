"""Course files: ``courses/*.toml``, and ``[[course]]`` beside the settings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, get_args

from qt2anki.anki.files import package_file_name
from qt2anki.config.load import COURSE_KEY, KeyPath, SettingsFile, TomlFile, read_toml
from qt2anki.config.settings import kinds_of, profile_of
from qt2anki.config.values import (
    InvalidValue,
    check_key,
    conditions_of,
    deck_name_of,
    flag_of,
    kind_of,
    one_of,
    text_of,
    texts_of,
)
from qt2anki.courses.course import CardFilter, Course, CourseUnit, Order
from qt2anki.errors import SettingsError
from qt2anki.messages import did_you_mean
from qt2anki.model import PageId


def course_template(name: str, title: str, pages: tuple[PageId, ...] = ()) -> str:
    """Return the text of a course file; *pages* are the ids that its unit takes."""
    quoted = _quoted(title)
    ids = [_quoted(one) if isinstance(one, str) else str(one) for one in pages]
    text = Path(__file__).with_name("template.toml").read_text(encoding="utf-8")
    text = text.replace("@name@", name).replace("@quoted@", quoted)
    text = text.replace("@title@", quoted[1:-1])
    return text.replace("@take@\n", "".join(f"  {page_id},\n" for page_id in ids))


def _quoted(text: str) -> str:
    """Write text as a basic string of TOML (1.0, "String")."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


FOLDER: Final = "courses"
_ENDING = ".toml"
_CARD_KEYS = ("profile", "kinds", "drop", "only_reviewed")
_COURSE_KEYS = ("name", "title", "description", *_CARD_KEYS, "unit")
_UNIT_KEYS = ("title", "key", "take", "exclude", "order", *_CARD_KEYS)
_NEW = "qt2anki course new NAME writes a course file to start from."
_NO_NAME = re.compile(r"[^\w]+")
_Read = Callable[[str, Callable[[object], Any], Any], Any]


def course_folder(start: Path, settings: SettingsFile | None) -> Path:
    """Return the folder of course files: beside the settings, else in the folder *start*."""
    return (settings.file.path.parent if settings else start) / FOLDER


def choose_courses(
    names: Sequence[str], start: Path, settings: SettingsFile | None
) -> tuple[Course, ...]:
    """Return the courses called *names*; a name may be the path of a course file, too."""
    known = {} if all(map(_is_file, names)) else all_courses(start, settings)
    chosen = []
    for name in dict.fromkeys(names):
        if _is_file(name):
            file = read_toml(Path(name))
            chosen.append(_course(file, (), file.table, Path(name).stem))
        elif name in known:
            chosen.append(known[name])
        else:
            hint = did_you_mean(name, known, f"There are: {', '.join(known)}.") if known else _NEW
            where = f"in {course_folder(start, settings).as_posix()}, nor beside the settings"
            raise SettingsError(f"there is no course {name!r} {where}", hint=hint)
    _refuse_same_files(chosen)
    return tuple(chosen)


def all_courses(start: Path, settings: SettingsFile | None) -> dict[str, Course]:
    """Read every course there is, by name; SettingsError for two of one name."""
    courses: dict[str, Course] = {}
    for course in _every(start, settings):
        other = courses.setdefault(course.name, course)
        _refuse_same_files([other, course] if other is not course else [])
    return courses


def package_name(course: Course) -> str:
    """Return the file name of the course's package; hyphens and spaces make no difference."""
    return package_file_name(" ".join(course.name.replace("-", " ").replace("_", " ").split()))


def _refuse_same_files(courses: Sequence[Course]) -> None:
    seen: dict[str, Course] = {}
    for course in courses:
        other = seen.setdefault(package_name(course), course)
        if other is not course:
            text = f"there is a second course {course.name!r}, in {other.file.path.as_posix()}"
            raise course.file.error(text, "Rename one of them.", (*course.at, "name"))


def _every(start: Path, settings: SettingsFile | None) -> Iterator[Course]:
    for path in sorted(course_folder(start, settings).glob(f"*{_ENDING}")):
        file = read_toml(path)
        yield _course(file, (), file.table, path.stem)
    if settings is None:
        return
    listed, at = settings.table.get(COURSE_KEY, []), (*settings.prefix, COURSE_KEY)
    if not isinstance(listed, list):
        text = f"{COURSE_KEY} is {kind_of(listed)}, not an array of tables"
        raise settings.file.error(text, f"Begin each course with [[{'.'.join(at)}]].", at)
    for number, table in enumerate(listed):
        yield _course(settings.file, (*at, number), table, "")


def _is_file(name: str) -> bool:
    return name.endswith(_ENDING)


def _course(file: TomlFile, at: KeyPath, table: object, name: str) -> Course:
    if not isinstance(table, Mapping):
        raise file.error(f"the course is {kind_of(table)}, not a table", "", at)
    read = _reader(file, at, table, _COURSE_KEYS)
    title = read("title", deck_name_of, None)
    units = read("unit", _tables_of, None)
    # Words in small letters, with hyphens.
    default = _NO_NAME.sub("-", unicodedata.normalize("NFKC", title).casefold()).strip("-")
    return Course(
        name=read("name", text_of, name or default or "course"),
        title=title,
        description=read("description", str, "").strip(),
        cards=_cards(read),
        units=tuple(_unit(file, (*at, "unit", n), unit) for n, unit in enumerate(units)),
        file=file,
        at=at,
    )


def _unit(file: TomlFile, at: KeyPath, table: object) -> CourseUnit:
    if not isinstance(table, Mapping):
        raise file.error(f"a unit is {kind_of(table)}, not a table", "Begin it with [[unit]].", at)
    read = _reader(file, at, table, _UNIT_KEYS)
    title = read("title", _level_of, None)
    return CourseUnit(
        title=title,
        key=read("key", text_of, title).casefold(),
        take=read("take", conditions_of, None),
        exclude=read("exclude", conditions_of, ()),
        order=read("order", lambda value: one_of(get_args(Order), text_of(value)), "written"),
        cards=_cards(read),
    )


def _cards(read: _Read) -> CardFilter:
    return CardFilter(
        profile=read("profile", profile_of, ""),
        kinds=read("kinds", kinds_of, ()),
        drop=read("drop", texts_of, ()),
        only_reviewed=read("only_reviewed", flag_of, False),  # noqa: FBT003  # a default
    )


def _reader(
    file: TomlFile, at: KeyPath, table: Mapping[str, object], known: Collection[str]
) -> _Read:
    """Return what reads one key of *table*; a key without a default must be there."""

    def read(key: str, reader: Callable[[object], Any], default: object) -> object:
        if key not in table:
            if default is None:
                raise file.error(f"there is no {key}", f"Add a line '{key} = ...'.", at)
            return default
        try:
            return reader(table[key])
        except InvalidValue as invalid:
            raise file.error(f"{key}: {invalid.text}", invalid.hint, (*at, key)) from invalid

    for key in table:
        try:
            check_key(key, known, "key")
        except InvalidValue as invalid:
            raise file.error(f"{key}: {invalid.text}", invalid.hint, (*at, key)) from invalid
    return read


def _tables_of(value: object) -> Sequence[object]:
    if not isinstance(value, list) or not value:
        raise InvalidValue("no units", "Begin each unit with [[unit]].")
    return value


def _level_of(value: object) -> str:
    text = " ".join(text_of(value).split())
    if "::" in text:
        raise InvalidValue("'::' would make levels of it", "A unit is one deck; leave '::' out.")
    return text
