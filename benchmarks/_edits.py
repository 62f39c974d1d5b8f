"""Edits of a page's list of steps, made in its Markdown as an author would make them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from qt2anki.outline.sequence.score import Sequence

_START = re.compile(r"^(\s*(?:#+\s+)?)(\d+)([.)]\s+.*)$")
_WORD = re.compile(r"[A-Za-z]{4,}")
_FRESH = ("amber", "basalt", "cobalt", "dunlin", "ember", "fennel", "garnet", "heather", "indigo")


@dataclass(frozen=True)
class Step:
    """One step as it stands in the text; *origin* is its place before any edit, or None."""

    title: str
    lines: tuple[str, ...]
    origin: int | None


@dataclass(frozen=True)
class Text:
    """An answer cut into the steps of one list and what stands around them."""

    before: tuple[str, ...]
    steps: tuple[Step, ...]
    after: tuple[str, ...]

    @property
    def answer(self) -> str:
        """The Markdown, steps numbered anew."""
        lines = list(self.before)
        for number, step in enumerate(self.steps, start=1):
            head = _START.sub(rf"\g<1>{number}\g<3>", step.lines[0])
            lines += [head, *step.lines[1:]]
        return "\n".join((*lines, *self.after))


def cut(answer: str, sequence: Sequence) -> Text | None:
    """Cut *answer* at the steps of *sequence*; None where they cannot be told in the text."""
    lines = answer.split("\n")
    starts: list[int] = []
    for item in sequence.steps:
        at = starts[-1] + 1 if starts else 0
        found = next((n for n in range(at, len(lines)) if _opens(lines[n], item.title)), None)
        if found is None:
            return None
        starts.append(found)
    end = starts[-1] + 1
    while end < len(lines) and _goes_on(lines[end], sequence.listing.style):
        end += 1
    bounds = [*starts, end]
    steps = tuple(
        Step(item.title, tuple(lines[bounds[n] : bounds[n + 1]]), n)
        for n, item in enumerate(sequence.steps)
    )
    return Text(tuple(lines[: starts[0]]), steps, tuple(lines[end:]))


def _opens(line: str, title: str) -> bool:
    return bool(_START.match(line)) and title in line


def _goes_on(line: str, style: str) -> bool:
    if style == "headings":
        return not line.startswith("#")
    return line.startswith(" ") or not line.strip()


def insert(text: Text, dice: random.Random) -> Text:
    """Put a new step between two others."""
    words = " ".join(dice.sample(_FRESH, 6))
    title = f"{dice.choice(_FRESH).title()} {dice.choice(_FRESH)}"
    new = Step(title, (f"1. **{title}**: The {words} are brought together at once.", ""), None)
    at = dice.randrange(len(text.steps))
    return _with(text, (*text.steps[:at], new, *text.steps[at:]))


def swap(text: Text, dice: random.Random) -> Text:
    """Let two neighbours change places."""
    at = dice.randrange(len(text.steps) - 1)
    one, other = text.steps[at : at + 2]
    return _with(text, (*text.steps[:at], other, one, *text.steps[at + 2 :]))


def delete(text: Text, dice: random.Random) -> Text:
    """Take one step out."""
    at = dice.randrange(len(text.steps))
    return _with(text, (*text.steps[:at], *text.steps[at + 1 :]))


def rename(text: Text, dice: random.Random) -> Text:
    """Give one step a title of which no word stays."""
    at = dice.randrange(len(text.steps))
    return _retitle(text, {at: f"{dice.choice(_FRESH).title()} {dice.choice(_FRESH)}"})


def move_titles(text: Text, dice: random.Random) -> Text:
    """Give one step the title of the next, and that one a new title."""
    at = dice.randrange(len(text.steps) - 1)
    fresh = f"{dice.choice(_FRESH).title()} {dice.choice(_FRESH)}"
    return _retitle(text, {at: text.steps[at + 1].title, at + 1: fresh})


def reword(text: Text, dice: random.Random) -> Text:
    """Put other words for a third of those that explain a step."""
    return _explained(text, dice, lambda word: dice.choice(_FRESH) if dice.random() < 0.3 else word)


def typo(text: Text, dice: random.Random) -> Text:
    """Change one word that explains a step."""
    left = [True]

    def once(word: str) -> str:
        if left[0] and dice.random() < 0.2:
            left[0] = False
            return word[0] + word[2] + word[1] + word[3:]
        return word

    return _explained(text, dice, once)


def several(text: Text, dice: random.Random) -> Text:
    """Make four edits of any kind before the next release."""
    for _ in range(4):
        if len(text.steps) > 3:
            text = dice.choice((insert, swap, delete, rename, move_titles, reword, typo))(
                text, dice
            )
    return text


EDITS: dict[str, Callable[[Text, random.Random], Text]] = {
    "insert": insert,
    "swap": swap,
    "delete": delete,
    "rename": rename,
    "reword": reword,
    "typo": typo,
    "move titles": move_titles,
    "several": several,
}


def _with(text: Text, steps: tuple[Step, ...]) -> Text:
    return Text(text.before, steps, text.after)


def _retitle(text: Text, titles: dict[int, str]) -> Text:
    steps = [
        Step(
            titles[at],
            (step.lines[0].replace(step.title, titles[at], 1), *step.lines[1:]),
            step.origin,
        )
        if at in titles
        else step
        for at, step in enumerate(text.steps)
    ]
    return _with(text, tuple(steps))


def _explained(text: Text, dice: random.Random, change: Callable[[str], str]) -> Text:
    at = dice.randrange(len(text.steps))
    step = text.steps[at]
    head, title, tail = step.lines[0].partition(step.title)
    first = head + title + _WORD.sub(lambda match: change(match[0]), tail)
    rest = (_WORD.sub(lambda match: change(match[0]), line) for line in step.lines[1:])
    new = Step(step.title, (first, *rest), step.origin)
    return _with(text, (*text.steps[:at], new, *text.steps[at + 1 :]))
