"""How well sequences are told from plain lists, on lists labelled by hand.

The labels (S sequence, M mixed, N plain) name a list by its question, heading and titles only:
no lead, no explanations, so the score sees less than it does on a page. A mixed list counts
half for precision; "strict" counts it as wrong.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from qt2anki.model import Item, Listing
from qt2anki.outline.sequence.score import THRESHOLD, score_list

LABELS = Path(__file__).parents[2] / "shared" / "labels" / "sequence.json"
THRESHOLDS = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0)
PRECISION_WANTED = 0.93
FOLDS = 5
ROUNDS = 20

Scored = tuple[float, str]


def main() -> None:
    """Print precision and recall by threshold, how they hold on unseen folds, and the speed."""
    if not LABELS.is_file():
        print(f"skipped: {LABELS} is missing (lists labelled S, M or N by hand)")
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
    print_halves(scored)
    print_folds(scored)
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
    """Return precision (mixed is half), strict precision and recall; 1.0 of nothing."""
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


def print_halves(scored: Sequence[Scored]) -> None:
    """Print how far chance moves the figures: random halves at the default threshold."""
    figures = []
    for seed in range(ROUNDS):
        halves = split(scored, 2, random.Random(seed))  # noqa: S311 - a sample, no secret
        figures += [measure(half, THRESHOLD) for half in halves]
    names = ("precision", "strict", "recall")
    for name, values in zip(names, zip(*figures, strict=True), strict=True):
        mean, spread = statistics.mean(values), statistics.stdev(values)
        print(f"{name} at {THRESHOLD} in {len(values)} halves: {mean:.3f} +- {spread:.3f}")


def print_folds(scored: Sequence[Scored]) -> None:
    """Print what a threshold that four folds ask for does on the fifth, over many splits."""
    taken: list[Scored] = []
    chosen = []
    for seed in range(ROUNDS):
        folds = split(scored, FOLDS, random.Random(seed))  # noqa: S311
        for at, unseen in enumerate(folds):
            seen = [entry for i, fold in enumerate(folds) if i != at for entry in fold]
            threshold = lowest_threshold(seen)
            chosen.append(threshold)
            taken += [(float(score >= threshold), label) for score, label in unseen]
    precision, strict, recall = measure(taken, 1.0)
    print(
        f"unseen folds ({ROUNDS} x {FOLDS}), threshold from the others "
        f"({min(chosen):.1f} to {max(chosen):.1f}): "
        f"precision {precision:.3f}, strict {strict:.3f}, recall {recall:.3f}"
    )


def lowest_threshold(scored: Sequence[Scored]) -> float:
    """Return the lowest threshold whose precision is good enough, the highest if none is."""
    good = (t for t in THRESHOLDS if measure(scored, t)[0] >= PRECISION_WANTED)
    return next(good, THRESHOLDS[-1])


def split(scored: Sequence[Scored], parts: int, chance: random.Random) -> list[list[Scored]]:
    """Deal *scored* into *parts* with the same share of each label."""
    out: list[list[Scored]] = [[] for _ in range(parts)]
    at = 0
    for kind in "SMN":
        same = [entry for entry in scored if entry[1] == kind]
        chance.shuffle(same)
        for entry in same:
            out[at % parts].append(entry)
            at += 1
    return out
