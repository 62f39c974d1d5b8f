from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qt2anki.cli import main
from tests.site import Site


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    site = Site(tmp_path)
    for page_id in range(1, 41):
        site.process(page_id, subject="Cooking")


def run(command: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, [command, "pages", *arguments])


COMMANDS = pytest.mark.parametrize("command", ["build", "check"])


@COMMANDS
@pytest.mark.parametrize("wrong", ["ray", "dask=", "processes=2", "Dask", ""])
def test_another_executor_is_wrong_use(command: str, wrong: str) -> None:
    result = run(command, "--executor", wrong)

    assert result.exit_code == 2
    assert f"{wrong!r} is not an executor; use processes, dask or dask=ADDRESS" in result.stderr


@COMMANDS
def test_a_running_cluster_has_its_own_number_of_processes(command: str) -> None:
    result = run(command, "--executor", "dask=tcp://127.0.0.1:1", "--jobs", "3")

    assert (result.exit_code, "a running cluster" in result.stderr) == (2, True)


@COMMANDS
def test_without_dask_the_way_to_install_it_is_said(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *more: None if name == "distributed" else find_spec(name, *more),
    )

    result = run(command, "--executor", "dask")

    assert result.exit_code == 1
    assert "which is not installed" in result.stderr
    assert "pip install 'qt2anki[dask]'" in result.stderr


@COMMANDS
def test_a_scheduler_that_is_not_there_is_said(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("qt2anki.integrations.dask_cluster.ANSWER_SECONDS", 0.5)

    result = run(command, "--executor", "dask=tcp://127.0.0.1:1")

    assert result.exit_code == 1
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(Path().glob("dist/*.apkg"))


def test_a_check_by_dask_finds_the_same() -> None:
    pytest.importorskip("distributed")

    found = [run("check", *more).stdout for more in ((), ("--executor", "dask", "--jobs", "2"))]

    assert found[0] == found[1]
