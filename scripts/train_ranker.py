"""Learn the weights of the ranker from graded cards, and report how good they are.

    python scripts/train_ranker.py PAGES [GRADES...] [--write]

PAGES are the pages that the graded cards come from. GRADES are JSON files: lists of objects with
key, grade (good, weak or bad) and digest, which ties a grade to the wording that was graded; the
default is ``card-grades.json`` beside this script. Pages whose id is a multiple of five are never
learned from: the report is about them. Needs the dependency group "ranker".
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from qt2anki.config import Settings
from qt2anki.model import Page
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.features import card_texts, features_of
from qt2anki.notes.kinds.abbreviations import abbreviation_candidates
from qt2anki.notes.make_notes import choices_of, make_notes
from qt2anki.source.discover import discover
from qt2anki.source.recover_id import read_file

HELD_OUT = 5  # every fifth page by its id
FOLDS = 10
STRENGTH = 0.08  # of the regularisation: small is strong
OF_KIND = 0.4  # how freely a feature may mean something else for one kind
LEAST = 8  # cards that must have a feature
GRADES = Path(__file__).with_name("card-grades.json")
TABLE = Path(__file__).parent.parent / "src/qt2anki/notes/data/ranker.json"


@dataclass(frozen=True)
class Example:
    """A candidate and its grade."""

    candidate: Candidate
    grade: str

    @property
    def kind(self) -> str:
        """Return the kind of its note."""
        return self.candidate.note.kind.value

    @property
    def is_held_out(self) -> bool:
        """Whether its page is never learned from."""
        page = self.candidate.note.page_id
        return isinstance(page, int) and page % HELD_OUT == 0


def main() -> None:
    """Train, report, and write the table if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", type=Path)
    parser.add_argument("grades", type=Path, nargs="*", default=[GRADES])
    parser.add_argument("--write", action="store_true", help="Replace the table in the package.")
    options = parser.parse_args()
    pages = read_pages(options.pages)
    candidates = all_candidates(pages)
    rows = [row for path in options.grades for row in json.loads(path.read_text("utf-8"))]
    examples = join(candidates, rows)
    train = [one for one in examples if not one.is_held_out]
    test = [one for one in examples if one.is_held_out]
    print(f"{len(examples)} graded candidates of {len(candidates)}, {len(test)} on pages held out")
    estimates = cross_validate(train)
    report("cross-validated by page", train, estimates)
    table = fit(train)
    report("pages held out", test, [probability(table, one.candidate) for one in test])
    if options.write:
        TABLE.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", "utf-8")
    curve(candidates, table, len(pages))


def read_pages(folder: Path) -> list[Page]:
    """Read every page below *folder*."""
    found = (read_file(source).reading.page for source in discover((folder,)).sources)
    return [page for page in found if page is not None]


def all_candidates(pages: list[Page]) -> list[Candidate]:
    """Return what could be asked about *pages*, the good and the poor."""
    settings = Settings(profile="full")
    found = []
    meanings = defaultdict(list)
    for page in pages:
        found += [choice.candidate for choice in choices_of(page, settings)]
        for meaning in make_notes(page, settings).meanings:
            meanings[page.subjects[0]].append(meaning)
    for subject, group in meanings.items():
        found += abbreviation_candidates(subject, group, settings)
    return found


def digest(front: str, answer: str) -> str:
    """Name the wording of a card: its letters and digits."""
    run = "|".join(re.sub(r"[\W_]+", "", text).lower() for text in (front, answer))
    return hashlib.sha256(run.encode()).hexdigest()[:12]


def digest_of(candidate: Candidate) -> str:
    """Name the wording of a candidate's card."""
    context, question, answer = card_texts(candidate.note)
    return digest(context + question, answer)


