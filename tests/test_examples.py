"""The examples of scheduled rebuilds, run: what has changed is published, and nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from qt2anki.anki.package_reader import read_package
from tests.shell import ROOT, Shell
from tests.site import TEA, Site, edited

EXAMPLES = ROOT / "examples"
_CONDITION = re.compile(r"steps\.(\w+)\.outputs\.(\w+) == '(\w+)'")

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the examples need bash")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Give pages of three subjects."""
    one = Site(tmp_path / "work")
    one.process(1)
    for page_id in (2, 3, 8):
        one.plain(page_id)
    one.plain(4, subject="Botany")
    one.plain(5, subject="Zoology")
    return one


def add_course(site: Site) -> None:
    """Write a course of two pages from two subjects."""
    folder = site.root / "courses"
    folder.mkdir()
    text = 'title = "Tea"\n[[unit]]\ntitle = "Making It"\ntake = [1, 4]\n'
    (folder / "tea.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def shell(tmp_path: Path, site: Site) -> Shell:
    one = Shell(
        tmp_path / "machine",
        {
            "/srv/decks": str(site.root),
            "/opt/qt2anki/bin": str(tmp_path / "machine" / "bin"),
            "/usr/local/bin/qt2anki-nightly": str(tmp_path / "machine" / "bin" / "qt2anki-nightly"),
        },
    )
    one.set_up()
    shutil.copy(EXAMPLES / "nightly.sh", one.bin / "qt2anki-nightly")
    return one


@dataclass
class Workflow:
    """The workflow's steps, run one after the other in a fresh copy of the pages each time."""

    shell: Shell
    site: Site
    runs: int = 0
    log: str = ""
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, *, is_first: bool = False) -> dict[str, int | None]:
        """Return how each step ended; None for one that was left out."""
        self.variables = {"FIRST_RELEASE": str(is_first).lower()}
        self.runs += 1
        checkout = self.shell.folder / f"checkout-{self.runs}"
        shutil.copytree(self.site.root, checkout)
        workflow = yaml.safe_load((EXAMPLES / "github-actions.yml").read_text(encoding="utf-8"))
        (job,) = workflow["jobs"].values()
        outputs: dict[str, str] = {}
        ended: dict[str, int | None] = {}
        for step in job["steps"]:
            if "run" not in step:
                continue
            has_failed = any(ended.values())
            is_wanted = not has_failed and _is_met(step.get("if"), outputs)
            ended[step["name"]] = self._step(step, checkout, outputs) if is_wanted else None
        return ended

    def _step(self, step: dict[str, Any], checkout: Path, outputs: dict[str, str]) -> int:
        file = checkout / "output.txt"
        file.write_text("", encoding="utf-8")
        variables = self.variables | {"GITHUB_OUTPUT": str(file)}
        done = self.shell.run(step["run"], cwd=checkout, variables=variables)
        self.log += done.stdout + done.stderr
        for line in file.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            outputs[f"{step['id']}.{name}"] = value
        return done.returncode

    def releases(self) -> list[set[str]]:
        """Return the files of each release, the oldest first."""
        folders = sorted(self.shell.releases.iterdir())
        return [{path.name for path in folder.iterdir()} for folder in folders]

    def newest(self, name: str) -> Path:
        return max(self.shell.releases.iterdir()) / name


def _is_met(condition: str | None, outputs: dict[str, str]) -> bool:
    if condition is None:
        return True
    found = _CONDITION.fullmatch(condition)
    assert found, f"a condition this test does not know: {condition}"
    return outputs.get(f"{found[1]}.{found[2]}") == found[3]


@pytest.fixture
def workflow(shell: Shell, site: Site) -> Workflow:
    return Workflow(shell, site)


