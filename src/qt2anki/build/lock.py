"""Allow one build at a time in a folder; a second one fails with a message that names the first.

The system's lock on an open file decides: it is released when the process that holds it ends,
however that happens. The text in the file names the holder, for people and for disks without locks.
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

from qt2anki.errors import BusyError, refused

FILE_NAME = ".qt2anki.lock"
_ATTEMPTS = 5
_PAUSE = 0.05  # seconds, for a holder that has not written its name yet
_LONGEST = 15 * 60  # seconds; on a disk without locks, an older build on another machine has ended
_NO_TIME = 1 << 36  # seconds; calendars end before
_SIZE = 4096  # bytes read of the file
_TAKEN = frozenset((errno.EACCES, errno.EAGAIN, errno.EDEADLK))
_NO_LOCKS = frozenset((errno.ENOTSUP, errno.ENOSYS, errno.ENOLCK, errno.EINVAL))


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a lock, or held it."""

    pid: int
    host: str
    since: int  # seconds since 1970

    def __str__(self) -> str:
        """Return, for example, ``process 4711 on press, since 2026-11-23 16:05:09 UTC``."""
        since = datetime.datetime.fromtimestamp(self.since, tz=datetime.UTC)
        return f"process {self.pid} on {self.host}, since {since:%Y-%m-%d %H:%M:%S} UTC"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[Holder | None]:
    """Hold the lock of *folder*, which is created if necessary.

    Yields the holder of a build that was stopped here, None if there was none. Never waits: raises
    BusyError if another build is running in the folder, PackageError if the system refuses. Folders
    that were created only for the lock are removed again.
    """
    path = folder / FILE_NAME
    hint = "check that the folder is writable and the disk has room"
    with refused("the file cannot be written", path, hint=hint):
        created = [each for each in (folder, *folder.parents) if not each.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, left = _acquire(path)
    try:
        yield left
    finally:
        _release(path, descriptor)
        for each in created:
            with contextlib.suppress(OSError):  # something is in it now
                each.rmdir()


def _acquire(path: Path) -> tuple[int, Holder | None]:
    """Open and lock the file; again if its last holder removed it in between."""
    for _ in range(_ATTEMPTS):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if not _lock(descriptor):
                raise _busy(path, _read(descriptor) or _read_later(descriptor))
            if _is_at(path, descriptor):
                left = _read(descriptor)
                _write(descriptor)
                return descriptor, left
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
    raise _busy(path, None)


def _busy(path: Path, holder: Holder | None) -> BusyError:
    return BusyError(
        f"another build is running in this folder: {holder or 'unknown process'}",
        hint=f"wait for it to finish; if no build is running, remove {path.as_posix()}",
        source=path.parent.as_posix(),
    )


def _lock(descriptor: int) -> bool:
    """Lock the file, and return whether it is ours; on a disk without locks, its text decides.

    The lock belongs to this opening of the file, not to the process (flock(2)), so two builds in
    it also excludes other threads.
    """
    try:
        _system_lock(descriptor)
    except OSError as error:
        if error.errno in _TAKEN:
            return False
        if error.errno not in _NO_LOCKS:
            raise
        holder = _read(descriptor)
        return holder is None or not _may_be_running(holder)
    return True


def _may_be_running(holder: Holder) -> bool:
    if holder.host != platform.node():
        return 0 <= time.time() - holder.since < _LONGEST
    if sys.platform == "win32":
        return True
    try:
        os.kill(holder.pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _read(descriptor: int) -> Holder | None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    try:
        found = json.loads(os.read(descriptor, _SIZE))
        holder = Holder(int(found["pid"]), str(found["host"]), int(found["since"]))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None  # empty, or written by something else
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
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _release(path: Path, descriptor: int) -> None:
    """Remove the file before its lock is released; on Windows that is possible only afterwards."""
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

    def _system_lock(descriptor: int) -> None:
        os.lseek(descriptor, 1 << 30, os.SEEK_SET)  # others cannot read a locked byte
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _system_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
