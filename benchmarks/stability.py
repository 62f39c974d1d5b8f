"""Where histories are after an edit: on the same fact, lost, or on another fact.

Every sequence of the pages is published, edited once at random, and made again with the packages
published before as the memory. A note is kept when its GUID stays with its step; lost when the
step is there and asked again under a new GUID; moved when a GUID is on another step than before,
which is worse than lost, for nobody sees it. A note that the gates no longer let through is gone.
A step that says nothing on its cards but its title is its title, wherever that goes.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks._edits import EDITS, Text, cut
from qt2anki.anki.package_reader import PublishedNote, PublishedPackage
from qt2anki.config import Settings
from qt2anki.model import Note, Page
from qt2anki.notes.hysteresis import keys_today
from qt2anki.notes.identity import guid_for, unit_slugs
from qt2anki.notes.make_notes import make_notes
from qt2anki.outline.read_outline import read_outline
from qt2anki.outline.sequence.score import find_sequences
from qt2anki.release.fingerprints import Fact, facts_of, split_key, title_of
from qt2anki.release.previous_release import Memory, memory_of
from qt2anki.release.reconcile import carry_page
from qt2anki.source.discover import discover
from qt2anki.source.recover_id import read_file

ROOT = Path(__file__).parents[1]
PLACES = (ROOT / "input", ROOT.parent / "shared" / "corpus")
ROUNDS = 3
SETTINGS = Settings()
FATES = ("kept", "lost", "moved", "gone")


@dataclass(frozen=True)
class Published:
    """A page as it was published, and its list cut out of the text."""

    page: Page
    text: Text
    memory: Memory
    names: tuple[str, ...]  # of the facts, by the place of their step
    guids: dict[str, tuple[str, str]]  # guid -> name of its fact, part


def main() -> None:
    """Print a table of what became of the histories, by kind of edit."""
    for place in PLACES:
        if not place.is_dir():
            print(f"skipped: {place} is missing")
            continue
        pages = [published for page in read_pages(place) if (published := publish(page))]
        print(f"{place.name}: {len(pages)} pages with one sequence, {ROUNDS} edits of each kind")
        print(f"{'edit':12}" + "".join(f"{fate:>8}" for fate in FATES) + "    kept")
        for name in EDITS:
            count = fates_after(name, pages)
            known = count["kept"] + count["lost"] + count["moved"]
            share = f"{100 * count['kept'] / known:7.1f} %" if known else ""
            print(f"{name:12}" + "".join(f"{count[fate]:8}" for fate in FATES) + share)


def read_pages(place: Path) -> list[Page]:
    """Read all pages below *place*, each id once."""
    found: dict[int, Page] = {}
    for source in discover([str(place)]).sources:
        page = read_file(source).reading.page
        if page is not None:
            found.setdefault(page.page_id, page)
    return list(found.values())


def publish(page: Page) -> Published | None:
    """Publish a page with one sequence; None for any other."""
    sequences = find_sequences(read_outline(page.answer), question=page.question)
    text = cut(page.answer, sequences[0]) if len(sequences) == 1 else None
    if text is None:
        return None
    page = replace(page, answer=text.answer)
    names = names_of(page, 3.0)
    if names is None or len(names) != len(text.steps):
        return None
    notes = tuple(replace(note, mod=1) for note in make_notes(page, SETTINGS).notes)
    guids = {note.guid: split_key(note.key) for note in notes}
    return Published(page, text, memory_with(notes), names, guids)


def names_of(page: Page, threshold: float) -> tuple[str, ...] | None:
    """Return the names that the steps of a page have by their titles, in their order."""
    outline = read_outline(page.answer)
    sequences = find_sequences(outline, question=page.question, threshold=threshold)
    if len(sequences) != 1:
        return None
    units = [(sequences[0].listing.section, item.title) for item in sequences[0].steps]
    return tuple(f"step/{slug}" for slug in unit_slugs(units))


def memory_with(notes: Sequence[Note]) -> Memory:
    """Remember *notes* as if they had been read from a package."""
    published = tuple(
        PublishedNote(n.guid, n.key, n.note_type, n.fields, n.tags, n.mod, at, n.page_id)
        for at, n in enumerate(notes, start=1)
    )
    return memory_of([PublishedPackage(Path("a.apkg"), ("Q::A",), "", published, ())])


def fates_after(edit: str, pages: Sequence[Published]) -> Counter[str]:
    """Apply one kind of edit to every page and count what became of the notes."""
    count: Counter[str] = Counter()
    for page in pages:
        for turn in range(ROUNDS):
            dice = random.Random(f"{edit} {page.page.page_id} {turn}")  # noqa: S311  # no secret
            count.update(fates(page, EDITS[edit](page.text, dice)))
    return count


def fates(before: Published, text: Text) -> Iterator[str]:
    """Yield the fate of every step note of a page after its text was edited."""
    page = replace(before.page, answer=text.answer)
    old = before.memory.pages[page.page_id].live
    published = keys_today((note.key, title_of(note)) for note in old)
    made = make_notes(page, SETTINGS, published).notes
    carried = carry_page(made, before.memory, stamp=2, guid_for=guid_for).notes
    names = names_of(page, 2.5)
    if names is None or len(names) != len(text.steps):
        yield from ("gone" for name, _ in before.guids.values() if name in before.names)
        return
    origin = dict(zip(names, (step.origin for step in text.steps), strict=True))
    by_origin = {before.names[at]: name for name, at in origin.items() if at is not None}
    by_origin |= _mute_steps(before, facts_of(old), facts_of(made))
    now = {split_key(n.key): c.guid for n, c in zip(made, carried, strict=True)}
    owner = {guid: name for (name, _), guid in now.items()}
    for guid, (name, part) in before.guids.items():
        if name in before.names:
            yield _fate(
                by_origin.get(name), owner.get(guid), (by_origin.get(name, ""), part) in now
            )


def _mute_steps(
    before: Published, old: Sequence[Fact[PublishedNote]], made: Sequence[Fact[Note]]
) -> dict[str, str]:
    """Map the steps that show nothing but a title to the step that has it now, "" for none."""
    mute = {fact.name for fact in made if not fact.texts}
    return {
        fact.name: fact.name if fact.name in mute else ""
        for fact in old
        if fact.name in before.names and not fact.texts
    }


def _fate(home: str | None, owner: str | None, is_asked: bool) -> str:  # noqa: FBT001
    """Name the fate of a note whose step is *home* now, and whose GUID is on *owner*."""
    if owner is not None:
        return "kept" if owner == home else "moved"
    if not home:
        return "removed"
    return "lost" if is_asked else "gone"
