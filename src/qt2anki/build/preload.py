"""Preload this module in the fork server, so that no process starts cold.

The first page takes many times as long as any other, because word tables are read, regular
expressions compiled, and parsers and lexers built. Processing one page here does this for every
process.
"""

from __future__ import annotations

from pathlib import Path

from qt2anki.config import Settings
from qt2anki.notes.make_notes import make_notes
from qt2anki.source.discover import Source
from qt2anki.source.read_file import read_file

for one in read_file(Source("preload.md", Path(__file__).with_name("preload.md"))):
    if one.page:
        make_notes(one.page, Settings())
