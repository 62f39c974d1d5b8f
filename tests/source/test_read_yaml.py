from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qt2anki.messages import Problem
from qt2anki.source.discover import discover, read_source
from qt2anki.source.entry import FrontMatter
from qt2anki.source.front_matter import read_front_matter
from qt2anki.source.read_yaml import read_usual_entries
from tests.golden import golden

CORPUS = Path("../shared/corpus")
INPUT = Path("input")


def by_yaml(text: str) -> tuple[FrontMatter | None, tuple[Problem, ...]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qt2anki.source.read_yaml.read_usual_entries", lambda *_: None)
        return read_front_matter(text, "page.md")


@pytest.mark.parametrize(
    "text",
    [
        "\nkey: value\n",
        "\nid: 7\nscore: -1.0\nsure: yes\nnone: ~\nday: 2024-02-30\nsum: 1:30\nver: 1_0\n",
        "\n\nurl: https://bread.example/a?b=c#d\nquestion: Is 1:2 (flour:water)#1?\n\n",
        "\nanswer: >-\n    Knead - for: ten # minutes:  \nsubject: 'It: # rises'\ntitle: \"\"\n",
        "\nseo:\n  title: Bread\n  more:\n   deep: 1\n  words: >-\n     a, b\nid: 1\n",
        "\ntext: >-\n  \ufeffa\u00a0b\tc\u200b\nplain: x\ufeff\u3000y\n",
    ],
)
def test_entries_are_what_yaml_says(text: str) -> None:
    entries = read_usual_entries(text, 1)

    front, problems = by_yaml(f"---{text}---\n")
    assert entries is not None
    assert problems == ()
    assert front is not None
    assert entries == front.entries


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\n", id="nothing"),
        pytest.param("\nkey:\n", id="no value"),
        pytest.param("\nkey:\nother: 1\n", id="no value before a key"),
        pytest.param("\nkey:  value\n", id="two blanks"),
        pytest.param("\nkey: value \n", id="a blank at the end"),
        pytest.param("\nkey: value:\n", id="a colon at the end"),
        pytest.param("\nkey: value: more\n", id="a key in a value"),
        pytest.param("\nkey: value # more\n", id="a comment"),
        pytest.param("\n# more\nkey: value\n", id="a line of comment"),
        pytest.param("\nkey: value\n  more\n", id="a second line"),
        pytest.param("\nkey: value\n  more: 1\n", id="a second line like a key"),
        pytest.param("\nkey: >-\n  value\n  more\n", id="a second folded line"),
        pytest.param("\nkey: >-\n\n  value\n", id="an empty line first"),
        pytest.param("\nkey: >\n  value\n", id="the last line end kept"),
        pytest.param("\na:\n  b: >-\n  value\n", id="folded text not indented"),
        pytest.param("\na:\n  b: 1\n c: 2\n", id="between two levels"),
        pytest.param("\n a: 1\n", id="indented"),
        pytest.param("\nkey: 1\nkey: 2\n", id="a key twice"),
        pytest.param("\nkey: [a, b]\n", id="a list"),
        pytest.param("\nkey:\n- a\n", id="a list below"),
        pytest.param("\nkey: 'it''s'\n", id="a quote in quotes"),
        pytest.param('\nkey: "a\\n"\n', id="an escape"),
        pytest.param("\nkey: 'value' \n", id="a blank behind quotes"),
        pytest.param("\nkey: &a value\n", id="an anchor"),
        pytest.param("\nkey: !!str 1\n", id="a tag"),
        pytest.param("\nkey: val\x01ue\n", id="a control character"),
        pytest.param("\nkey: val\rue\n", id="another line end"),
        pytest.param("\n<<: 1\n", id="a merge"),
        pytest.param("\na:\n b:\n  c:\n   d:\n    e: 1\n", id="deep"),
        pytest.param("\nkey: value", id="no line end"),
    ],
)
def test_the_rest_is_left_to_yaml(text: str) -> None:
    assert read_usual_entries(text, 1) is None


_TAME = st.sampled_from(("Bread", "rises", "yes", "~", "1.5", "0x1F", "2024-01-02", "1:30", "é"))
_WILD = st.sampled_from(
    ("-1", "null", "a: b", "a #b", ":x", "it's", 'say "so"', "\\n", " ", "  x", "\t", "#", "-",
     "- a", ".inf", "\u00a0", "…", "\ufeff", "\u2028", "\x85", "---", "...", "[a]", "{a", "&a",
     "*a", "!a", "%", "@", "`", "<<", "=")
)  # fmt: skip
_TEXTS = _TAME | _TAME | _TAME | _WILD
_BLANKS = st.sampled_from(("", " ", "  ", "    ", "      ", "\t"))
_PLAIN = st.lists(_TEXTS, min_size=1, max_size=3).map(" ".join)
_VALUES = st.one_of(
    _TEXTS,
    _PLAIN,
    st.lists(_TEXTS, max_size=3).map("".join).map("'{}'".format),
    st.lists(_TEXTS, max_size=3).map("".join).map('"{}"'.format),
    _PLAIN.map(">-\n      {}".format),
    st.builds("{}\n{}{}".format, st.sampled_from((">-", ">", "|-", ">-  ")), _BLANKS, _PLAIN),
)
_LINES = st.builds(
    "{}{}: {}\n".format, st.sampled_from(("", "  ")), st.sampled_from("abcdefgh"), _VALUES
) | st.builds(
    "{}{}:{}{}{}".format,
    _BLANKS,
    st.sampled_from(("a", "b", "no", "x y", "<<", "é", "1")),
    st.sampled_from(("", " ", "  ", "\t")),
    _VALUES | st.just(""),
    st.sampled_from(("\n", "\n\n", "\n \n")),
)
_MAPPINGS = st.builds("{}:\n{}".format, st.sampled_from("ijkl"), _LINES)


@given(_LINES | st.lists(_LINES | _MAPPINGS, max_size=3).map("".join))
def test_no_page_is_read_otherwise_than_by_yaml(lines: str) -> None:
    text = f"---\n{lines}---\n"

    assert read_front_matter(text, "page.md") == by_yaml(text)


@pytest.mark.parametrize(("text", "_expected"), golden("pages.md"))
def test_no_golden_page_is_read_otherwise(text: str, _expected: str) -> None:
    assert read_front_matter(text, "page.md") == by_yaml(text)


@pytest.mark.parametrize("folder", [INPUT, CORPUS], ids=["input", "corpus"])
def test_no_real_page_is_read_otherwise(folder: Path) -> None:
    if not folder.is_dir():
        pytest.skip(f"there is no {folder}")
    texts = [read_source(source).text for source in discover([str(folder)]).sources]
    assert texts
    for text in filter(None, texts):
        assert read_front_matter(text, "page.md") == by_yaml(text)
