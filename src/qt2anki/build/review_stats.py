"""How much of a site's decks people have read, and what they found."""

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
    """What people found of one kind of cards: those that are made, and those they dropped."""

    kind: Kind
    cards: int
    good: int
    reworded: int
    dropped: int

    @property
    def read(self) -> int:
        """How many of them somebody has read."""
        return self.good + self.reworded + self.dropped


def reviewed_kinds(
    pages: Iterable[PageCandidates], corrections: Mapping[str, Correction]
) -> tuple[KindReview, ...]:
    """Count by kind; cards that people have written themselves count as good."""
    cards: Counter[Kind] = Counter()
    found: dict[str, Counter[Kind]] = {name: Counter() for name in ("good", "reworded", "dropped")}
    for page in pages:
        notes = {note.fields[0]: note for note in page.notes}
        every = notes | {k: n for k, n in page.generated.items() if _is_dropped(k, corrections)}
        for key, note in every.items():
            cards[note.kind] += 1
            by = corrections.get(key)
            if by is not None and not by.proposed:
                name = "dropped" if by.drop else "reworded" if note.generated else "good"
                found[name][note.kind] += 1
    return tuple(
        KindReview(kind, cards[kind], *(found[name][kind] for name in found))
        for kind in Kind
        if cards[kind]
    )


def _is_dropped(key: str, corrections: Mapping[str, Correction]) -> bool:
    by = corrections.get(key)
    return by is not None and by.drop and not by.proposed


def labels_of(
    pages: Iterable[PageCandidates], corrections: Mapping[str, Correction]
) -> tuple[dict[str, str], ...]:
    """Return the verdicts on generated cards as the ranker learns from them.

    A card that was reworded is weak. Verdicts on a card that was different then do not count.
    """
    labels = []
    for page in pages:
        for key, note in page.generated.items():
            by = corrections.get(key)
            if by is not None and not by.proposed and by.made_from == made_from(note):
                grade = "bad" if by.drop else "weak" if by.has_wording else "good"
                labels.append({"key": key, "digest": card_digest(note), "grade": grade})
    return tuple(sorted(labels, key=lambda label: label["key"]))
