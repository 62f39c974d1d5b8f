"""How like real pages the made-up ones are: lengths, shapes, words and notes of both, side by side.

    python -m benchmarks.proportions [PAGES ...]

PAGES are folders of real pages, by default a sample of them beside the checkout, where it is there.
Speed measured on made-up pages says something only as far as these figures agree.
"""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks._corpus import SAMPLES, generate
from qt2anki.config import Settings
from qt2anki.model import Page, PageId
from qt2anki.notes.make_notes import make_notes
from qt2anki.source.discover import discover
from qt2anki.source.read_file import read_file

SAMPLE = SAMPLES.parents[1] / "shared" / "corpus"
PAGES = 1_000
_FEATURES: Mapping[str, Callable[[Page], float]] = {
    "characters of the answer": lambda page: len(page.answer),
    "words": lambda page: len(page.answer.split()),
    "different words": lambda page: len(set(re.findall(r"[a-z]+", page.answer.lower()))),
    "sentences": lambda page: _count(r"[.!?](?=\s|$)", page),
    "numbered items": lambda page: _count(r"^\s*\d+[.)]\s", page),
    "bullets": lambda page: _count(r"^\s*[-*+]\s", page),
    "headings": lambda page: _count(r"^#+\s", page),
    "bold texts": lambda page: _count(r"\*\*.+?\*\*", page),
    "formulas": lambda page: _count(r"\$\$[^$]*\$\$|\$[^$\n]+\$|\\\(|\\\[", page),
    "blocks of code": lambda page: _count(r"^\s*```", page) / 2,
    "rows of tables": lambda page: _count(r"^\s*\|.*\|\s*$", page),
    "acronyms in brackets": lambda page: _count(r"\([A-Z]{2,}s?\)", page),
    "keywords": lambda page: len(page.keywords),
    "keywords in the answer": lambda page: sum(
        word.lower() in page.answer.lower() for word in page.keywords
    ),
    "words of the question": lambda page: len(page.question.split()),
}


def main(arguments: Sequence[str] = ()) -> None:
    """Print the table."""
    print(proportions_table([Path(one) for one in arguments] or [SAMPLE]))


def proportions_table(folders: Iterable[Path]) -> str:
    """Return the table of made-up pages, and of those in *folders* that exist."""
    with tempfile.TemporaryDirectory() as place:
        made = Path(place) / "made-up"
        generate(SAMPLES, made, PAGES)
        columns = [_column(folder) for folder in (made, *folders) if folder.is_dir()]
    names = ["made-up", *("real" for _ in columns[1:])]
    lines = [
        f"| a page has (mean; 95th percentile; on how many pages) | {' | '.join(names)} |",
        "|---|" + "---|" * len(columns),
    ]
    lines += [f"| {name} | {' | '.join(one[name] for one in columns)} |" for name in columns[0]]
    return "\n".join((*lines, ""))


def _column(folder: Path) -> dict[str, str]:
    pages: dict[PageId, Page] = {}
    for source in discover([str(folder)]).sources:
        for one in read_file(source):
            if one.page is not None:
                pages.setdefault(one.page.page_id, one.page)
    made = {name: _spread([of(p) for p in pages.values()]) for name, of in _FEATURES.items()}
    settings = Settings()
    notes = [len(make_notes(page, settings).notes) for page in pages.values()]
    return {"pages": f"{len(pages):,}", **made, "notes": _spread(notes)}


def _spread(values: Sequence[float]) -> str:
    ranked = sorted(values)
    high = ranked[int(0.95 * len(ranked))]
    having = sum(value > 0 for value in values) / len(values)
    mean = statistics.mean(values)
    return (
        f"{mean:,.0f}; {high:,.0f}; {having:.0%}"
        if mean >= 100
        else (f"{mean:.2g}; {high:.0f}; {having:.1%}")
    )


def _count(pattern: str, page: Page) -> int:
    return len(re.findall(pattern, page.answer, re.MULTILINE))


if __name__ == "__main__":
    main(sys.argv[1:])
