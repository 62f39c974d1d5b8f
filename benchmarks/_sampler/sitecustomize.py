"""Tell which part of the program a process is in, every few milliseconds of its CPU time.

Python imports a module of this name when it starts. With ``QT2ANKI_SAMPLES`` set to a folder, a
profiling timer (setitimer(2)) interrupts the process, and the stage it is in is added to a file
there: the innermost file of the package on the stack says which. Processes forked from it go on
sampling, so a build on several processes is seen whole. A sample takes about 10 microseconds.
"""

import atexit
import os
import signal
import sys
from types import FrameType

_EVERY = 0.005  # seconds of CPU
_AT_ONCE = 10  # samples between two writes; a process may end without a word
_PACKAGE = f"{os.sep}qt2anki{os.sep}"
_seen: list[str] = []


def _sample(_signal: int, frame: FrameType | None) -> None:
    is_import = False
    stage = "start"
    while frame is not None:
        name = frame.f_code.co_filename
        is_import = is_import or name.startswith("<frozen importlib")
        if _PACKAGE in name:
            stage = "import" if is_import else name.rpartition(_PACKAGE)[2]
            break
        frame = frame.f_back
    _seen.append(f"{stage}\n")
    if len(_seen) >= _AT_ONCE:
        _write()


def _write() -> None:
    path = os.path.join(os.environ["QT2ANKI_SAMPLES"], str(os.getpid()))  # noqa: PTH118
    with open(path, "a", encoding="utf-8") as stream:  # noqa: PTH123  # pathlib costs more to load
        stream.writelines(_seen)
    _seen.clear()


def _stop() -> None:
    """Stop before the interpreter takes its handlers down: the signal would end the process."""
    signal.setitimer(signal.ITIMER_PROF, 0)
    _write()


def _start() -> None:
    _seen.clear()
    signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)


if os.environ.get("QT2ANKI_SAMPLES") and sys.platform != "win32":
    signal.signal(signal.SIGPROF, _sample)
    os.register_at_fork(after_in_child=_start)
    atexit.register(_stop)
    _start()
