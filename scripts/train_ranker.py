"""Learn the weights of the ranker from graded cards, and report how good they are.

    python -m scripts.train_ranker [PAGES] [GRADES...] [--write]

PAGES are the pages that the graded cards come from. GRADES are JSON files: lists of objects with
key, grade (good, weak or bad) and digest, which ties a grade to the wording that was graded; the
default is ``card-grades.json`` beside this script. Pages whose id is a multiple of five are never
learned from. ``python -m benchmarks.ranker`` reports on those. Needs the dependency group "ranker".
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.ranker import (
    CORPUS,
    GRADES,
    ROOT,
    Example,
    all_candidates,
    digest_of,
    is_held_out,
    join,
    print_report,
    read_pages,
)
from qt2anki.model import Kind, Note
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.features import features_of, page_traits
from qt2anki.notes.ranker import as_score, tier_of

FOLDS = 10
STRENGTH = 0.05  # of the regularization: small is strong
BY_KIND = 1.5  # how much kinds may differ
OF_KIND = 0.4  # how much a feature may differ for one kind
TRUST = 15  # cards that count as much as the share of all kinds
LEAST = 8  # cards that must have a feature
EXPECTED = ROOT / "src/qt2anki/audit/data/expected-good.json"
TABLE = ROOT / "src/qt2anki/notes/data/ranker.json"


def main() -> None:
    """Train, report, and write the table if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", type=Path, nargs="?", default=CORPUS)
    parser.add_argument("grades", type=Path, nargs="*", default=[GRADES])
    parser.add_argument(
        "--archive",
        type=Path,
        nargs="*",
        default=[],
        help="JSON files of candidates that were graded and are not made any more.",
    )
    parser.add_argument("--write", action="store_true", help="Replace the table in the package.")
    options = parser.parse_args()
    rows = [row for path in options.grades for row in json.loads(path.read_text("utf-8"))]
    pages = read_pages(options.pages)
    candidates = all_candidates(pages)
    traits = {page.page_id: page_traits(page) for page in pages}
    known = {(one.note.fields[0], digest_of(one)) for one in candidates}
    archived = [row for path in options.archive for row in json.loads(path.read_text("utf-8"))]
    candidates += [
        read_archived(row, traits.get(row["page_id"], frozenset()))
        for row in archived
        if (row["key"], row["digest"]) not in known
    ]
    examples = join(candidates, rows)
    train = [one for one in examples if not is_held_out(one.candidate)]
    test = [one for one in examples if is_held_out(one.candidate)]
    checked = cross_validate(train)
    print_report("cross-validated by page", checked)
    table = fit(train)
    held_out = [rescored(one, table) for one in test]
    print_report("pages held out", held_out)
    checked += held_out
    if options.write:
        EXPECTED.write_text(json.dumps(expected_good(checked), indent=1) + "\n", "utf-8")
        for part in ("kinds", "by_kind"):
            table[part] = {kind: own for kind, own in table[part].items() if kind in tuple(Kind)}
        TABLE.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", "utf-8")


def read_archived(row: dict[str, object], page: frozenset[str]) -> Candidate:
    """Make a candidate that is no longer made from its fields in an archive.

    Its kind gets a different name, because its grade says nothing about the current kind.
    """
    fields = tuple(row["fields"])
    note = Note("", row["page_id"], row["key"], f"old {row['kind']}", row["note_type"], fields, ())
    traits = frozenset(row["traits"])
    return Candidate(
        note,
        row["unit"],
        sentence=row["sentence"],
        cue=row["cue"],
        traits=traits,
        page_traits=page,
    )


def columns(candidate: Candidate) -> dict[str, float]:
    """Return the columns of a candidate: its kind, its features, and both together."""
    kind = candidate.note.kind
    found = {f"kind {kind}": BY_KIND}
    for name in features_of(candidate):
        found[name] = 1.0
        if name not in candidate.page_traits:
            found[f"{kind}|{name}"] = OF_KIND
    return found


def fit(examples: list[Example]) -> dict[str, object]:
    """Fit a logistic regression and round it to hundredths of log-odds."""
    rows = [columns(one.candidate) for one in examples]
    counts = Counter(name for row in rows for name in row)
    names = sorted(name for name, count in counts.items() if count >= LEAST)
    place = {name: at for at, name in enumerate(names)}
    matrix = np.zeros((len(rows), len(names)))
    for at, row in enumerate(rows):
        for name, value in row.items():
            if name in place:
                matrix[at, place[name]] = value
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    model.fit(matrix, [one.grade == "good" for one in examples])
    return as_table(names, model.coef_[0], model.intercept_[0])


def as_table(names: list[str], weights: list[float], base: float) -> dict[str, object]:
    """Return weights in the form of the package's table."""
    table = {"base": round(100 * base), "kinds": {}, "features": {}, "by_kind": defaultdict(dict)}
    for name, weight in zip(names, weights, strict=True):
        kind, bar, feature = name.partition("|")
        if bar:
            value = round(100 * weight * OF_KIND)
            if value:
                table["by_kind"][kind][feature] = value
        elif name.startswith("kind "):
            table["kinds"][name.removeprefix("kind ")] = round(100 * weight * BY_KIND)
        elif round(100 * weight):
            table["features"][name] = round(100 * weight)
    return table


def rescored(example: Example, table: dict[str, object]) -> Example:
    """Return *example* with the score that *table* gives it."""
    kind = example.kind
    own = table["by_kind"].get(kind, {})
    total = table["base"] + table["kinds"].get(kind, 0)
    for name in features_of(example.candidate):
        total += table["features"].get(name, 0) + own.get(name, 0)
    return replace(example, score=as_score(total))


def expected_good(examples: list[Example]) -> dict[str, dict[str, int]]:
    """Return the share of good cards by tier and kind.

    If a kind has few cards, its share is moved toward that of its tier. The rules that propose
    cards were written with other pages in view, so pages held out decide how good a tier is as a
    whole.
    """
    shares = {}
    for tier in ("core", "standard", "extra"):
        own = [one for one in examples if tier_of(one.score) == tier and one.kind in tuple(Kind)]
        unseen = [one for one in own if is_held_out(one.candidate)]
        whole, fair = (
            sum(one.grade == "good" for one in some) / max(len(some), 1) for some in (own, unseen)
        )
        shares[tier] = {"": round(1000 * fair)}
        for kind in sorted({one.kind for one in own}):
            same = [one.grade == "good" for one in own if one.kind == kind]
            drawn = (sum(same) + TRUST * whole) / (len(same) + TRUST)
            shares[tier][kind] = round(1000 * drawn * fair / max(whole, 0.001))
    return shares


def cross_validate(examples: list[Example]) -> list[Example]:
    """Score each example with a table learned without its page."""
    pages = sorted({one.candidate.note.page_id for one in examples}, key=str)
    folds = np.random.RandomState(0).randint(FOLDS, size=len(pages))
    fold = dict(zip(pages, folds, strict=True))
    scored = []
    for turn in range(FOLDS):
        table = fit([one for one in examples if fold[one.candidate.note.page_id] != turn])
        left = [one for one in examples if fold[one.candidate.note.page_id] == turn]
        scored += [rescored(one, table) for one in left]
    return scored


if __name__ == "__main__":
    main()