def join(candidates: list[Candidate], rows: list[dict[str, str]]) -> list[Example]:
    """Give candidates their grades; of several the lowest, unless most are higher."""
    by_key = defaultdict(list)
    for row in rows:
        by_key[row["key"], row["digest"]].append(row["grade"])
    examples = []
    for one in candidates:
        grades = by_key.get((one.note.fields[0], digest_of(one)))
        if grades:
            ranked = sorted(grades, key=("bad", "weak", "good").index)
            examples.append(Example(one, ranked[(len(ranked) - 1) // 2]))
    return examples


def columns(candidate: Candidate) -> dict[str, float]:
    """Return the columns of a candidate: its kind, its features, and both together."""
    kind = candidate.note.kind.value
    found = {f"kind {kind}": 1.5}
    for name in features_of(candidate):
        found[name] = 1.0
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
    """Lay weights out as the package has them."""
    table = {"base": round(100 * base), "kinds": {}, "features": {}, "by_kind": defaultdict(dict)}
    for name, weight in zip(names, weights, strict=True):
        kind, bar, feature = name.partition("|")
        if bar:
            value = round(100 * weight * OF_KIND)
            if value:
                table["by_kind"][kind][feature] = value
        elif name.startswith("kind "):
            table["kinds"][name.removeprefix("kind ")] = round(150 * weight)
        elif round(100 * weight):
            table["features"][name] = round(100 * weight)
    return table


def probability(table: dict[str, object], candidate: Candidate) -> float:
    """Return what *table* makes of a candidate."""
    kind = candidate.note.kind.value
    own = table["by_kind"].get(kind, {})
    total = table["base"] + table["kinds"].get(kind, 0)
    for name in features_of(candidate):
        total += table["features"].get(name, 0) + own.get(name, 0)
    return 1 / (1 + np.exp(-total / 100))


def cross_validate(examples: list[Example]) -> list[float]:
    """Estimate each example by a table that has not seen its page."""
    pages = sorted({one.candidate.note.page_id for one in examples}, key=str)
    fold = dict(zip(pages, np.random.RandomState(0).randint(FOLDS, size=len(pages)), strict=True))
    estimates = [0.0] * len(examples)
    for turn in range(FOLDS):
        table = fit([one for one in examples if fold[one.candidate.note.page_id] != turn])
        for at, one in enumerate(examples):
            if fold[one.candidate.note.page_id] == turn:
                estimates[at] = probability(table, one.candidate)
    return estimates


def report(title: str, examples: list[Example], estimates: list[float]) -> None:
    """Print how well estimates tell good cards, by kind and by threshold, and calibration."""
    good = np.array([one.grade == "good" for one in examples])
    bad = np.array([one.grade == "bad" for one in examples])
    estimates = np.array(estimates)
    print(f"\n== {title}: {len(examples)} cards, AUC {roc_auc_score(good, estimates):.3f}")
    print("kind          n  good |  AUC | good (bad) of those that score at least .5, .6, .7, .8")
    kinds = np.array([one.kind for one in examples])
    for kind in (*sorted(set(kinds)), "all"):
        mask = kinds == kind if kind != "all" else np.ones(len(kinds), bool)
        both = 0 < good[mask].sum() < mask.sum()
        auc = roc_auc_score(good[mask], estimates[mask]) if both else float("nan")
        line = f"{kind:10} {mask.sum():4}  {good[mask].mean():.2f} | {auc:.2f} |"
        for threshold in (0.5, 0.6, 0.7, 0.8):
            kept = mask & (estimates >= threshold)
            share = f"{good[kept].mean():.2f} ({bad[kept].mean():.2f})" if kept.any() else "-"
            line += f" {share} of {kept.sum()};"
        print(line)
    print("estimate   n  good")
    for low in np.arange(0, 1, 0.1):
        inside = (estimates >= low) & (estimates < low + 0.1)
        if inside.any():
            print(f"{low:.1f}-{low + 0.1:.1f} {inside.sum():4}  {good[inside].mean():.2f}")


def curve(candidates: list[Candidate], table: dict[str, object], pages: int) -> None:
    """Print cards a page and their expected share of good ones, by threshold and kind."""
    estimates = np.array([probability(table, one) for one in candidates])
    kinds = np.array([one.note.kind.value for one in candidates])
    print("\nthreshold  cards a page  expected good  kinds")
    for threshold in (0, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8):
        kept = estimates >= threshold
        by_kind = Counter(kinds[kept]).most_common(8)
        print(f"{threshold:.2f} {kept.sum() / pages:8.2f} {estimates[kept].mean():8.2f}", by_kind)


if __name__ == "__main__":
    main()
