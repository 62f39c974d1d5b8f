"""One name for one thing: no class, type, public function or file name occurs twice."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import qt2anki

SOURCES = Path(qt2anki.__file__).parent


def named(tree: ast.Module) -> Iterator[str]:
    """Yield the classes, type aliases and public functions of a module."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if (
                    isinstance(target, ast.Name)
                    and target.id[0].isupper()
                    and not is_constant(target.id)
                ):
                    yield target.id


def is_constant(name: str) -> bool:
    return name.isupper() or len(name) == 1


def test_no_class_type_or_public_function_has_its_name_twice() -> None:
    places = defaultdict(list)
    for path in sorted(SOURCES.rglob("*.py")):
        for name in named(ast.parse(path.read_text(encoding="utf-8"))):
            places[name].append(path.relative_to(SOURCES).as_posix())

    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_file_outside_of_cli_has_its_name_twice() -> None:
    places = defaultdict(list)
    for path in sorted(SOURCES.rglob("*.py")):
        if path.name != "__init__.py" and path.parent.name != "cli":
            places[path.name].append(path.relative_to(SOURCES).as_posix())

    assert {name: found for name, found in places.items() if len(found) > 1} == {}
