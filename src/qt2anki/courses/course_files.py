"""Read course files: ``courses/*.toml``, and ``[[course]]`` next to the settings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, get_args

from qt2anki.anki.files import package_file_name
from qt2anki.config import values
from qt2anki.config.load import COURSE_KEY, TomlFile, read_toml
from qt2anki.config.settings import kinds_of, profile_of
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
_NEW = "qt2anki course new NAME writes a course file to start from."


def course_folder(start: Path, settings: TomlFile | None) -> Path:
    """Return the folder of course files: next to the settings, else in the folder *start*."""
    return (settings.path.parent if settings else start) / FOLDER


def choose_courses(
    names: Sequence[str], start: Path, settings: TomlFile | None
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
            hint = (
                did_you_mean(name, known, f"The courses are: {', '.join(known)}.")
                if known
                else _NEW
            )
            where = f"in {course_folder(start, settings).as_posix()}, or in the settings"
            raise SettingsError(f"there is no course {name!r} {where}", hint=hint)
    _refuse_same_files(chosen)
    return tuple(chosen)


def all_courses(start: Path, settings: TomlFile | None) -> dict[str, Course]:
    """Read all courses, by name; SettingsError if two have the same name."""
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


def _every(start: Path, settings: TomlFile | None) -> Iterator[Course]:
    for path in sorted(course_folder(start, settings).glob(f"*{_ENDING}")):
        file = read_toml(path)
        yield _course(file, (), file.table, path.stem)
    if settings is None:
        return
    listed = settings.table.get(COURSE_KEY, [])
    if not isinstance(listed, list):
        text = f"{COURSE_KEY} is {values.kind_of(listed)}, not an array of tables"
        hint = f"Begin each course with [[{'.'.join((*settings.prefix, COURSE_KEY))}]]."
        raise settings.error(text, hint, (COURSE_KEY,))
    for number, table in enumerate(listed):
        yield _course(settings, (COURSE_KEY, number), table, "")


def _is_file(name: str) -> bool:
    return name.endswith(_ENDING)


def _course(file: TomlFile, at: values.KeyPath, table: object, name: str) -> Course:
    """Read a course that is at the path *at* of a file."""
    if not isinstance(table, Mapping):
        raise file.error(f"the course is {values.kind_of(table)}, not a table", "", at)
    try:
        found = values.read_keys(table, _COURSE, required=("title", "unit"))
    except values.InvalidValue as bad:
        raise file.error(bad.named, bad.hint, (*at, *bad.key)) from bad
    title = unicodedata.normalize("NFKC", found["title"]).casefold()
    name = name or re.sub(r"\W+", "-", title).strip("-") or "course"
    return Course(
        name=found.get("name", name),
        title=found["title"],
        description=found.get("description", "").strip(),
        cards=_take_cards(found),
        units=found["unit"],
        file=file,
        at=at,
    )


def _units(value: object) -> tuple[CourseUnit, ...]:
    if not isinstance(value, list) or not value:
        raise values.InvalidValue("no units", "Begin each unit with [[unit]].")
    units = []
    for number, table in enumerate(value):
        with values.found_at(number):
            if not isinstance(table, Mapping):
                text = f"a unit is {values.kind_of(table)}, not a table"
                raise values.InvalidValue(text, "Begin it with [[unit]].")
            found = values.read_keys(table, _UNIT, required=("title", "take"))
            found["key"] = found.get("key", found["title"]).casefold()
            units.append(CourseUnit(cards=_take_cards(found), **found))
    return tuple(units)


def _take_cards(found: dict[str, Any]) -> CardFilter:
    return CardFilter(**{name: found.pop(name) for name in _CARDS if name in found})


def _unit_title(value: object) -> str:
    text = " ".join(values.text_of(value).split())
    if "::" in text:
        raise values.InvalidValue(
            "'::' would split the deck into levels", "A unit is one deck; leave '::' out."
        )
    return text


_Readers = Mapping[str, Callable[[Any], object]]
_CARDS: _Readers = {
    "profile": profile_of,
    "kinds": kinds_of,
    "drop": values.texts_of,
    "only_reviewed": values.flag_of,
}
_UNIT: _Readers = {
    "title": _unit_title,
    "key": values.text_of,
    "take": values.conditions_of,
    "exclude": values.conditions_of,
    "order": lambda value: values.one_of(get_args(Order), values.text_of(value)),
    **_CARDS,
}
_COURSE: _Readers = {
    "name": values.text_of,
    "title": values.deck_name_of,
    "description": str,
    **_CARDS,
    "unit": _units,
}
