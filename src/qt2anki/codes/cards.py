"""Codes of pages that no card is made from."""

from __future__ import annotations

from typing import Final

from qt2anki.codes.code import Code

CARDS: Final[dict[str, Code]] = {
    "QT301": Code(
        "note",
        "an answer that is none",
        "The answer says that it cannot answer the question, so there is nothing to learn.",
    ),
    "QT302": Code(
        "note",
        "a question about something that is not on the page",
        "The question speaks of a course, a lecture, a study or a text that a learner of the deck "
        "does not have at hand. Reword the question so that it stands on its own.",
    ),
    "QT303": Code(
        "note",
        "no answer short enough",
        "No list, heading or sentence of the answer is short enough to be recalled and says "
        "something the question does not. Open the answer with one sentence that answers it.",
    ),
}
