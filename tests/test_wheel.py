"""What is in the wheel, and that the program imports nothing it does not declare."""

from __future__ import annotations

import ast
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(line for extra in extras for line in extra)]
    return {line.split("[")[0].split(">")[0].split("=")[0].strip().lower() for line in wanted}


def imported() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for name in names:
                found.setdefault(name.partition(".")[0], str(path))
    return found


def test_every_import_is_declared() -> None:
    known = packages_distributions()
    for name, path in imported().items():
        if name not in sys.stdlib_module_names and name != "qt2anki":
            owners = {owner.lower() for owner in known.get(name, [])}
            assert owners & declared(), f"{path} imports {name}"


def test_the_wheel_holds_the_program_and_nothing_else(tmp_path: Path) -> None:
    wheels = pytest.importorskip("hatchling.builders.wheel")
    file = Path(next(wheels.WheelBuilder(str(ROOT)).build(directory=str(tmp_path))))
    with zipfile.ZipFile(file) as wheel:
        names = wheel.namelist()

    for name in names:
        assert name.startswith(("qt2anki/", "qt2anki-")), name
        assert "__pycache__" not in name
        assert not name.endswith((".pyc", ".apkg", ".part")), name
    sources = (ROOT / "src" / "qt2anki").rglob("*.py")
    assert {f"qt2anki/{s.relative_to(ROOT / 'src/qt2anki').as_posix()}" for s in sources} <= {
        *names
    }
    assert {"qt2anki/note_models/style.css", "qt2anki/py.typed"} <= {*names}
