"""The options that say how many processes work, and whose."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import click

from qt2anki.cli.options import jobs_option
from qt2anki.errors import Qt2AnkiError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from qt2anki.build.parallel import OpenPool
    from qt2anki.build.processes import Pool

C = TypeVar("C", bound=Callable[..., object])

_OWN = "processes"
_DASK = "dask"


def executor_options(command: C) -> C:
    """Add ``--jobs`` and ``--executor`` to a command; :func:`chosen_pool` understands them."""
    executor = click.option(
        "--executor",
        metavar="[processes|dask[=ADDRESS]]",
        default=_OWN,
        callback=_check,
        help="Who does the work: processes, a Dask cluster on this machine, or one that runs.",
    )
    return jobs_option(executor(command))


def _check(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    name, sign, address = value.partition("=")
    if name not in {_OWN, _DASK} or (sign and (name == _OWN or not address)):
        raise click.BadParameter(
            f"{value!r} is none; there are {_OWN}, {_DASK} and {_DASK}=ADDRESS,"
            f" such as {_DASK}=tcp://127.0.0.1:8786."
        )
    return value


def chosen_pool(executor: str, jobs: int | None) -> OpenPool | None:
    """Return what starts the pool that was asked for; None for processes of our own.

    Raises UsageError for a number of processes of a cluster that runs already, and Qt2AnkiError
    when Dask is not installed.
    """
    name, _, address = executor.partition("=")
    if name == _OWN:
        return None
    if address and jobs:
        raise click.UsageError("--jobs says nothing about a cluster that runs already.")
    if importlib.util.find_spec("distributed") is None:
        raise Qt2AnkiError(
            "--executor dask shares the work with Dask, which is not installed here",
            hint="pip install 'qt2anki[dask]', or in a checkout: pip install -e '.[dask]'",
        )
    return partial(_open_address, address) if address else partial(_open_local, jobs)


# Dask takes half a second to import, so that waits until there is work for it.
def _open_address(address: str) -> AbstractContextManager[Pool]:
    from qt2anki.integrations.dask_cluster import cluster_at

    return cluster_at(address)


def _open_local(jobs: int | None) -> AbstractContextManager[Pool]:
    from qt2anki.build.parallel import processors
    from qt2anki.integrations.dask_cluster import local_cluster

    return local_cluster(jobs or processors())
