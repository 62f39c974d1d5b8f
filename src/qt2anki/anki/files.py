"""Write files completely or not at all, under names that are safe everywhere."""

from __future__ import annotations

import contextlib
import hashlib
import os
import unicodedata
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from qt2anki.errors import refused

_PART_START = ".qt2anki-"
_PART_END = ".part"
_ATTEMPTS = 5
_AT_ONCE = 1 << 20  # bytes

# Windows reserves these for devices, with any extension ("Naming Files, Paths, and Namespaces").
_PORTS = tuple(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789")
_DEVICES = frozenset(("con", "prn", "aux", "nul", *_PORTS))
_LONGEST_SLUG = 100  # bytes of UTF-8; a file name may have 255, and others add endings


def write_atomically(target: Path, data: bytes) -> bool:
    """Write *data* to *target* atomically; return whether anything had to be written.

    A file with equal content keeps its time stamp. If the program is stopped, there is either the
    old file or the new one; a leftover part file is removed by the next write of the same target,
    or by ``sweep_parts``. If the target is a link, the file that it points to is written.
    """
    left = _ATTEMPTS
    with _refusing(target):
        if _has(_prepared(target), len(data), digest_of(data)):
            return False  # also in a folder that is not writable
        while (staged := stage(target, lambda file: file.write(data))).part is not None:
            try:
                staged.part.replace(staged.target)
            except FileNotFoundError:  # a different run has removed the part file
                left -= 1
                if not left:
                    raise
            except BaseException:
                staged.part.unlink(missing_ok=True)
                raise
            else:
                sync_folder(staged.target.parent)
                return True
    return False


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that is written, but does not have its name yet; without *part*, it was up to date."""

    target: Path
    part: Path | None
    size: int  # bytes
    digest: str


def stage(target: Path, write: Callable[[BinaryIO], object]) -> Staged:
    """Write a file next to *target*, for :func:`publish`; call sweep_parts to cancel."""
    with _refusing(target):
        target = _prepared(target)
        part = target.parent / f"{_part_start(target.name)}{os.urandom(6).hex()}{_PART_END}"
        try:
            with part.open("x+b") as stream:
                write(stream)
                stream.flush()
                digest, size = file_digest(stream), stream.tell()
                if not (is_current := _has(target, size, digest)):
                    os.fsync(stream.fileno())
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        if is_current:
            part.unlink()
        return Staged(target, None if is_current else part, size, digest)


def _prepared(target: Path) -> Path:
    """Return the file that *target* points to, whose folder exists and has no leftovers of it."""
    target = Path(os.path.realpath(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_parts(target.parent, _part_start(target.name))
    return target


def _has(target: Path, size: int, digest: str) -> bool:
    try:
        with target.open("rb") as stream:
            return os.fstat(stream.fileno()).st_size == size and file_digest(stream) == digest
    except FileNotFoundError:
        return False


def file_digest(file: BinaryIO) -> str:
    """Return a digest of an open file, from its start to its end."""
    made = hashlib.blake2b(digest_size=16)
    file.seek(0)
    while data := file.read(_AT_ONCE):
        made.update(data)
    return made.hexdigest()


def digest_of(data: bytes) -> str:
    """Return the digest of a file with these bytes."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def publish(staged: Staged) -> bool:
    """Give a staged file its name, durable after sync_folder(); return whether anything changes."""
    if staged.part is None:
        return False
    with _refusing(staged.target):
        staged.part.replace(staged.target)
    return True


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; on Windows this is impossible, and unnecessary."""
    if os.name != "posix":
        return
    with _refusing(folder):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _refusing(target: Path) -> AbstractContextManager[None]:
    hint = "check that the folder is writable and the disk has room"
    return refused("the file cannot be written", target, hint=hint)


def remove_file(target: Path) -> bool:
    """Remove *target*; return whether it existed; PackageError if the system refuses."""
    with refused("the file cannot be removed", target):
        try:
            target.unlink()
        except FileNotFoundError:
            return False
    return True


def sweep_parts(folder: Path) -> None:
    """Remove leftovers of stopped runs from *folder*; a running build writes its file again."""
    if folder.is_dir():
        _remove_parts(folder, _PART_START)


def package_file_name(subject: str) -> str:
    """Return the file name of the subject's package, which no other subject has.

    Upper and lower case make no difference, as on most disks. Letters of any script stay; a subject
    with other characters than letters, digits and single spaces also gets a digest.
    """
    folded = subject.casefold()
    # Combining marks count as letters: Hindi and Thai need them.
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
            with contextlib.suppress(OSError):  # already gone, or open in Windows and not ours
                (folder / name).unlink()
