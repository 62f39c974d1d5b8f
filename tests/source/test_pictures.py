from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.messages import format_problem
from qt2anki.model import Page
from qt2anki.source.discover import discover
from qt2anki.source.pictures import MEDIA_SCHEME, Pictures, media_name, with_pictures
from tests.html.html_check import check_html

LEAF = b"\x89PNG leaf"
NAME = media_name(LEAF, ".png")


DECOMPOSED = "in/bio/e\u0301corce.png"  # as file names are on a Mac


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a folder of pages with pictures, and a picture outside it."""
    for path in (
        "in/bio/leaf.png",
        "in/bio/the leaf.PNG",
        "in/shared/leaf.png",
        "out.png",
        DECOMPOSED,
    ):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(LEAF)
    (tmp_path / "in/bio/notes.txt").write_text("no picture", encoding="utf-8")
    (tmp_path / "in/bio/link.png").symlink_to(tmp_path / "out.png")
    (tmp_path / "in/bio/far").symlink_to(tmp_path)
    return tmp_path / "in"


def taken(root: Path, answer: str, question: str = "What is it?") -> Pictures:
    file = root / "bio" / "page.md"
    file.write_text(f"---\nanswer: {answer}\n---\n", encoding="utf-8")
    (source,) = discover([str(root)]).sources
    page = Page(source.name, 1, question, answer, ("Biology",), "", None, (), None)
    return with_pictures(page, [source])


@pytest.mark.parametrize(
    "target",
    [
        "leaf.png",
        "./leaf.png",
        "../shared/leaf.png",
        "/shared/leaf.png",
        "<the leaf.PNG>",
        "the%20leaf.PNG",
        "e\u0301corce.png",
        "\u00e9corce.png",
        'leaf.png "A title"',
        "leaf.png 'A title'",
    ],
)
def test_pictures_below_the_folder_are_taken(root: Path, target: str) -> None:
    found = taken(root, f"See ![A **leaf** of $x$]({target}) in autumn.")

    assert found.problems == ()
    assert [name for name, _ in found.files] == [NAME]
    assert found.page.answer == f"See ![A leaf of x]({MEDIA_SCHEME}{NAME}) in autumn."
    shown = inline_html(found.page.answer)
    assert shown == f'See <img src="{NAME}" alt="A leaf of x"> in autumn.'
    check_html(shown)
    assert plain_text(found.page.answer) == "See A leaf of x in autumn."


def test_equal_pictures_are_one_file(root: Path) -> None:
    found = taken(root, "![a](leaf.png) ![b](../shared/leaf.png)", "Is ![c](leaf.png) one?")

    assert len(found.files) == 1
    assert found.looked_for == (root / "bio" / "leaf.png", root / "shared" / "leaf.png")
    assert found.page.question == f"Is ![c]({MEDIA_SCHEME}{NAME}) one?"


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("https://example.org/leaf.png", "it is not a file next to the page"),
        ("//example.org/leaf.png", "it is not a file next to the page"),
        ("data:image/png;base64,AA", "it is not a file next to the page"),
        (f"{MEDIA_SCHEME}{NAME}", "it is not a file next to the page"),
        ("../../out.png", "it is outside the folder that is read"),
        ("link.png", "it is outside the folder that is read"),
        ("far/out.png", "it is outside the folder that is read"),
        ("notes.txt", "it is not a picture"),
        ("gone.png", "there is no such file"),
        ("far/in/bio", "it is not a picture"),
        ("a%00.png", "it is not a path"),
    ],
)
def test_others_are_told_and_stay_text(root: Path, target: str, why: str) -> None:
    found = taken(root, f"See ![A leaf]({target}).")

    assert found.files == ()
    assert found.looked_for[:1] == ((root / "bio" / target,) if target == "gone.png" else ())
    assert inline_html(found.page.answer) == "See A leaf."
    (problem,) = found.problems
    said = format_problem(problem)
    assert said.startswith(f"{root.as_posix()}/bio/page.md:2:23: warning QT216: the picture")
    assert f"and its text is shown instead: {why}" in said


@pytest.mark.parametrize("folder", ["", "attachments", "static/plants"])
def test_a_picture_is_looked_for_in_the_usual_folders(root: Path, folder: str) -> None:
    (root / folder).mkdir(parents=True, exist_ok=True)
    (root / folder / "root.png").write_bytes(LEAF)

    found = taken(root, f"![]({'/plants/' if 'plants' in folder else ''}root.png)")

    assert found.problems == ()
    assert [path for _, path in found.files] == [root / folder / "root.png"]


def test_a_picture_is_looked_for_beside_every_copy_of_a_page(root: Path) -> None:
    (root / "a").mkdir()
    (root / "a" / "page.md").write_text("---\n---\n", encoding="utf-8")
    (root / "bio" / "page.md").write_text("---\n---\n", encoding="utf-8")
    sources = discover([str(root)]).sources
    page = Page(sources[0].name, 1, "?", "![x](leaf.png)", ("A", "Biology"), "", None, (), None)

    found = with_pictures(page, sources)

    assert [name for name, _ in found.files] == [NAME]
    assert found.problems == ()


@pytest.mark.parametrize("text", ["`![a](leaf.png)`", "\\![a](leaf.png)", "$![a](leaf.png)$"])
def test_code_math_and_escapes_hold_no_pictures(root: Path, text: str) -> None:
    assert taken(root, text) == Pictures(taken(root, text).page, (), ())


def test_a_page_cannot_smuggle_tags_in_by_an_image() -> None:
    smuggled = f'![a [b] $"onerror=x"$ `c` \\\\( <i>d</i>]({MEDIA_SCHEME}{NAME})'

    check_html(inline_html(smuggled))
    assert "onerror=x" in plain_text(smuggled)


any_alt = st.text(alphabet="ab[]()!$`\\\"'<>&{}: \U00100000\U00100001*_", max_size=30)


@given(any_alt, any_alt)
def test_whatever_an_image_says_its_html_is_safe(alt: str, after: str) -> None:
    check_html(inline_html(f"{after}![{alt}]({MEDIA_SCHEME}{NAME}){after}"))


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "piece", ["![", "![a](", "![a](b ", '![a](b "', "![a](<", "![a](gone.png)"]
)
def test_hostile_text_takes_linear_time(root: Path, piece: str) -> None:
    text = piece * (200_000 // len(piece))
    start = time.process_time()

    taken(root, text)

    assert time.process_time() - start < 5
