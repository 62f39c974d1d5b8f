"""Recognize verbs, and return the base forms that questions need."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Literal, NamedTuple

Form = Literal["third", "base", "past"]

_CONSONANT_Y = re.compile(r"[^aeiou]y$")
_SIBILANT = re.compile(r"(?:s|x|z|ch|sh|o)$")
_DOUBLED = re.compile(r"(?:[^aeiou]|^)[aeiou][bdglmnprt]$")
# Verbs of two syllables that double their last letter; others with these endings do not.
_STRESSED = re.compile(
    r"(?:(?:[nr]e|de|in|ns|on)fer|pel|trol|cur|bid|cel|lap|pin|quip|(?:ad|com|e|per|sub|trans|o)mit)$"
)
_VOWELS = re.compile(r"[aeiouy]+")


class Verb(NamedTuple):
    """A verb as it occurs in a sentence, with the forms for a question."""

    base: str
    form: Form
    takes_object: bool
    takes_clause: bool
    particles: tuple[str, ...]
    is_event: bool  # asked with "when" and "where"
    is_soft: bool  # says little by itself

    @property
    def asks(self) -> bool:
        """Whether a question can be made with it at all."""
        return self.takes_object or self.takes_clause or self.is_event or bool(self.particles)


def _verbs() -> Mapping[str, Verb]:
    text = files("qt2anki.notes").joinpath("data", "verbs.toml").read_text("utf-8")
    table = tomllib.loads(text)
    soft = set(table["soft"]["verbs"].split())
    objects, clauses = set(table["objects"].split()), set(table["clauses"].split())
    events = set(table["events"]["verbs"].split())
    particles = {base: tuple(after.split()) for base, after in table["particles"].items()}
    found: dict[str, Verb] = {}
    for base in sorted(
        objects | soft | clauses | set(particles) | set(table["others"]["verbs"].split())
    ):
        forms: tuple[tuple[str, Form], ...] = (
            (table["past"].get(base) or _past(base), "past"),
            (_third(base), "third"),
            (base, "base"),
        )
        for word, form in forms:
            own = Verb(
                base,
                form,
                takes_object=base in objects or base in soft,
                takes_clause=base in clauses,
                particles=particles.get(base, ()),
                is_event=base in events,
                is_soft=base in soft,
            )
            found.setdefault(word, own)
    return found


def _third(base: str) -> str:
    if _CONSONANT_Y.search(base):
        return f"{base[:-1]}ies"
    return f"{base}es" if _SIBILANT.search(base) else f"{base}s"


def _past(base: str) -> str:
    if base.endswith("e"):
        return f"{base}d"
    if _CONSONANT_Y.search(base):
        return f"{base[:-1]}ied"
    is_short = len(_VOWELS.findall(base)) == 1
    if _DOUBLED.search(base) and (is_short or _STRESSED.search(base)):
        return f"{base}{base[-1]}ed"
    return f"{base}ed"


find_verb = _verbs().get
"""Return the verb that a word (lower case) is a form of, None for an unknown one."""
