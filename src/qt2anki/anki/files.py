"""Files on disk: written whole or not at all, under names that are safe everywhere."""

from __future__ import annotations

import contextlib
import hashlib
import os
import unicodedata
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from qt2anki.errors import refused

_PART_START = ".qt2anki-"
_PART_END = ".part"
_ATTEMPTS = 5

# Windows keeps these for devices, whatever the ending ("Naming Files, Paths, and Namespaces").
_PORTS = tuple(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789")
_DEVICES = frozenset(("con", "prn", "aux", "nul", *_PORTS))
_LONGEST_SLUG = 100  # bytes of UTF-8; a file name may have 255, and others add endings


def write_atomically(target: Path, data: bytes) -> bool:
    """Put *data* at *target* in one step; return whether anything had to be written.

    Equal content is left alone, time stamp and all. Stopped at any moment, there is the old file or
    the new one; a part file that was left behind then goes away at the next writing of the same
    target, or by ``sweep_parts``. Of a link, the file that it points to is written.
    """
    with _refusing(target):
        target, is_right = _prepared(target, data)
        if not is_right:
            _replace(target, data)
    return not is_right


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that is written but not yet under its name; without *part* it was right already."""

    target: Path
    part: Path | None


def stage(target: Path, data: bytes) -> Staged:
    """Write *data* beside *target*, for :func:`publish`; call sweep_parts to give up."""
    with _refusing(target):
        target, is_right = _prepared(target, data)
        return Staged(target, None if is_right else _written_part(target, data))


def publish(staged: Staged) -> bool:
    """Put a staged file under its name in one step; return whether that changes anything.

    The name is sure to outlast a failure of the power once :func:`sync_folder` was called.
    """
    if staged.part is None:
        return False
    with _refusing(staged.target):
        staged.part.replace(staged.target)
    return True


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; Windows cannot open a folder and need not.

    Raises PackageError when the system refuses.
    """
    if os.name != "posix":
        return
    with _refusing(folder):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _refusing(target: Path) -> AbstractContextManager[None]:
    hint = "check that the folder may be written to and the disk has room"
    return refused("the file cannot be written", target, hint=hint)


def remove_file(target: Path) -> bool:
    """Remove *target*; return whether it was there; PackageError when the system refuses."""
    with refused("the file cannot be removed", target):
        try:
            target.unlink()
        except FileNotFoundError:
            return False
    return True


def sweep_parts(folder: Path) -> None:
    """Remove what stopped runs have left in *folder*; a running build starts its file again."""
    if folder.is_dir():
        _remove_parts(folder, _PART_START)


def package_file_name(subject: str) -> str:
    """Return the name of the subject's package: one file name, never two subjects on one.

    Upper and lower case make no difference, as on most disks. Letters of any script stay; a
    subject that holds more than letters, digits and single spaces also gets a digest.
    """
    folded = subject.casefold()
    # Marks count as letters: they are half of Hindi and Thai.
    letters = (sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in folded)
    slug = "".join(letters).split()
    plain = "-".join(slug)
    is_faithful = (
        " ".join(slug) == folded
        and unicodedata.is_normalized("NFKC", folded)
        and plain not in _DEVICES
        and 0 < len(plain.encode("utf-8")) <= _LONGEST_SLUG
    )
    if is_faithful:
        return f"{plain}.apkg"
    digest = hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()
    short = plain.encode("utf-8", "ignore")[:_LONGEST_SLUG].decode("utf-8", "ignore")
    return f"{short.rstrip('-') or 'subject'}_{digest}.apkg"  # no faithful name has a "_"


def _part_start(name: str) -> str:
    digest = hashlib.blake2b(name.encode("utf-8", "surrogateescape"), digest_size=5).hexdigest()
    return f"{_PART_START}{digest}-"


def _remove_parts(folder: Path, start: str) -> None:
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries]
    for name in names:
        if name.startswith(start) and name.endswith(_PART_END):
            with contextlib.suppress(OSError):  # gone already, or open in Windows: not ours then
                (folder / name).unlink()


def _prepared(target: Path, data: bytes) -> tuple[Path, bool]:
    """Return the true path of *target*, made ready for writing, and whether it has *data*."""
    target = Path(os.path.realpath(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_parts(target.parent, _part_start(target.name))
    try:
        return target, target.stat().st_size == len(data) and target.read_bytes() == data
    except FileNotFoundError:
        return target, False


def _replace(target: Path, data: bytes) -> None:
    """Write a part file and rename it; another run's sweep may take it away in between."""
    for attempt in range(_ATTEMPTS):
        part = _written_part(target, data)
        try:
            part.replace(target)
        except FileNotFoundError:
            if attempt == _ATTEMPTS - 1:
                raise
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        else:
            sync_folder(target.parent)
            return


def _written_part(target: Path, data: bytes) -> Path:
    part = target.parent / f"{_part_start(target.name)}{os.urandom(6).hex()}{_PART_END}"
    try:
        with part.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part
