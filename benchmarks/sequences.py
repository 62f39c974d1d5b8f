"""Measure how well sequences are distinguished from plain lists, on hand-labeled lists.

The labels (S sequence, M mixed, N plain) name a list by its question, heading and titles only:
no lead, no explanations, so the score sees less than it does on a page. A mixed list counts
half for precision; "strict" counts it as wrong.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from qt2anki.model import Item, Listing
from qt2anki.outline.sequence.score import score_list

LABELS = Path(__file__).parents[2] / "shared" / "labels" / "sequence.json"
THRESHOLDS = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0)

Scored = tuple[float, str]


def main() -> None:
    """Print precision and recall by threshold, and the speed."""
    if not LABELS.is_file():
        print(f"skipped: {LABELS} is missing (lists labeled S, M or N by hand)")
        return
    lists = list(read_labels(LABELS))
    start = time.perf_counter()
    scored = [(score_list(listing, question=q), label) for q, listing, label in lists]
    spent = time.perf_counter() - start
    counts = {kind: sum(label == kind for _, label in scored) for kind in "SMN"}
    print(f"{len(scored)} lists: " + ", ".join(f"{n} {kind}" for kind, n in counts.items()))
    print("threshold    S   M   N  precision  strict  recall")
    for threshold in THRESHOLDS:
        print(sweep_row(scored, threshold))
    print(f"{spent / len(scored) * 1000:.3f} ms a list")


def read_labels(path: Path) -> Iterator[tuple[str, Listing, str]]:
    """Yield question, list and label of each entry; the list has titles and section only."""
    for entry in json.loads(path.read_text(encoding="utf-8")):
        items = tuple(
            Item(f"{at}.", title, ":", "", ()) for at, title in enumerate(entry["titles"], start=1)
        )
        listing = Listing("numbered", items, "", entry["section"] or "")
        yield entry["question"], listing, entry["label"]


def measure(scored: Iterable[Scored], threshold: float) -> tuple[float, float, float]:
    """Return precision (mixed is half), strict precision and recall (1.0 without any cases)."""
    scored = list(scored)
    taken = [label for score, label in scored if score >= threshold]
    right, mixed = taken.count("S"), taken.count("M")
    wanted = sum(label == "S" for _, label in scored)
    size = len(taken)
    precision, strict = ((right + mixed / 2) / size, right / size) if size else (1.0, 1.0)
    return precision, strict, right / wanted if wanted else 1.0


def sweep_row(scored: Sequence[Scored], threshold: float) -> str:
    """Return one line of the table: what a threshold takes, and how good that is."""
    taken = [label for score, label in scored if score >= threshold]
    precision, strict, recall = measure(scored, threshold)
    counts = "".join(f"{taken.count(kind):4}" for kind in "SMN")
    return f"{threshold:9.1f} {counts} {precision:10.3f} {strict:7.3f} {recall:7.3f}"


if __name__ == "__main__":
    main()
