"""Measure how well the ranker finds cards worth keeping, and which tutors' cards it keeps.

``python -m benchmarks.ranker`` reads the pages in ``../shared/corpus`` (or ``QT2ANKI_CORPUS``),
the grades in ``scripts/card-grades.json`` and, where they are, the cards that tutors wrote. Pages
whose id is a multiple of five were never learned from: all figures are about them.
"""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qt2anki.config import Settings
from qt2anki.model import Page
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.features import card_digest, card_texts
from qt2anki.notes.kinds.abbreviations import Abbreviations
from qt2anki.notes.make_notes import make_notes
from qt2anki.notes.ranker import score
from qt2anki.notes.words import roots
from qt2anki.source.discover import discover
from qt2anki.source.read_file import read_file

ROOT = Path(__file__).parent.parent
GRADES = ROOT / "scripts" / "card-grades.json"
CORPUS = Path(os.environ.get("QT2ANKI_CORPUS", ROOT.parent / "shared" / "corpus"))
TUTORS = CORPUS.parent / "labels" / "tutor-cards.json"
_HELD_OUT = 5  # every fifth page by its id
_SAME_ANSWER = 0.75


@dataclass(frozen=True, slots=True)
class Example:
    """A candidate, its grade and its score."""

    candidate: Candidate
    grade: str
    score: int

    @property
    def kind(self) -> str:
        """Return the kind of its note."""
        return str(self.candidate.note.kind)


def main() -> None:
    """Print the evaluation on pages held out, and the recall of the tutors' cards."""
    pages = read_pages(CORPUS)
    candidates = all_candidates(pages)
    rows = json.loads(GRADES.read_text("utf-8"))
    graded = [one for one in join(candidates, rows) if is_held_out(one.candidate)]
    print_report("pages held out", graded)
    print_curve(candidates, len(pages))
    if TUTORS.exists():
        print_recall(pages, json.loads(TUTORS.read_text("utf-8")))


def read_pages(folder: Path) -> list[Page]:
    """Read every page below *folder*."""
    files = map(read_file, discover((str(folder),)).sources)
    found = (one.page for readings in files for one in readings)
    return [page for page in found if page is not None]


def all_candidates(pages: Iterable[Page]) -> list[Candidate]:
    """Return all candidates of *pages*, good and poor."""
    settings = Settings(profile="full")
    found: list[Candidate] = []
    meanings = defaultdict(list)
    for page in pages:
        made = make_notes(page, settings)
        found += [choice.candidate for choice in made.choices]
        for meaning in made.meanings:
            meanings[page.subjects[0]].append(meaning)
    abbreviations = Abbreviations({}, settings)
    for group in meanings.values():
        found += [one.candidate for one in abbreviations.choices(group)]
    return found


def is_held_out(candidate: Candidate) -> bool:
    """Whether the page of *candidate* is never learned from."""
    page = candidate.note.page_id
    return isinstance(page, int) and page % _HELD_OUT == 0


def digest_of(candidate: Candidate) -> str:
    """Return a digest of the letters and digits of a candidate's card."""
    return card_digest(candidate.note)


def join(candidates: Iterable[Candidate], rows: Iterable[Mapping[str, str]]) -> list[Example]:
    """Give candidates their grades: of several grades the median, or the lower of two."""
    by_key = defaultdict(list)
    for row in rows:
        by_key[row["key"], row["digest"]].append(row["grade"])
    examples = []
    for one in candidates:
        grades = by_key.get((one.note.fields[0], digest_of(one)))
        if grades:
            ranked = sorted(grades, key=("bad", "weak", "good").index)
            examples.append(Example(one, ranked[(len(ranked) - 1) // 2], score(one)))
    return examples


def print_report(title: str, examples: Sequence[Example]) -> None:
    """Print by kind how well scores distinguish good cards, and how accurate they are."""
    print(f"\n{title}: {len(examples)} graded cards, AUC {area(examples):.2f}")
    print("kind        n  good  bad |  AUC | at least 500, 600, 700, 800: n, good, bad")
    for kind in (*sorted({one.kind for one in examples}), "all"):
        own = [one for one in examples if kind in (one.kind, "all")]
        line = (
            f"{kind:9} {len(own):4} {share(own, 'good')}  {share(own, 'bad')} | {area(own):.2f} |"
        )
        for threshold in (500, 600, 700, 800):
            kept = [one for one in own if one.score >= threshold]
            line += f" {len(kept):4} {share(kept, 'good')} {share(kept, 'bad')};"
        print(line)
    print("\nscore       n  good")
    for low in range(0, 1000, 100):
        inside = [one for one in examples if low <= one.score < low + 100]
        print(f"{low:3}-{low + 99} {len(inside):5}  {share(inside, 'good')}")


def print_curve(candidates: Sequence[Candidate], pages: int) -> None:
    """Print the cards per page and the expected share of good ones at each threshold."""
    scored = [(score(one), one.note.kind.value) for one in candidates]
    print("\nthreshold  cards a page  expected good  good a page  kinds")
    for threshold in (0, *range(300, 801, 50)):
        kept = [(points, kind) for points, kind in scored if points >= threshold]
        good = sum(points for points, _ in kept) / 1000
        kinds = ", ".join(f"{k} {n}" for k, n in Counter(k for _, k in kept).most_common(9))
        figures = f"{len(kept) / pages:10.2f} {good / max(len(kept), 1):14.2f} {good / pages:12.2f}"
        print(f"{threshold:9} {figures}  {kinds}")


def print_recall(pages: Iterable[Page], tutors: Sequence[Mapping[str, object]]) -> None:
    """Print the share of the tutors' answers that cards of the standard profile ask for."""
    wanted: dict[object, list[frozenset[str]]] = defaultdict(list)
    for card in tutors:
        if "front" in card:
            wanted[card["id"]].append(roots(str(card["back"])))
    standard = Settings()
    for name in ("all candidates", "cards made"):
        found = total = 0
        for page in pages:
            if page.page_id not in wanted:
                continue
            choices = make_notes(page, standard).choices
            kept = [one for one in choices if name == "all candidates" or not one.left_out]
            answers = [roots(card_texts(one.candidate.note)[2]) for one in kept]
            total += len(wanted[page.page_id])
            found += sum(
                any(is_same(asked, one) for one in answers) for asked in wanted[page.page_id]
            )
        print(f"\ntutors' answers asked by {name}: {found} of {total}")


def is_same(tutor: frozenset[str], card: frozenset[str]) -> bool:
    """Whether a card's answer contains most of a tutor's, and not much else."""
    shared = len(tutor & card)
    return shared >= _SAME_ANSWER * max(len(tutor), 1) and len(card) <= 2 * len(tutor) + 2


def share(examples: Sequence[Example], grade: str) -> str:
    """Return the share of *grade*, "-" without examples."""
    if not examples:
        return "   -"
    return f"{sum(one.grade == grade for one in examples) / len(examples):.2f}"


def area(examples: Sequence[Example]) -> float:
    """Return the probability that a good card has a higher score than a poor one (AUC)."""
    good = [one.score for one in examples if one.grade == "good"]
    rest = [one.score for one in examples if one.grade != "good"]
    wins = sum((high > low) + (high == low) / 2 for high in good for low in rest)
    return wins / (len(good) * len(rest)) if good and rest else float("nan")


if __name__ == "__main__":
    main()
