"""Write ``manifest.json``, which describes the output folder for programs.

It is only a report: without it, the next build makes the same packages. Its schema is
docs/manifest.schema.json.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Collection, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

from qt2anki import __version__
from qt2anki.anki.files import write_atomically
from qt2anki.anki.package_file import packages_in
from qt2anki.build.job import Built, Job, Report
from qt2anki.corrections.corrections_file import FILE as CORRECTIONS_FILE
from qt2anki.errors import PackageError, refused
from qt2anki.messages import plural
from qt2anki.model import Page
from qt2anki.release.changes import Status
from qt2anki.release.previous_release import COURSES_FOLDER, RETIRED_FOLDER

FILE_NAME = "manifest.json"
SCHEMA_VERSION = 1
_Json = dict[str, Any]  # the manifest, or one of its entries
_FEWEST_LOST = 3  # corrections that may be in a missing file
_LARGEST_LOSS = 0.2
_FILE = re.compile(rf"(?:{RETIRED_FOLDER}/)?[^/\\\x00-\x1f\ud800-\udfff]+\.apkg")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")  # half a character, which no build writes
_READ_OF_PAGE = tuple(
    field.name for field in fields(Page) if field.name not in ("source", "language", "topic")
)


def fingerprint(pages: Iterable[Page]) -> str:
    """Return the SHA-256 (hex) of the contents of pages, by id, wherever their files are."""
    digest = hashlib.sha256()
    for page in pages:
        values = [getattr(page, name) for name in _READ_OF_PAGE]
        # Pages that name neither keep their fingerprint.
        values += filter(None, [page.language, page.topic and f"topic {page.topic}"])
        digest.update(json.dumps(values, default=str).encode("ascii"))
        digest.update(b"\n")
    return digest.hexdigest()


def read_manifest(folders: Iterable[Path]) -> _Json:
    """Return the manifest of the first of the *folders* that has a valid one, else an empty one."""
    return next(filter(None, map(_read, folders)), {"packages": [], "retired": []})


def is_newer(out: Path, previous: Iterable[Path]) -> bool:
    """Whether the packages in *out* were published after those named by *previous*."""
    folders = [folder for folder in previous if folder.is_dir()]
    if any(folder.resolve() == out.resolve() for folder in folders):
        return False
    published = [str(_read(folder).get("published", "")) for folder in folders]
    return str(_read(out).get("published", "")) > max(published, default="") != ""


def update_manifest(out: Path, earlier: _Json, report: Report, stamp: int) -> bool:
    """Write the manifest of *out* and return whether anything in it is new.

    *earlier* is what :func:`read_manifest` returned. Packages that this build did not process stay
    in it while their files are the same.
    """
    known = {entry["file"]: entry for entry in earlier["packages"]}
    entries = [_package(built, known.get(built.path.name), stamp) for built in report.packages]
    retired = [
        {
            "file": f"{RETIRED_FOLDER}/{package.path.name}",
            "subject": package.subject,
            **_file(package.path),
            "notes": package.notes,
        }
        for package in report.retired
    ]
    found = {
        "packages": _with_others(entries, earlier["packages"], out),
        "retired": _with_others(retired, earlier["retired"], out),
    }
    courses = {*earlier.get("courses", ()), *(p.name for p in packages_in(out / COURSES_FOLDER))}
    is_same = _digests(found) == _digests(earlier)
    manifest: _Json = {
        "schema": SCHEMA_VERSION,
        "tool": f"qt2anki {__version__}",
        "published": earlier["published"] if is_same and "published" in earlier else _time(stamp),
        **({"corrections": dict(report.corrections)} if report.corrections else {}),
        **found,
        **({"courses": sorted(courses)} if courses else {}),
    }
    parts = ("corrections", "packages", "retired", "courses")
    if all(manifest.get(n) == earlier.get(n) for n in parts):
        manifest = earlier  # a new version that makes the same packages changes nothing
    return _write(out, manifest)


def refuse_lost_corrections(earlier: _Json, job: Job) -> None:
    """Refuse to build without the corrections of a missing or empty file, or of most of them.

    Otherwise dropped cards would come back as new ones.
    """
    known = earlier.get("corrections")
    left = job.corrections.summary.get("applied", 0)
    there = {path.name for path, text in job.corrections.texts if text.strip()}
    files = known.get("files", {}) if known else {}
    gone = [
        name
        for name, keys in files.items()
        if name not in there and job.corrections.by_key.keys().isdisjoint(keys)
    ]
    lost = known["applied"] - left if known else 0
    is_much = lost >= _FEWEST_LOST and lost > _LARGEST_LOSS * (lost + left)
    is_lost = is_much or gone or not job.corrections.digest
    if known and is_lost and not job.may_retire:
        number = plural(known["applied"], "correction")
        dropped = f" ({plural(known['dropped'], 'card')} dropped)" if known["dropped"] else ""
        raise PackageError(
            f"this build has {plural(left, 'correction')}, but the latest published release was"
            f" built with {number}{dropped}; nothing was written",
            hint=f"restore {' and '.join(gone) or CORRECTIONS_FILE}, or pass all files with"
            " --corrections; or, if you no longer want these corrections, add --allow-retire",
        )


def files_left(folder: Path) -> tuple[Path, ...]:
    """Return the packages that the last build left in *folder*; none if there was no build."""
    found = _read(folder)
    entries = (*found["packages"], *found["retired"]) if found else ()
    return tuple(folder / entry["file"] for entry in entries)


def unlist(out: Path, names: Collection[str]) -> None:
    """Take the packages *names*, which are about to be removed, out of the manifest in *out*.

    If the build ends before it writes the manifest, the next build must not refuse to continue
    without them.
    """
    manifest = _read(out)
    kept = {
        part: [entry for entry in manifest.get(part, ()) if entry["file"] not in names]
        for part in ("packages", "retired")
    }
    if manifest and any(len(kept[part]) < len(manifest[part]) for part in kept):
        _write(out, {**manifest, **kept})


def _write(out: Path, manifest: _Json) -> bool:
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    return write_atomically(out / FILE_NAME, text.encode("utf-8"))


def refuse_missing(folders: Iterable[Path]) -> None:
    """Refuse to build on a release if a package that its manifest names is missing.

    Otherwise all its notes would be new again, and an import would overwrite students' edits.
    """
    for folder in folders:
        if folder.is_file():  # a single package
            continue
        found = {*packages_in(folder), *packages_in(folder / RETIRED_FOLDER)}
        missing = [path.relative_to(folder) for path in files_left(folder) if path not in found]
        if missing:
            names = ", ".join(path.as_posix() for path in missing)
            raise PackageError(
                f"packages of the latest published release are missing: {names}",
                hint="restore them from a copy of that release, under these names; or, if they are"
                f" lost, delete {FILE_NAME} there to continue without them",
                source=folder.as_posix(),
            )


def refuse_lost_courses(earlier: _Json, wanted: Iterable[str], present: Collection[str]) -> None:
    """Refuse to build courses that were published and whose packages are not *present*."""
    lost = [name for name in wanted if name in earlier.get("courses", ()) and name not in present]
    if lost:
        raise PackageError(
            f"packages of the latest published courses are missing: {', '.join(lost)}",
            hint=f"restore them in the folder {COURSES_FOLDER}; or, if they are lost, add"
            " --allow-retire to continue without them",
        )


def _read(folder: Path) -> _Json:
    """Read the last manifest; a damaged file counts as empty."""
    path, hint = folder / FILE_NAME, "move it elsewhere; the next build writes a new one"
    try:
        with refused("the manifest cannot be read", path, hint=hint):
            data = path.read_bytes() if path.exists() else b""
        found = json.loads(data)
        if found["schema"] != SCHEMA_VERSION or _SURROGATE.search(data):
            return {}
        counts = found.get("corrections") or {"applied": 0, "dropped": 0}
        numbers = [counts["applied"], counts["dropped"]]
        if not all(isinstance(keys, list) for keys in counts.get("files", {}).values()):
            return {}
        if not all(isinstance(name, str) for name in found.get("courses", ())):
            return {}
        for entry in (*found["packages"], *found["retired"]):
            numbers.append(entry["bytes"])
            if not _FILE.fullmatch(entry["file"]) or not isinstance(entry["sha256"], str):
                return {}
        if not all(isinstance(number, int) for number in numbers):
            return {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return dict(found)


def _package(built: Built, earlier: _Json | None, stamp: int) -> _Json:
    entry = {
        "file": built.path.name,
        "subject": built.subject,
        "deck": built.deck,
        **_file(built.path),
        "pages": built.pages,
        "notes": {kind.value: count for kind, count in built.notes},
        "cards": {kind.value: count for kind, count in built.cards},
        "sources": built.sources,
    }
    if earlier is not None and earlier["sha256"] == entry["sha256"]:
        said = earlier.get("changed"), earlier.get("changes")
    elif built.is_written:
        said = _time(stamp), _changes(built)
    else:  # its last change is not known
        said = None, None
    return entry | {"changed": said[0], "changes": said[1]}


def _changes(built: Built) -> _Json:
    notes = [note for page in built.differences for note in page.notes]
    keys = {status: [note.key for note in notes if note.status is status] for status in Status}
    counts = {status: len(keys[status]) for status in Status}
    if built.is_first:
        counts[Status.NEW] = sum(count for _, count in built.notes)
    return {
        "is_first": built.is_first,
        "counts": {status.value: counts[status] for status in Status},
        "keys": {} if built.is_first else {status.value: keys[status] for status in Status},
    }


def _with_others(entries: Iterable[_Json], earlier: Iterable[_Json], folder: Path) -> list[_Json]:
    """Add the packages that this build did not process, and leave out those that are gone."""
    found = {entry["file"]: entry for entry in entries}
    for entry in earlier:
        path = folder / entry["file"]
        if entry["file"] not in found and _file(path)["sha256"] == entry["sha256"]:
            found[entry["file"]] = entry
    return [entry for _, entry in sorted(found.items()) if entry["bytes"]]


def _file(path: Path) -> _Json:
    """Describe a file; a missing one has no bytes."""
    with refused("the file cannot be read", path):
        if not path.exists():
            return {"bytes": 0, "sha256": hashlib.sha256(b"").hexdigest()}
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return {"bytes": file.tell(), "sha256": digest}


def _digests(manifest: _Json) -> list[str]:
    return [entry["sha256"] for entry in (*manifest["packages"], *manifest["retired"])]


def _time(stamp: int) -> str:
    moment = datetime.datetime.fromtimestamp(stamp, tz=datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
