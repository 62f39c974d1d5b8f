"""Count the pages that have each word, and write the table that notes/frequency.py reads.

    python scripts/make_frequency_table.py PATHS...

The table decides which cards are made, so it changes with a major version only. It contains roots
of words and, in capitals, acronyms, but no text. A page that is listed under two subjects counts
once.
"""

from __future__ import annotations

import gzip
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from qt2anki.html.fragment import plain_text
from qt2anki.model import Page
from qt2anki.notes.words import root, words
from qt2anki.source.discover import discover
from qt2anki.source.read_file import read_file

TABLE = Path(__file__).parents[1] / "src" / "qt2anki" / "generate" / "data" / "frequency.txt.gz"
FEWEST_PAGES = 2  # a word on only one page counts as unknown
MOST_WORDS = 30_000
_ACRONYM = re.compile(r"\b[A-Z]{2,8}(?=s?\b)")


def main(arguments: Sequence[str]) -> int:
    """Write the table from the pages under the paths *arguments*; return the exit code."""
    pages = {page.page_id: page for page in _pages(arguments)}
    if not pages:
        sys.stderr.write("no pages found\n")
        return 1
    table = table_of(pages.values())
    TABLE.write_bytes(gzip.compress(table.encode("utf-8"), mtime=0))
    sys.stdout.write(f"{TABLE}: {len(table.split())} entries from {len(pages)} pages\n")
    return 0


def table_of(pages: Iterable[Page]) -> str:
    """Return the table as text: each line has a rate per 10,000 pages and all words with it."""
    counts: Counter[str] = Counter()
    total = 0
    for page in pages:
        total += 1
        counts.update(_words_of(page))
    common = [(word, count) for word, count in counts.items() if count >= FEWEST_PAGES]
    common = sorted(common, key=lambda pair: (-pair[1], pair[0]))[:MOST_WORDS]
    lines: dict[int, list[str]] = {}
    for word, count in common:
        lines.setdefault(round(count * 10_000 / total), []).append(word)
    return "".join(f"{rate} {' '.join(sorted(found))}\n" for rate, found in lines.items())


def _pages(paths: Sequence[str]) -> Iterator[Page]:
    for source in discover(tuple(paths)).sources:
        for reading in read_file(source):
            if reading.page is not None:
                yield reading.page


def _words_of(page: Page) -> set[str]:
    text = f"{page.question} {plain_text(page.answer)}"
    return {root(word) for word in words(text) if word.isalpha()} | set(_ACRONYM.findall(text))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
