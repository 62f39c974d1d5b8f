"""Rehearse an import for a new student, and for a student of the old decks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from anki.buildinfo import version as anki_version

from qt2anki.anki.package_file import packages_in
from qt2anki.anki.package_reader import read_package
from qt2anki.release.previous_release import RETIRED_FOLDER
from qt2anki.verify.simulated_student import Imported, NoteState, Student, new_student
from qt2anki.verify.update import (
    HARMLESS,
    Fault,
    Kept,
    Update,
    VerifyFinding,
    collection_faults,
    take_snapshot,
    update_faults,
    what_is_kept,
)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The result for one student; *kept* is for a student who had the old decks."""

    imports: tuple[Imported, ...]
    notes: int  # in the collection afterwards
    cards: int
    findings: tuple[VerifyFinding, ...]
    kept: tuple[Kept, ...] = ()
    gone: int = 0  # notes of the old decks that are in none of the new packages
    lost: int = 0  # of these, those that are not in retired packages next to the new ones either


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """All rehearsals of one run."""

    anki: str  # its version
    new_student: Rehearsal
    old_student: Rehearsal | None


def rehearse(packages: Sequence[Path], against: Sequence[Path]) -> VerifyResult:
    """Import *packages* as a new student, and as one who has studied the decks *against*."""
    for path in dict.fromkeys((*packages, *against)):
        read_package(path)
    with new_student() as student:
        imports, findings = _import_twice(student, packages)
        wanted = student.notes()
        cards = len(student.cards())
        findings += collection_faults(student)
    fresh = Rehearsal(imports, len(wanted), cards, tuple(findings))
    old = _rehearse_update(packages, against, wanted) if against else None
    return VerifyResult(anki_version, fresh, old)


def breaches(rehearsal: Rehearsal) -> tuple[VerifyFinding, ...]:
    """Return the findings that break the promises to students."""
    return tuple(each for each in rehearsal.findings if each.fault not in HARMLESS)


def is_kept(verdict: VerifyResult) -> bool:
    """Whether all promises are kept."""
    both = (verdict.new_student, verdict.old_student)
    return not any(breaches(each) for each in both if each is not None)


def _import_twice(
    student: Student, packages: Sequence[Path]
) -> tuple[tuple[Imported, ...], list[VerifyFinding]]:
    imports = tuple(student.import_package(path) for path in packages)
    findings = [
        VerifyFinding(
            Fault.CONFLICTING, key, f"the import of {done.path.name} leaves this note out"
        )
        for done in imports
        for key in done.conflicting
    ]
    for path in packages:
        again = student.import_package(path)
        if again.new or again.updated:
            text = f"a second import adds {again.new} and changes {again.updated} notes"
            findings.append(VerifyFinding(Fault.NOT_STABLE, path.name, text))
    return imports, findings


def _rehearse_update(
    packages: Sequence[Path], against: Sequence[Path], wanted: Mapping[str, NoteState]
) -> Rehearsal:
    with new_student() as student:
        for path in against:
            student.import_package(path)
        published = student.notes()
        student.live()
        before = take_snapshot(student)
        old_faults = set(collection_faults(student))
        imports, findings = _import_twice(student, packages)
        after = take_snapshot(student)
        update = Update(published, wanted, before, after)
        findings += update_faults(update)
        findings += [each for each in collection_faults(student) if each not in old_faults]
    gone = published.keys() - wanted.keys()
    return Rehearsal(
        imports=imports,
        notes=len(after.notes),
        cards=len(after.cards),
        findings=tuple(findings),
        kept=what_is_kept(update),
        gone=len(gone),
        lost=len(gone - _retired(packages)) if gone else 0,
    )


def _retired(packages: Sequence[Path]) -> set[str]:
    """Return the GUIDs of the notes that are retired next to *packages*, named or not."""
    folders = {path.parent / RETIRED_FOLDER for path in packages}
    files = [file for folder in sorted(folders) for file in packages_in(folder)]
    return {note.guid for file in files for note in read_package(file).notes}
