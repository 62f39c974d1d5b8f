"""Count how many cards of a site people have read, and their verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qt2anki.build.card_candidates import PageCandidates
from qt2anki.corrections.correction import Correction
from qt2anki.corrections.wording import made_from
from qt2anki.model import Kind
from qt2anki.notes.features import card_digest


@dataclass(frozen=True, slots=True)
class KindReview:
    """The verdicts on one kind of cards: those that are made, and those that were dropped.

    *proposed* are corrections that nobody has confirmed yet; they do not count otherwise.
    """

    kind: Kind
    cards: int
    good: int
    reworded: int
    dropped: int
    proposed: int

    @property
    def read(self) -> int:
        """How many of them someone has read."""
        return self.good + self.reworded + self.dropped


def reviewed_kinds(
    pages: Iterable[PageCandidates], corrections: Mapping[str, Correction]
) -> tuple[KindReview, ...]:
    """Count by kind; cards that people have written themselves count as good."""
    cards: Counter[Kind] = Counter()
    names = ("good", "reworded", "dropped", "proposed")
    found: dict[str, Counter[Kind]] = {name: Counter() for name in names}
    found["proposed"][Kind.OWN] = sum(by.is_own and by.proposed for by in corrections.values())
    judged = {key: one for key, one in corrections.items() if not one.proposed}
    for page in pages:
        notes = {note.fields[0]: note for note in page.notes}
        dropped = {k: n for k, n in page.generated.items() if k in judged and judged[k].drop}
        for key, note in (notes | dropped).items():
            cards[note.kind] += 1
            by = corrections.get(key)
            if by is not None:
                name = "dropped" if by.drop else "reworded" if note.generated else "good"
                found["proposed" if by.proposed else name][note.kind] += 1
    return tuple(
        KindReview(kind, cards[kind], *(found[name][kind] for name in found))
        for kind in Kind
        if cards[kind] or found["proposed"][kind]
    )


def labels_of(
    pages: Iterable[PageCandidates], corrections: Mapping[str, Correction]
) -> tuple[dict[str, str], ...]:
    """Return the verdicts on generated cards as training data for the ranker.

    A reworded card counts as weak. A verdict does not count if the card has changed since.
    """
    labels = []
    for page in pages:
        for key, note in page.generated.items():
            by = corrections.get(key)
            if by is not None and not by.proposed and by.made_from == made_from(note):
                grade = "bad" if by.drop else "weak" if by.has_wording else "good"
                labels.append({"key": key, "digest": card_digest(note), "grade": grade})
    return tuple(sorted(labels, key=lambda label: label["key"]))
