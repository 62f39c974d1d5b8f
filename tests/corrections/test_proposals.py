"""Names of proposed cards: each question has one, and keeps it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from qt2anki.corrections.corrections_file import read_corrections
from qt2anki.corrections.edit import read_text, set_corrections
from qt2anki.corrections.proposals import read_proposals
from qt2anki.notes.identity import slug

LONG = "which very long protein of the inner membrane of a cell and of its nucleus is"
questions = st.builds(
    "{}{}".format, st.sampled_from([LONG, "", f"{LONG} not"]), st.sampled_from([" a?", " B", "-2"])
)


@given(st.lists(questions, max_size=6), st.lists(questions, max_size=6))
def test_a_question_keeps_its_name_in_every_file(first: list[str], second: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cards, corrections = Path(folder, "cards.json"), Path(folder, "corrections.toml")
        names: dict[str, str] = {}
        for asked in (first, second, [*second, *first][::-1]):
            rows = [{"page": 1, "question": question, "answer": "So."} for question in asked]
            cards.write_text(json.dumps(rows), "utf-8")
            known = read_corrections([corrections])
            found = read_proposals(cards, known)
            for question, one in zip(asked, found, strict=True):
                assert names.setdefault(slug(question), one.key) == one.key
            assert len(set(names.values())) == len(names)
            tables = {one.key: one.correction.values for one in found if one.correction}
            set_corrections([(read_text(corrections), tables)])