def test_the_workflow_publishes_what_has_changed_and_else_nothing(
    workflow: Workflow, site: Site
) -> None:
    add_course(site)
    first = workflow.run(is_first=True)
    assert set(first.values()) == {0}, workflow.log
    packages = {"botany.apkg", "cooking.apkg", "zoology.apkg"}
    assert workflow.releases() == [packages | {"courses-tea.apkg", "memory.tar.gz", "NOTES"}]

    second = workflow.run()
    assert second == first | {"Test the import in Anki": None, "Publish": None}, workflow.log
    assert len(workflow.releases()) == 1

    site.process(
        1,
        edited(
            TEA, 1, text="A splash of hot water rinses the empty teapot and is tipped out again."
        ),
    )
    site.path(2).unlink()
    third = workflow.run()
    assert set(third.values()) == {0}, workflow.log
    assert workflow.releases()[1:] == [
        {"cooking.apkg", "courses-tea.apkg", "retired-cooking.apkg", "memory.tar.gz", "NOTES"}
    ]
    notes = workflow.newest("NOTES").read_text(encoding="utf-8")
    assert notes.startswith("Decks of 20")
    assert notes.count("\n## ") == 2  # of the subjects and of the course
    assert "1 removed" in notes
    with tarfile.open(workflow.newest("memory.tar.gz")) as memory:
        names = {name.removeprefix("./") for name in memory.getnames()}
    assert names >= packages | {"retired/cooking.apkg", "courses/tea.apkg", "CHANGES.md"}


def test_the_workflow_publishes_around_a_page_with_an_error(workflow: Workflow, site: Site) -> None:
    workflow.run(is_first=True)
    site.plain(6, subject="Botany")
    site.path(2).write_text("---\nid: 2\n---\n", encoding="utf-8")

    ended = workflow.run()

    assert ended == {name: int(name == "Report the errors in pages") for name in ended}, (
        workflow.log
    )
    assert workflow.releases()[1:] == [{"botany.apkg", "memory.tar.gz", "NOTES"}]
    assert "::error file=pages/cooking/page-2.md" in workflow.log


def test_the_workflow_stops_when_a_build_is_refused(workflow: Workflow, site: Site) -> None:
    for page_id in range(10, 20):
        site.plain(page_id)
    workflow.run(is_first=True)
    for page_id in range(10, 20):
        site.path(page_id).unlink()

    ended = workflow.run()

    assert (ended["Build"], ended["Publish"]) == (1, None)
    assert "would retire a large part of a deck" in workflow.log
    assert len(workflow.releases()) == 1


def test_the_workflow_stops_without_the_memory(workflow: Workflow, site: Site) -> None:
    release = workflow.shell.releases / "decks-20260101-000000"
    release.mkdir()
    shutil.copy(site.path(1), release / "cooking.apkg")  # any file but the memory

    ended = workflow.run()

    assert ended["Restore the last release"] not in {0, None}
    assert (ended["Build"], ended["Publish"]) == (None, None)


def test_the_workflow_takes_no_release_for_the_first_by_itself(workflow: Workflow) -> None:
    ended = workflow.run()

    assert (ended["Restore the last release"], ended["Build"]) == (1, None)
    assert "::error::There is no release decks-*" in workflow.log
    assert workflow.releases() == []


def test_the_workflow_installs_this_program(workflow: Workflow) -> None:
    workflow.run()

    assert workflow.shell.asked == ["pip install qt2anki[verify]"]


UV = """\
echo "$*" >> {log}
[ "$1" = venv ] || exit 0
for folder; do :; done
mkdir -p "$folder/bin"
echo '#!/bin/sh
[ "$2" = pytest ] && exit {status}; exec {python} "$@"' > "$folder/bin/python"
chmod +x "$folder/bin/python"
"""


