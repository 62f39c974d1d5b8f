"""A possible note, with the facts that decide whether it is made."""

from __future__ import annotations

from dataclasses import dataclass

from qt2anki.model import Note


@dataclass(frozen=True, slots=True)
class Candidate:
    """A note that has passed the hard gates of its kind."""

    note: Note
    unit: str  # the item, section or paragraph it is about; a unit gets two angles at most
    sentence: str = ""  # plain text of the sentence on the page that the card comes from
    cue: str = ""  # what the card is based on, in one lower-case word: "definition", "because"
    traits: frozenset[str] = frozenset()  # other predictors of a good or poor card: "first-step"
    page_traits: frozenset[str] = frozenset()  # the same for its page, see features.page_traits
    fixed_score: int | None = None  # of a card in a language that the ranker was not trained on
