"""A Dask cluster as a standard executor.

Needs the package ``distributed`` (``qt2anki[dask]``); no other module does.
https://distributed.dask.org/en/stable/client.html#asyncio.Client.get_executor
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import platform
import tempfile
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor

import dask
from distributed import Client, KilledWorker, LocalCluster, Security, rpc

from qt2anki import __version__
from qt2anki.build.cache import program_digest
from qt2anki.build.parallel import Pool, collect_rarely, process_context
from qt2anki.build.signals import signals_held
from qt2anki.errors import Qt2AnkiError

_METHOD = "distributed.worker.multiprocessing-method"
ANSWER_SECONDS = 5.0  # to wait for an answer: a running cluster answers at once


@contextlib.contextmanager
def local_cluster(jobs: int) -> Iterator[Pool]:
    """Yield a pool of *jobs* Dask workers, reachable from this machine only."""
    logging.disable()  # Dask's threads log even after everything has ended, and nothing else logs
    with (
        tempfile.TemporaryDirectory(prefix="qt2anki-dask-", ignore_cleanup_errors=True) as folder,
        contextlib.ExitStack() as stack,
        _clear_faults("the Dask cluster on this machine"),
    ):
        # The fork server's children do not receive signals that are sent to all processes.
        method = process_context().get_start_method()
        # Only a cluster that has started can be stopped cleanly.
        with signals_held(), dask.config.set({_METHOD: method}):
            cluster = LocalCluster(
                n_workers=jobs,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address=None,
                # Without the dashboard, its server still runs, on a port that may be taken.
                scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
                memory_limit=0,  # no worker may pause at a memory limit: pages need little
                local_directory=folder,
                silence_logs=logging.CRITICAL,
            )
            client = Client(stack.enter_context(cluster), set_as_default=False)
            stack.enter_context(client).run(collect_rarely)
        yield _pool(client, "the Dask cluster on this machine")


@contextlib.contextmanager
def cluster_at(address: str) -> Iterator[Pool]:
    """Yield a pool of all workers of the Dask scheduler at *address*, such as tcp://host:8786."""
    logging.disable()  # as above
    _check_scheduler(address)
    with (
        Client(address, timeout=ANSWER_SECONDS, set_as_default=False) as client,
        _clear_faults(f"the Dask cluster at {address}"),
    ):
        for worker, answer in client.run(program, on_error="return").items():
            if answer != program():
                there = f"has {answer[0]}" if isinstance(answer, tuple) else f"says: {answer}"
                raise Qt2AnkiError(
                    f"this machine has {program()[0]}, but worker {worker} of {address} {there}",
                    hint="install the same release and libraries (constraints.txt) on all"
                    " workers, so that they produce the same packages",
                )
        yield _pool(client, f"the Dask cluster at {address}")


def program() -> tuple[str, str]:
    """Describe the program of this process, for people and exactly; all workers need the same."""
    return f"qt2anki {__version__} on Python {platform.python_version()}", program_digest()


def _pool(client: Client, name: str) -> Pool:
    def size() -> int:
        try:
            found: int = 0 if client.status == "closed" else sum(client.ncores().values())
        except OSError as error:
            raise _lost(name) from error
        if not found:
            raise _lost(name)
        return found

    # Not pure, so that Dask does not compare tasks by hashing all pages.
    return Pool(client.get_executor(pure=False), size(), size)


def _lost(name: str) -> Qt2AnkiError:
    return Qt2AnkiError(
        f"{name} lost its workers or its scheduler; nothing was written",
        hint="check the cluster and try again, or build without --executor",
    )


@contextlib.contextmanager
def _clear_faults(name: str) -> Iterator[None]:
    try:
        yield
    except (CancelledError, KilledWorker) as error:
        raise _lost(name) from error


def _check_scheduler(address: str) -> None:
    """Raise Qt2AnkiError unless a scheduler answers at *address*; a client would wait too long."""
    try:
        # In a thread, because the caller may run its own event loop, as a notebook does.
        with ThreadPoolExecutor(1) as thread:
            asked = asyncio.wait_for(_identity(address), ANSWER_SECONDS)
            found = thread.submit(asyncio.run, asked).result()
    # A wrong address is a ValueError or TypeError, and so is TLS without keys; an answer
    # that is not in Dask's protocol may claim to have any length.
    except (OSError, ValueError, TypeError, MemoryError) as error:
        why = f": {error}" if str(error) else ""
        raise Qt2AnkiError(
            f"no Dask scheduler answers at {address}{why}",
            hint="pass the address of a running one, such as --executor"
            " dask=tcp://127.0.0.1:8786, or use --executor dask for a cluster on this machine",
        ) from error
    if found.get("type") != "Scheduler":
        raise Qt2AnkiError(
            f"what runs at {address} is not a Dask scheduler but a {found.get('type')}",
            hint="use the address that dask scheduler prints when it starts",
        )
    if not found.get("workers"):
        raise Qt2AnkiError(
            f"the Dask scheduler at {address} has no workers",
            hint=f"start some: dask worker {address} --nthreads 1",
        )


async def _identity(address: str) -> dict[str, object]:
    async with rpc(address, connection_args=Security().get_connection_args("client")) as remote:
        found: dict[str, object] = await remote.identity()
    return found
