"""What stands in the output folder, told to machines: ``manifest.json``.

It is a report and never read as memory: without it the next build gives the same packages. Its
schema is docs/manifest.schema.json.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qt2anki import __version__
from qt2anki.diff import PageDiff, Status
from qt2anki.errors import PackageError
from qt2anki.model import Kind, Page
from qt2anki.package.files import write_atomically

FILE_NAME = "manifest.json"
SCHEMA_VERSION = 1
_Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """What a build knows of one package; *differences* is None when the file was left alone."""

    subject: str
    deck: str
    path: Path
    pages: int
    notes: tuple[tuple[Kind, int], ...]
    cards: tuple[tuple[Kind, int], ...]
    sources: str  # see fingerprint()
    is_first: bool
    differences: tuple[PageDiff, ...] | None


@dataclass(frozen=True, slots=True)
class RetiredFacts:
    """What a build knows of one package of retired notes."""

    subject: str
    path: Path
    notes: int


def fingerprint(pages: Iterable[Page]) -> str:
    """Return the SHA-256 (hex) of what was read of some pages, wherever their files are."""
    digest = hashlib.sha256()
    for page in sorted(pages, key=lambda each: each.page_id):
        values = asdict(page)
        del values["source"]
        digest.update(json.dumps(values, default=str, sort_keys=True).encode("ascii"))
        digest.update(b"\n")
    return digest.hexdigest()


def update_manifest(
    folder: Path,
    packages: Sequence[PackageFacts],
    retired: Sequence[RetiredFacts],
    stamp: int,
) -> bool:
    """Write the manifest of *folder* and tell whether anything in it is new.

    Packages this build did not look at keep what was said of them while their files are the
    same. Raises PackageError when a file cannot be read or written.
    """
    path = folder / FILE_NAME
    earlier = _read(path)
    known = {entry["file"]: entry for entry in earlier["packages"]}
    entries = {f.path.name: _package(f, known.get(f.path.name), stamp) for f in packages}
    graves = {f"{f.path.parent.name}/{f.path.name}": _retired(f) for f in retired}
    found = {
        "packages": _with_others(entries, earlier["packages"], folder),
        "retired": _with_others(graves, earlier["retired"], folder),
    }
    if all(found[name] == earlier[name] for name in found) and path.is_file():
        return False
    same_files = _digests(found) == _digests(earlier)
    published = earlier.get("published") if same_files else None
    manifest = {
        "schema": SCHEMA_VERSION,
        "tool": f"qt2anki {__version__}",
        "published": published or _time(stamp),
        **found,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    return write_atomically(path, text.encode("utf-8"))


def _read(path: Path) -> _Json:
    """Read what was written last; whatever cannot be used counts as nothing."""
    nothing: _Json = {"packages": [], "retired": []}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["schema"] != SCHEMA_VERSION:
            return nothing
        for entry in (*found["packages"], *found["retired"]):
            if not isinstance(entry["file"], str) or not isinstance(entry["sha256"], str):
                return nothing
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return nothing
    return {**nothing, **found}


def _package(facts: PackageFacts, earlier: _Json | None, stamp: int) -> _Json:
    entry = {
        "file": facts.path.name,
        "subject": facts.subject,
        "deck": facts.deck,
        **_file(facts.path),
        "pages": facts.pages,
        "notes": {kind.value: count for kind, count in facts.notes},
        "cards": {kind.value: count for kind, count in facts.cards},
        "sources": facts.sources,
    }
    if facts.differences is not None:
        return entry | {"changed": _time(stamp), "changes": _changes(facts)}
    is_same = earlier is not None and earlier["sha256"] == entry["sha256"]
    said = earlier if earlier is not None and is_same else {}
    return entry | {"changed": said.get("changed"), "changes": said.get("changes")}


def _changes(facts: PackageFacts) -> _Json:
    notes = [note for page in facts.differences or () for note in page.notes]
    counts = {status: [n for n in notes if n.status is status] for status in Status}
    keys = {} if facts.is_first else {s.value: [n.key for n in counts[s]] for s in Status}
    return {
        "is_first": facts.is_first,
        "counts": {status.value: len(counts[status]) for status in Status},
        "keys": keys,
    }


def _retired(facts: RetiredFacts) -> _Json:
    return {
        "file": f"{facts.path.parent.name}/{facts.path.name}",
        "subject": facts.subject,
        **_file(facts.path),
        "notes": facts.notes,
    }


def _with_others(
    entries: Mapping[str, _Json], earlier: Iterable[_Json], folder: Path
) -> list[_Json]:
    """Add the packages that this build did not look at, as long as they are there unchanged."""
    others = {
        entry["file"]: entry
        for entry in earlier
        if entry["file"] not in entries and _is_there(folder / entry["file"], entry["sha256"])
    }
    return [entry for _, entry in sorted((others | dict(entries)).items())]


def _is_there(path: Path, digest: str) -> bool:
    return path.is_file() and _file(path)["sha256"] == digest


def _file(path: Path) -> _Json:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PackageError(
            f"the file cannot be read: {error.strerror or error}", source=path.as_posix()
        ) from error
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _digests(manifest: _Json) -> list[str]:
    return [entry["sha256"] for entry in (*manifest["packages"], *manifest["retired"])]


def _time(stamp: int) -> str:
    moment = datetime.datetime.fromtimestamp(stamp, tz=datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
