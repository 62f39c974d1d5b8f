from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.messages import format_problem
from qt2anki.source import discover as module
from qt2anki.source.discover import Source, decode_bytes, discover, read_source


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with pages under pages/ and one page outside."""
    for name in ("pages/b.md", "pages/a/z.md", "pages/a-b/y.MD", "outside/o.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    for name in ("README.md", "readme.md", ".hidden.md", "a/notes.txt", "a/README.MD"):
        (tmp_path / "pages" / name).write_text("no page", encoding="utf-8")
    (tmp_path / "pages/.git").mkdir()
    (tmp_path / "pages/.git/x.md").write_text("no page", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*paths: str) -> list[str]:
    return [source.name for source in discover(paths).sources]


def problems(*paths: str) -> list[str]:
    return [format_problem(problem) for problem in discover(paths).problems]


def test_pages_have_one_of_three_endings(folder: Path) -> None:
    for name in ("c.markdown", "d.MDX", "readme.mdx", "e.mdown", "f.txt"):
        (folder / "outside" / name).write_text("x", encoding="utf-8")

    assert names("outside") == ["outside/c.markdown", "outside/d.MDX", "outside/o.md"]


@pytest.mark.usefixtures("folder")
def test_a_folder_is_searched_for_pages_in_a_fixed_order() -> None:
    assert names("pages") == ["pages/a/z.md", "pages/a-b/y.MD", "pages/b.md"]
    assert problems("pages") == []


def test_names_are_as_the_user_gave_them(folder: Path) -> None:
    assert names("./pages/a", "pages/b.md", "-") == ["<stdin>", "pages/a/z.md", "pages/b.md"]
    assert names(str(folder / "pages/a")) == [f"{folder.as_posix()}/pages/a/z.md"]


@pytest.mark.usefixtures("folder")
def test_a_file_is_read_once_however_often_it_is_named() -> None:
    once = names("pages")

    assert names("pages/b.md", "pages", "pages/a/../b.md", "pages/a", "-", "-") == [
        "<stdin>",
        *once,
    ]
    assert names("pages", "pages/a/../b.md") == once


@pytest.mark.usefixtures("folder")
def test_a_file_named_directly_is_taken_whatever_it_is_called() -> None:
    assert names("pages/README.md", "pages/a/notes.txt") == ["pages/README.md", "pages/a/notes.txt"]


def test_links_are_followed_within_the_folder_only(folder: Path) -> None:
    pages = folder / "pages"
    (pages / "in.md").symlink_to("b.md")
    (pages / "loop").symlink_to(".")
    (pages / "hidden.md").symlink_to(".git/x.md")
    (pages / "gone.md").symlink_to("nowhere.md")
    (pages / "out.md").symlink_to(folder / "outside/o.md")
    (pages / "out").symlink_to(folder / "outside")
    (folder / "entry").symlink_to("pages")

    assert names("pages") == ["pages/a/z.md", "pages/a-b/y.MD", "pages/b.md", "pages/hidden.md"]
    assert names("entry/a") == ["entry/a/z.md"]
    assert len(names("entry")) == len(names("pages"))
    hint = "\n  hint: To read its target as well, pass it on the command line."
    assert problems("pages") == [
        "pages/gone.md: error QT101: this link is broken\n  hint: Remove it.",
        f"pages/out: note QT104: this link leads outside the folder and is not followed{hint}",
        f"pages/out.md: note QT104: this link leads outside the folder and is not followed{hint}",
    ]


def test_what_is_not_there_is_told(folder: Path) -> None:
    (folder / "empty").mkdir()
    pages = (
        "\n  hint: Pages are *.md, *.markdown or *.mdx files, except README.md and hidden files."
    )
    here = f"\n  hint: Paths are relative to {folder.as_posix()}."

    assert problems("empty", "pages/c.md", "pages/b.md/x", "pages") == [
        f"empty: error QT102: no pages in this folder{pages}",
        f"pages/b.md/x: error QT101: no such file or folder{here}",
        f"pages/c.md: error QT101: no such file or folder{here}",
    ]
    assert problems("x" * 5000)[0].endswith("error QT103: cannot be read: file name too long")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not keep such a name")
def test_a_name_that_is_not_text_is_told(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder / "pages") + b"/\xff.md")).write_bytes(b"")

    assert problems("pages") == [
        "pages/\\xff.md: error QT103: the file's name is not UTF-8\n  hint: Rename it."
    ]


@pytest.mark.usefixtures("folder")
def test_a_folder_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    scan = os.scandir

    def refuse(path: Path) -> object:
        if path.name == "a":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)

    assert problems("pages") == ["pages/a: error QT103: cannot be read: permission denied"]
    assert names("pages") == ["pages/a-b/y.MD", "pages/b.md"]


@pytest.mark.parametrize(
    ("data", "text", "said"),
    [
        pytest.param(
            b"a\r\nb\rc\n",
            "a\nb\nc\n",
            "f:1: note QT108: has line endings other than LF",
            id="line-ends",
        ),
        pytest.param("é\tü\x85".encode(), "é\tü\x85", "", id="letters-tab-old-line-end"),
        pytest.param(b"", "", "", id="empty"),
        pytest.param(b"\xef\xbb\xbf---", "---", "f:1: warning QT106", id="byte-order-mark"),
        pytest.param(b"a\r\n\xc3\xa9 \xe9", None, "f:2:3: error QT105: byte 0xE9", id="latin-1"),
        pytest.param("é".encode("utf-16"), None, "f:1:1: error QT105: UTF-16", id="utf-16"),
        pytest.param(b"ab\n\xed\xa0\x80", None, "f:2:1: error QT105: byte 0xED", id="surrogate"),
        pytest.param(b"ab\nc\0", None, "f:2:2: error QT107: the character U+0000", id="nul"),
        pytest.param(b"\x1b[31m", None, "f:1:1: error QT107: the character U+001B", id="escape"),
        pytest.param("\x9b".encode(), None, "f:1:1: error QT107: the character U+009B", id="c1"),
    ],
)
def test_bytes_are_read_strictly(data: bytes, text: str | None, said: str) -> None:
    read = decode_bytes(data, "f")

    assert read.text == text
    assert " ".join(format_problem(problem) for problem in read.problems).startswith(said)
    assert bool(read.problems) == bool(said)


@given(st.binary())
def test_text_or_an_error_comes_of_any_bytes(data: bytes) -> None:
    read = decode_bytes(data, "f")

    assert (read.text is None) == any(problem.severity == "error" for problem in read.problems)


def test_a_source_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"x\r\n")

    assert read_source(Source("a.md", path)).text == "x\n"


def test_a_file_that_vanished_or_is_no_page_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "big.md").write_bytes(b"x" * 11)
    monkeypatch.setattr(module, "MAX_BYTES", 10)

    big = read_source(Source("big.md", tmp_path / "big.md"))
    gone = read_source(Source("gone.md", tmp_path / "gone.md"))

    assert big.text is gone.text is None
    assert big.problems[0].text.startswith("larger than")
    assert gone.problems[0].text == "cannot be read: no such file or directory"


def test_stdin_is_read_as_one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"---\r\n")))

    assert read_source(Source("<stdin>", None)).text == "---\n"


def test_a_closed_stdin_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    read = read_source(Source("<stdin>", None))

    assert read.problems[0].text == "cannot be read: standard input is closed"


def test_what_a_build_has_left_is_no_page(folder: Path) -> None:
    (folder / "pages/dist").mkdir()
    (folder / "pages/CHANGES.md").write_text("a page", encoding="utf-8")
    for name in ("CHANGES.md", "cooking.apkg", "page.md"):
        (folder / "pages/dist" / name).write_text("", encoding="utf-8")
    assert {"pages/CHANGES.md", "pages/dist/page.md"} <= set(names("pages"))
    assert "pages/dist/CHANGES.md" not in names("pages")
