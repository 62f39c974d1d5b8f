from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from qt2anki.config.settings import PageFormat
from qt2anki.model import Page
from qt2anki.source.adopt import stamped_bytes
from qt2anki.source.discover import Source
from qt2anki.source.read_file import parse_pages
from tests.golden import golden

ROOT = Path("vault")


def pages(text: str, source: Source) -> list[Page | None]:
    return [reading.page for reading in parse_pages(text, source)]


@pytest.mark.parametrize(("file", "_expected"), golden("other-pages.md"))
def test_an_id_that_is_written_is_the_one_there_was(file: str, _expected: str) -> None:
    path, _, text = file.partition("\n")
    source = Source(path, ROOT / path, ROOT)
    before = pages(text, source)

    stamped = stamped_bytes(text.encode(), source, PageFormat())

    if stamped is not None:
        assert str(before[0] and before[0].page_id).startswith(str(stamped.page_id))
        assert stamped.data is not None
        assert pages(stamped.data.decode(), source) == before
        assert stamped_bytes(stamped.data, source, PageFormat()) is None


def test_front_matter_in_braces_gets_its_id_inside_them() -> None:
    source = Source("flow.md", ROOT / "flow.md", ROOT)
    text = '---\n{title: "What is flow?", tags: [a]}\n---\n\nWater that goes somewhere.\n'

    stamped = stamped_bytes(text.encode(), source, PageFormat())

    assert stamped is not None
    assert stamped.data is not None
    assert stamped.data.decode().splitlines()[1].startswith('{"id": "flow", title:')
    assert pages(stamped.data.decode(), source) == pages(text, source)


def test_indented_front_matter_gets_an_indented_id() -> None:
    source = Source("kelp.md", ROOT / "kelp.md", ROOT)
    text = "---\n  title: What is kelp?\n  tags: [sea]\n---\n\nA brown alga.\n"

    stamped = stamped_bytes(text.encode(), source, PageFormat())

    assert stamped is not None
    assert stamped.data is not None
    assert stamped.data.decode().splitlines()[1] == '  id: "kelp"'
    assert pages(stamped.data.decode(), source) == pages(text, source)


def test_a_file_that_would_be_read_differently_is_not_written() -> None:
    source = Source("kelp.md", ROOT / "kelp.md", ROOT)
    text = "---\n# seaweeds\n  title: What is kelp?\n---\n\nA brown alga.\n"

    stamped = stamped_bytes(text.encode(), source, PageFormat())

    assert stamped is not None
    assert (stamped.data, stamped.page_id) == (None, "kelp")


def test_a_stamped_page_may_move() -> None:
    here = Source("a/b.md", ROOT / "a/b.md", ROOT)
    there = Source("c/d.md", ROOT / "c/d.md", ROOT)
    stamped = stamped_bytes(b"# Why?\n\nSo.\n", here, PageFormat())

    assert stamped is not None
    assert stamped.data is not None
    (moved,) = pages(stamped.data.decode(), there)
    assert moved is not None
    assert moved.page_id == "a.b"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"---\ntitle: Why?\n---\nSo.\n", b'---\nid: "a"\ntitle: Why?\n---\nSo.\n'),
        (
            b"---\r\ntitle: Why?\r\n---\r\nSo.\r\n",
            b'---\r\nid: "a"\r\ntitle: Why?\r\n---\r\nSo.\r\n',
        ),
        (b"+++\ntitle = 'Why?'\n+++\nSo.", b"+++\nid = \"a\"\ntitle = 'Why?'\n+++\nSo."),
        (b'{"title": "Why?"}\nSo.', b'{\n  "id": "a","title": "Why?"}\nSo.'),
        (b"---\nid:\ntitle: Why?\n---\nSo.", b'---\nid: "a"\ntitle: Why?\n---\nSo.'),
        (b'{"title": "Why?", "id": ""}\nSo.', b'{"title": "Why?", "id": "a"}\nSo.'),
        (b"# Why?\n\nSo.", b'---\nid: "a"\n---\n\n# Why?\n\nSo.'),
        (
            codecs.BOM_UTF8 + b"# Why?\n\nSo.",
            codecs.BOM_UTF8 + b'---\nid: "a"\n---\n\n# Why?\n\nSo.',
        ),
    ],
)
def test_all_else_stays_as_it_is(before: bytes, after: bytes) -> None:
    stamped = stamped_bytes(before, Source("a.md", ROOT / "a.md", ROOT), PageFormat())

    assert stamped is not None
    assert stamped.data == after


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"---\nid: 7\ntitle: Why?\n---\nSo.", id="has an id"),
        pytest.param(b"---\ntitle: Why?\n---\n", id="no answer"),
        pytest.param(b"---\ntitle: [\n---\nSo.", id="faulty"),
        pytest.param(b"plain", id="no page"),
        pytest.param(b"\xff", id="not UTF-8"),
    ],
)
def test_others_are_left_alone(data: bytes) -> None:
    assert stamped_bytes(data, Source("a.md", ROOT / "a.md", ROOT), PageFormat()) is None
