"""A course file to start from: it can be read as it is once its first unit takes something."""

from __future__ import annotations

from typing import Final

from qt2anki.model import PageId

_TEMPLATE: Final = """\
# A course: pages of any subject, in the order you teach them. Build it with
#   qt2anki build --course @name@
# which writes dist/courses/. Nobody who has the subjects' decks too sees a card twice.

# The name of the deck. Each unit becomes a deck below it: "@title@::01 First week".
title = @quoted@

# Shown on the deck's page in Anki; Markdown.
description = "Cards for @title@."

# Take only the most important kinds of cards: "core", "standard" or "full". Leave it out for all
# that the subjects' decks have.
# profile = "core"

# One [[unit]] after the other. Add new ones at the end: the number is part of the deck's name,
# and cards that students have stay in the deck where they are.
[[unit]]
title = "First week"

# What the unit takes, in this order. "qt2anki list" shows what there is.
take = [
@take@
  # 900001,                                   # a page by its id
  # "how-does-a-clot-form",                   # by the end of its address, or its file's name
  # "biology/cell-*.md",                      # by a pattern for its path
  # { subject = "Nursing", keyword = "heart" },         # all that is said must hold
  # { text = ["mitosis", "meiosis"] },                  # one of several
  # { from = 2026-01-01, until = 2026-06-30 },          # by date
  # { related_to = 900001 },                            # what this page recommends
]

# What it leaves out, written in the same way.
# exclude = [900010]

# "written" is the order above (what one line finds is sorted by id); or "id", "date", "title".
# order = "written"

# [[unit]]
# title = "Second week"
# take = []
"""


def course_template(name: str, title: str, pages: tuple[PageId, ...] = ()) -> str:
    """Return the text of a course file; *pages* are the ids that its unit takes."""
    quoted = _quoted(title)
    ids = [_quoted(one) if isinstance(one, str) else str(one) for one in pages]
    lines = [f"  {page_id}," for page_id in ids]
    values = {
        "@name@": name,
        "@quoted@": quoted,
        "@title@": quoted[1:-1],
        "@take@\n": "".join(f"{line}\n" for line in lines),
    }
    text = _TEMPLATE
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text


def _quoted(text: str) -> str:
    """Write text as a basic string of TOML (1.0, "String")."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
