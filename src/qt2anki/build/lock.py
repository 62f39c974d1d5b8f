"""One build at a time in a folder: a second one is told who is at work there, and since when.

The system's own lock on an open file does the work: it goes away with the process that holds it,
however that ends. What is written in the file is for people, and for disks without such locks.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from qt2anki.errors import BusyError, PackageError

FILE_NAME = ".qt2anki.build.lock"
_ATTEMPTS = 5
_PAUSE = 0.05  # seconds; who has just taken a lock has not written its name yet
_LONGEST = 15 * 60  # seconds; a build of another machine that began before this is not running
_NO_TIME = 1 << 36  # seconds; calendars end before
_SIZE = 4096  # bytes read of the file
_TAKEN = frozenset((errno.EACCES, errno.EAGAIN, errno.EDEADLK))


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock, or held it."""

    pid: int
    host: str
    since: int  # seconds since 1970

    def __str__(self) -> str:
        """Read as ``process 4711 on press, since 2026-11-23 16:05:09 UTC``."""
        since = datetime.datetime.fromtimestamp(self.since, tz=datetime.UTC)
        return f"process {self.pid} on {self.host}, since {since:%Y-%m-%d %H:%M:%S} UTC"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[Holder | None]:
    """Hold the lock of *folder*, making the folder where it is not there yet.

    Yields who left a lock behind when a build was stopped here, None when nobody did. Never waits:
    raises BusyError when another build is at work in the folder, PackageError when the system
    refuses. A folder that was made for the lock alone is removed again.
    """
    path = folder / FILE_NAME
    try:
        made = _make(folder)
        descriptor, left = _take(path)
    except OSError as error:
        raise PackageError(
            f"the file cannot be written: {error.strerror or error}",
            hint="check that the folder may be written to and the disk has room",
            source=path.as_posix(),
        ) from error
    try:
        yield left
    finally:
        _release(path, descriptor)
        for each in made:
            with contextlib.suppress(OSError):  # something is in it now
                each.rmdir()


def _make(folder: Path) -> list[Path]:
    """Make a folder with its parents and return those made, the lowest first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _take(path: Path) -> tuple[int, Holder | None]:
    """Open the file and lock it; again when its last holder removed it in between."""
    for _ in range(_ATTEMPTS):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            is_ours = _lock(descriptor)
            left = _read(descriptor)
            if not is_ours or (left is not None and _may_be_at_work(left)):
                raise _refusal(path, left or _read_later(descriptor))
            if _is_at(path, descriptor):
                _write(descriptor)
                return descriptor, left
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
    raise _refusal(path, None)


def _refusal(path: Path, holder: Holder | None) -> BusyError:
    return BusyError(
        f"another build is at work in this folder: {holder or 'it has not said which'}",
        hint=f"wait for it to end; if there is none, remove {path.as_posix()}",
        source=path.parent.as_posix(),
    )


def _may_be_at_work(holder: Holder) -> bool:
    """Tell of a holder the system knows no lock of, as on some network disks."""
    if holder.host == platform.node():
        return False
    return 0 <= time.time() - holder.since < _LONGEST


def _read(descriptor: int) -> Holder | None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    try:
        found = json.loads(os.read(descriptor, _SIZE))
        holder = Holder(int(found["pid"]), str(found["host"]), int(found["since"]))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None  # empty, or written by something else: nobody we could name
    return holder if holder.pid > 0 and 0 <= holder.since < _NO_TIME else None


def _read_later(descriptor: int) -> Holder | None:
    for _ in range(_ATTEMPTS):
        time.sleep(_PAUSE)
        if holder := _read(descriptor):
            return holder
    return None


def _write(descriptor: int) -> None:
    holder = Holder(os.getpid(), platform.node(), int(time.time()))
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, json.dumps(asdict(holder)).encode("ascii") + b"\n")


def _is_at(path: Path, descriptor: int) -> bool:
    """Tell whether the open file still is the one that stands at *path*."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _release(path: Path, descriptor: int) -> None:
    """Remove the file before its lock is given up; Windows can do so only afterwards."""
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)  # a file that cannot be removed names nobody
    with contextlib.suppress(OSError):
        path.unlink()
    os.close(descriptor)
    if sys.platform == "win32":
        with contextlib.suppress(OSError):  # another build has it already
            path.unlink()


if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30  # a locked byte cannot be read by others, so it is one behind the text

    def _lock(descriptor: int) -> bool:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in _TAKEN:
                return False
            raise
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        """Lock the file and tell whether nobody else has it; a disk without locks lets everybody.

        The lock belongs to this opening of the file, not to the process (flock(2)), so two builds
        in two threads keep apart, too.
        """
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _TAKEN:
                return False
            if error.errno not in (errno.ENOTSUP, errno.ENOSYS, errno.ENOLCK, errno.EINVAL):
                raise
            holder = _read(descriptor)
            return holder is None or not _is_running(holder)
        return True

    def _is_running(holder: Holder) -> bool:
        if holder.host != platform.node():
            return False  # its age decides
        try:
            os.kill(holder.pid, 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            return True
        return True
