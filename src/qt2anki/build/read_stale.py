"""Reading what is not as it was read last, shared among processes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from qt2anki.build.job import Progress
from qt2anki.build.parallel import Spread
from qt2anki.build.source_files import KeptFile, Sources, file_digest, kept
from qt2anki.messages import Problem
from qt2anki.source.discover import Source, SourceText, decode_bytes, load_source
from qt2anki.source.key_mapping import KeyNames
from qt2anki.source.recover_id import reading_of


def read_stale(sources: Sources, names: KeyNames, spread: Spread, progress: Progress) -> None:
    """Read the files of *sources* that are stale, and keep what is in them."""
    reused = sources.total - sources.stale
    progress.pages("read", reused, sources.total, reused)
    loaded = map(load, sources.stale_files())
    for done, one in enumerate(spread(partial(read, names=names), loaded), start=reused + 1):
        sources.store(one)
        progress.pages("read", done, sources.total, reused)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file's bytes, or why there are none; *digest* tells them apart, "" without them."""

    source: Source
    data: bytes | Problem
    digest: str


def load(source: Source) -> Loaded:
    """Load a file, in this process: others have another standard input, or no such files."""
    data = load_source(source)
    if isinstance(data, Problem):
        return Loaded(source, data, "")
    return Loaded(source, data, file_digest(data))


def read(loaded: Loaded, names: KeyNames) -> KeptFile:
    """Read the page in a file that was loaded, which can be done anywhere."""
    source, data = loaded.source, loaded.data
    if isinstance(data, Problem):
        text = SourceText(None, (data,))
    else:
        text = decode_bytes(data, source.name)
    return kept(reading_of(source, text, names), loaded.digest)
