"""Bad luck: a full disk, vanished files, two builds at once, a clock that goes back.

There is a clear message, packages are the old or the new ones, and the next build is correct.
"""

from __future__ import annotations

import json
import os
import resource
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qt2anki.anki.note_types import load_note_types
from qt2anki.build.job import Progress, Stage
from qt2anki.build.parallel import parallel_map
from qt2anki.build.pipeline import Job, build
from qt2anki.config import Settings
from qt2anki.errors import Qt2AnkiError
from tests.hostile.builds import change, command, packages, parts, run, small_site
from tests.site import Site

pytestmark = pytest.mark.skipif(os.name != "posix", reason="limits and signals of POSIX")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path)


def test_a_full_disk_leaves_the_old_packages(site: Site) -> None:
    assert run(command(site, site.out), site.now).returncode == 0
    before = packages(site.out)
    change(site)

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    full = run(command(site, site.out), site.now + 9, preexec_fn=no_room)

    assert full.returncode == 1
    assert "cannot be written" in full.stderr
    assert "disk has room" in full.stderr
    assert "Traceback" not in full.stderr
    assert packages(site.out) == before
    assert parts(site.out) == []
    assert run(command(site, site.out), site.now + 9).returncode == 0
    assert packages(site.out) != before


@pytest.mark.parametrize("mode", [0o500, 0o000])
def test_a_folder_that_may_not_be_written(site: Site, mode: int) -> None:
    site.build()
    before = packages(site.out)
    change(site)
    site.out.chmod(mode)
    if os.access(site.out, os.W_OK):
        site.out.chmod(0o700)
        pytest.skip("root may do anything")

    refused = run(command(site, site.out), site.now + 9)
    site.out.chmod(0o700)

    assert refused.returncode in (1, 2)
    assert "Traceback" not in refused.stderr
    assert "ermission denied" in refused.stderr or "is not readable" in refused.stderr
    assert packages(site.out) == before


def test_an_output_folder_that_cannot_be_made(site: Site) -> None:
    site.out.write_text("in the way", encoding="utf-8")

    refused = run(command(site, site.out / "deeper"), site.now)

    assert refused.returncode in (1, 2)
    assert "Traceback" not in refused.stderr
    assert "dist" in refused.stderr


def test_a_file_that_vanishes_keeps_its_notes(site: Site) -> None:
    site.build()
    before = {key for key in site.notes("Subject A") if key.startswith("9/")}

    class Vanish(Progress):
        def pages(self, stage: Stage, done: int, total: int, reused: int = 0) -> None:
            super().pages(stage, done, total, reused)
            if (stage, done) == ("read", 1):
                site.path(9, "Subject A").unlink(missing_ok=True)

    types = load_note_types()
    job = Job(
        (str(site.pages),), site.out, Settings(card_threshold=0), types, site.now + 9, processes=1
    )
    report = build(job, Vanish())

    assert before
    assert {key for key in site.notes("Subject A") if key.startswith("9/")} == before
    codes = {problem.code for problem in report.problems if problem.severity == "error"}
    assert codes == {"QT103"}
    assert site.retired("Subject A") == {}


def test_a_page_that_may_not_be_read_keeps_its_notes(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.build()
    before = site.notes("Subject A").keys()
    real = open

    def refuse(path: str | Path, *arguments: object, **more: object) -> object:
        if str(path).endswith("page-9.md"):
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **more)  # type: ignore[call-overload]

    monkeypatch.setattr("builtins.open", refuse)
    report = site.build()

    assert site.notes("Subject A").keys() == before
    assert {p.code for p in report.problems} >= {"QT103", "QT402"}


def end_oneself(item: int) -> int:
    if item == 40:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def test_a_killed_helper_is_said() -> None:
    with (
        pytest.raises(Qt2AnkiError, match="was killed; nothing was written"),
        parallel_map(2) as go,
    ):
        list(go(end_oneself, range(100)))


def test_two_builds_at_once(site: Site) -> None:
    alone = site.root / "alone"
    run(command(site, alone), site.now)

    with ThreadPoolExecutor(3) as threads:
        both = list(threads.map(lambda _: run(command(site, site.out), site.now), range(3)))

    for one in both:
        assert one.returncode in (0, 1)
        assert "Traceback" not in one.stderr
        if one.returncode:
            assert "another build" in one.stderr.lower()
    assert any(one.returncode == 0 for one in both)
    assert packages(site.out) == packages(alone)
    assert parts(site.out) == []


def test_a_clock_that_goes_back_never_takes_a_change_back(site: Site) -> None:
    site.build()
    published = {key: note.mod for key, note in site.notes("Subject A").items()}
    change(site)
    year = 365 * 86_400
    past = site.now - year
    job = Job(
        (str(site.pages),),
        site.out,
        Settings(card_threshold=0),
        load_note_types(),
        past,
        processes=1,
    )

    report = build(job, Progress())

    changed = [change for built in report.packages for change in built.changes]
    assert changed
    for key, note in site.notes("Subject A").items():
        # Anki takes a note again only if it is newer than the one it has.
        was = published.get(key)
        assert was is None or note.mod >= was
    edits = [key for key, note in site.notes("Subject A").items() if note.mod != published.get(key)]
    assert edits
    assert all(site.notes("Subject A")[k].mod > published[k] for k in edits if k in published)


def test_a_manifest_from_elsewhere_harms_nothing(site: Site) -> None:
    site.build()
    before = packages(site.out)
    evil = {"schema": 1, "packages": [{"file": "../../x", "sha256": "", "bytes": 1}], "retired": []}
    (site.out / "manifest.json").write_text(json.dumps(evil), encoding="utf-8")

    site.build()

    assert packages(site.out) == before
    assert "../" not in (site.out / "manifest.json").read_text(encoding="utf-8")