@pytest.mark.parametrize("status", [0, 1])
def test_the_weekly_workflow_tries_the_oldest_and_the_newest_versions(
    shell: Shell, status: int
) -> None:
    log, python = shell.folder / "uv", sys.executable
    shell.command("uv", UV.format(log=log, status=status, python=python))
    shell.command("python", f'exec {python} "$@"\n')
    workflow = yaml.safe_load((EXAMPLES / "versions.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["dependencies"]
    newest = job["strategy"]["matrix"]["python"][-1]
    command = job["steps"][-1]["run"].replace("${{ matrix.python }}", newest)

    done = shell.run(command, cwd=EXAMPLES.parent)

    assert done.returncode == status, done.stderr
    word = "failed" if status else "passed"
    assert f"Python {newest}, lowest-direct versions: tests {word}" in done.stdout
    assert f"Python {newest}, highest versions: tests {word}" in done.stdout
    asked = log.read_text(encoding="utf-8")
    assert asked.count(f"--python {newest}") == 2
    assert "--resolution lowest-direct -e .[all]" in asked


def test_the_weekly_workflow_has_every_python_that_is_declared() -> None:
    project = tomllib.loads((EXAMPLES.parent / "pyproject.toml").read_text(encoding="utf-8"))
    workflow = yaml.safe_load((EXAMPLES / "versions.yml").read_text(encoding="utf-8"))
    pythons = workflow["jobs"]["dependencies"]["strategy"]["matrix"]["python"]

    assert project["project"]["requires-python"] == f">={pythons[0]}"
    assert pythons == [f"3.{minor}" for minor in range(11, 11 + len(pythons))]


def unit() -> dict[str, str]:
    """Return the settings of the service by name."""
    text = (EXAMPLES / "systemd" / "qt2anki-nightly.service").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if "=" in line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def crontab() -> tuple[dict[str, str], str, str]:
    """Return variables, time and command of the line for cron."""
    lines = (EXAMPLES / "crontab").read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if line and not line.startswith("#")]
    *names, entry = lines
    *times, command = entry.split(None, 5)
    return dict(line.split("=", 1) for line in names), " ".join(times), command


def nightly(
    shell: Shell, site: Site, by: str, *, is_first: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run what the service or cron would run."""
    if by == "systemd":
        path, command = unit()["Environment"].removeprefix("PATH="), unit()["ExecStart"]
    else:
        variables, _, command = crontab()
        path = variables["PATH"]
    if is_first:
        command = command.replace(" /srv", " --first-release /srv")
    path = f"{shell.placed(path)}:{Path(shutil.which('bash') or '').parent}"
    return shell.run(shell.placed(command), cwd=site.root.parent, variables={"PATH": path})


def published(site: Site) -> dict[str, bytes]:
    folder = site.root / "public"
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


needs_flock = pytest.mark.skipif(
    shutil.which("flock") is None, reason="nightly.sh needs flock of util-linux"
)


@needs_flock
def test_cron_runs_the_script(shell: Shell, site: Site) -> None:
    done = nightly(shell, site, "cron", is_first=True)

    assert done.returncode == 0, done.stderr
    assert "cooking.apkg" in published(site)


@needs_flock
def test_what_has_changed_is_published_and_else_nothing(shell: Shell, site: Site) -> None:
    by = "systemd"
    add_course(site)
    first = nightly(shell, site, by, is_first=True)
    assert first.returncode == 0, first.stderr
    packages = {"botany.apkg", "cooking.apkg", "zoology.apkg", "courses/tea.apkg"}
    names = packages | {"CHANGES.md", "manifest.json"}
    assert published(site).keys() == names
    before = published(site)

    second = nightly(shell, site, by)
    assert (second.returncode, second.stdout) == (0, ""), second.stderr
    assert published(site) == before

    site.plain(6, subject="Botany")
    site.process(
        1,
        edited(
            TEA, 1, text="A splash of hot water rinses the empty teapot and is tipped out again."
        ),
    )
    site.path(2).unlink()
    site.path(5, "Zoology").rename(site.path(5, "Botany"))
    text = site.path(5, "Botany").read_text(encoding="utf-8").replace("Zoology", "Botany")
    site.path(5, "Botany").write_text(text, encoding="utf-8")
    third = nightly(shell, site, by)
    assert third.returncode == 0, third.stderr
    assert set(third.stdout.splitlines()) == {
        "Published botany.apkg",
        "Published courses/tea.apkg",
        "Published cooking.apkg",
        "Published retired/cooking.apkg",
        "Published CHANGES.md",
        "Published manifest.json",
        "Removed zoology.apkg",
    }
    assert published(site).keys() == names - {"zoology.apkg"} | {"retired/cooking.apkg"}


@needs_flock
def test_an_interrupted_publication_is_completed(shell: Shell, site: Site) -> None:
    public = site.root / "public"
    site.process(5, subject="Zoology")
    site.build(out=public)
    # Only the packages know the keys of renamed steps.
    renamed = tuple((title.replace("Phase", "Stage"), text) for title, text in TEA)
    site.process(1, renamed)
    site.process(5, renamed, subject="Zoology")
    site.build(out=public)
    known = {note.guid for file in public.glob("*.apkg") for note in read_package(file).notes}
    for page_id, old, new in ((1, "Cooking", "Zoology"), (5, "Zoology", "Cooking")):
        text = site.path(page_id, old).read_text(encoding="utf-8")
        site.path(page_id, new).write_text(text.replace(old, new), encoding="utf-8")
        site.path(page_id, old).unlink()
    once = shell.folder / "once"  # one package was copied
    shell.command(
        "cp",
        f'case "$2" in *.apkg) [ ! -e {once} ] || exit 1; [ "$1" = -Rp ] || touch {once};; esac\n'
        f'exec {shutil.which("cp")} "$@"\n',
    )
    assert nightly(shell, site, "systemd").returncode != 0
    assert once.exists()
    (shell.bin / "cp").unlink()

    done = nightly(shell, site, "systemd")

    assert done.returncode == 0, done.stderr
    assert known == {
        note.guid for file in public.glob("*.apkg") for note in read_package(file).notes
    }
    assert not (site.root / "ready").exists()


@needs_flock
def test_a_page_with_an_error_is_told_and_the_rest_published(shell: Shell, site: Site) -> None:
    site.path(2).write_text("no page", encoding="utf-8")

    done = nightly(shell, site, "systemd", is_first=True)

    assert done.returncode == 1
    assert "QT110" in done.stderr
    assert "cooking.apkg" in published(site)


@needs_flock
def test_a_build_that_is_refused_publishes_nothing(shell: Shell, site: Site) -> None:
    nightly(shell, site, "systemd", is_first=True)
    (site.root / "public" / "botany.apkg").write_bytes(b"damaged")
    before = published(site)

    done = nightly(shell, site, "systemd")

    assert done.returncode == 1
    assert "botany.apkg: not an Anki package" in done.stderr
    assert published(site) == before


@needs_flock
def test_without_packages_published_last_nothing_is_published(shell: Shell, site: Site) -> None:
    done = nightly(shell, site, "systemd")

    assert done.returncode == 1
    assert "If there is none yet, run this once with --first-release." in done.stderr
    assert published(site) == {}


@needs_flock
def test_one_run_at_a_time(shell: Shell, site: Site) -> None:
    holding = ["flock", "--no-fork", str(site.root / ".nightly.lock"), "sleep", "60"]
    with subprocess.Popen(holding) as other:  # noqa: S603  # of util-linux
        while shell.run("flock -n .nightly.lock true", cwd=site.root).returncode == 0:
            pass
        done = nightly(shell, site, "systemd")
        other.terminate()

    assert done.returncode == 1
    assert "Another nightly run is active" in done.stderr
    assert not (site.root / "public").exists()


@needs_flock
def test_the_script_publishes_nothing_that_breaks_a_promise(shell: Shell, site: Site) -> None:
    shell.command(
        "qt2anki",
        f'[ "$1" = verify ] && echo "lost-history: all of it" && exit 1\n'
        f'PATH={shell.folder}:$PATH exec "{shell.folder}/qt2anki" "$@"\n',
    )
    good = Shell(shell.folder / "good")
    good.set_up()
    shutil.copy(good.bin / "qt2anki", shell.folder / "qt2anki")

    done = nightly(shell, site, "systemd", is_first=True)

    assert done.returncode == 1
    assert "lost-history: all of it" in done.stderr
    assert published(site) == {}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_takes_the_units(shell: Shell, tmp_path: Path) -> None:
    units = tmp_path / "units"
    units.mkdir()
    for path in (EXAMPLES / "systemd").iterdir():
        text = shell.placed(path.read_text(encoding="utf-8"))
        (units / path.name).write_text(text.replace("User=decks\n", ""), encoding="utf-8")
    timer = (EXAMPLES / "systemd" / "qt2anki-nightly.timer").read_text(encoding="utf-8")
    (when,) = re.findall(r"^OnCalendar=(.*)$", timer, re.MULTILINE)

    done = shell.run(
        f"systemd-analyze calendar '{when}' && systemd-analyze verify --man=no"
        f" {units}/qt2anki-nightly.service {units}/qt2anki-nightly.timer",
        cwd=tmp_path,
    )

    assert done.returncode == 0, done.stderr
    assert "qt2anki" not in done.stderr


def test_cron_and_the_timer_mean_the_same_time() -> None:
    timer = (EXAMPLES / "systemd" / "qt2anki-nightly.timer").read_text(encoding="utf-8")

    assert crontab()[1] == "17 3 * * *"
    assert "OnCalendar=*-*-* 03:17:00\n" in timer
