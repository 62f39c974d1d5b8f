"""Reading what is not as it was read last, shared among processes."""

from __future__ import annotations

import hashlib
from functools import partial

from qt2anki.cache.sources import Reread, Sources, Stale
from qt2anki.job import Progress
from qt2anki.messages import Problem
from qt2anki.parse.discover import SourceText, decode_bytes, load_source
from qt2anki.parse.own_keys import KeyNames
from qt2anki.parse.salvage import reading_of
from qt2anki.workers import Spread


def read_stale(sources: Sources, names: KeyNames, spread: Spread, progress: Progress) -> None:
    """Read the files of *sources* that are stale, and keep what is in them."""
    reused = sources.total - sources.stale
    progress.pages("read", reused, sources.total, reused)
    # Loaded here: other processes have another standard input, other machines have no such files.
    loaded = ((stale, load_source(stale.source)) for stale in sources.stale_files())
    for done, one in enumerate(spread(partial(reread, names=names), loaded), start=reused + 1):
        sources.store(one)
        progress.pages("read", done, sources.total, reused)


def reread(loaded: tuple[Stale, bytes | Problem], names: KeyNames) -> Reread:
    """Read the page in the bytes of one file, unless they are the same as they were."""
    stale, data = loaded
    source = stale.source
    if isinstance(data, Problem):
        return Reread(source.name, "", reading_of(source, SourceText(None, (data,)), names))
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    if digest == stale.digest:
        return Reread(source.name, digest, None)
    return Reread(source.name, digest, reading_of(source, decode_bytes(data, source.name), names))
