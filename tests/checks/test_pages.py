"""Rules about the front matter of a page, and about all pages together."""

from __future__ import annotations

from pathlib import Path

import pytest

from qt2anki.checks.check_pages import MOST_OF_A_KIND, check
from qt2anki.config import Settings
from qt2anki.messages import Problem
from tests.checks.pages import found, page


def told(problems: tuple[Problem, ...]) -> list[str]:
    return [f"{p.source}:{p.line}:{p.column} {p.code} {p.text}" for p in problems]


def test_a_page_with_nothing_wrong(tmp_path: Path) -> None:
    assert found(tmp_path, {"rain.md": page()}) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            page(more="scroe: 3\nlayout: post\n"),
            "rain.md:8:8 QT125 the key 'scroe' is not known",
            id="misspelt-key",
        ),
        pytest.param(
            page(more="seo:\n  page_keyword: rain\n  colour: grey\n"),
            "rain.md:9:17 QT125 the key 'page_keyword' is not known",
            id="misspelt-key-of-seo",
        ),
        pytest.param(page("-7"), "rain.md:2:5 QT126 the id -7 is not above zero", id="below-zero"),
        pytest.param(
            page("20250206123456"),
            "rain.md:2:5 QT126 the id 20250206123456 is above 2147483647",
            id="huge",
        ),
        pytest.param(
            page(more="file_name: snow.md\n"),
            "rain.md:8:12 QT127 file_name is 'snow.md', but the file is called 'rain.md'",
            id="file-name",
        ),
        pytest.param(
            page().replace("/learn/weather", "/learn/weather/questions/snow"),
            "rain.md:7:6 QT128 the url ends in 'snow', but the file is called 'rain.md'",
            id="url",
        ),
        pytest.param(
            page(question="Why " * 61 + "?"),
            "rain.md:3:11 QT221 the question has 61 words; a card can have at most 60",
            id="long-question",
        ),
        pytest.param(
            page(question="What was said in this lecture?"),
            "rain.md:3:11 QT302 the question is about something not on the page:"
            " 'What was said in this lecture?'",
            id="lecture",
        ),
        pytest.param(
            page().replace("subject: Weather\n", ""),
            "rain.md:1:None QT120 there is no subject",
            id="missing-key",
        ),
        pytest.param("text", "rain.md:1:None QT110 the page has no front matter", id="no-page"),
        pytest.param(b"\xff", "rain.md:1:1 QT105 byte 0xFF is not UTF-8", id="no-text"),
        pytest.param(
            page().replace("\n", "\r\n"),
            "rain.md:1:None QT108 has line endings other than LF",
            id="crlf",
        ),
    ],
)
def test_one_page(text: str | bytes, expected: str, tmp_path: Path) -> None:
    assert told(found(tmp_path, {"rain.md": text})) == [expected]


def test_an_answer_is_looked_at_even_where_the_page_has_an_error(tmp_path: Path) -> None:
    text = page("0x7", answer=">-\n    So **it rains.")

    assert [p.code for p in found(tmp_path, {"rain.md": text})] == ["QT121", "QT212"]


def test_a_picture_is_looked_for_beside_the_page(tmp_path: Path) -> None:
    (tmp_path / "there.png").write_bytes(b"")
    answer = ">-\n    It falls ![a](there.png), ![b](gone.png), ![c](" + "x" * 400 + ")."

    texts = [p.text for p in found(tmp_path, {"rain.md": page(answer=answer)})]

    assert texts[0].startswith("the picture 'gone.png' is left out")
    assert texts[0].endswith(": there is no such file")
    assert texts[1].startswith("the picture 'xxx")
    assert len(texts) == 2


def test_one_rule_reports_so_many_problems_of_a_page(tmp_path: Path) -> None:
    text = page(answer=">-\n    " + r"**It\n\n" * 100 + "rains.")

    assert len(found(tmp_path, {"rain.md": text})) == MOST_OF_A_KIND


def test_ids_and_questions_that_collide(tmp_path: Path) -> None:
    pages = {
        "a.md": page("1"),
        "b.md": page("1", question="Why does it snow?"),
        "c.md": page("2"),
        "d.md": page("2"),
        "e.md": page("3", question="why does it  rain", more="score: 5\n"),
        "f.md": page("4", subject="Climate"),
    }

    assert told(found(tmp_path, pages)) == [
        (
            f"b.md:2:5 QT201 id 1 is also the id of {tmp_path.as_posix()}/a.md, with a different"
            " question"
        ),
        f"c.md:3:11 QT203 asks the same question as page 3 ({tmp_path.as_posix()}/e.md)",
        f"d.md:2:5 QT202 the same page as {tmp_path.as_posix()}/c.md, in the same subject",
    ]


def subjects(*names: str) -> dict[str, str | bytes]:
    return {
        f"{number:02}.md": page(str(number), question=f"Why {number}?", subject=name)
        for number, name in enumerate(names, start=1)
    }


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(
            ["Rain Water"] * 3 + ["Rain water"],
            ["04.md:4:10 QT204 subject 'Rain water' (1 page) is 'Rain Water' elsewhere"],
            id="capitals",
        ),
        pytest.param(
            ["Rain and Snow"] * 2 + ["Rain & Snow", "Rain-&-snow"],
            [
                "03.md:4:10 QT205 subject 'Rain & Snow' (1 page) may be 'Rain and Snow' (2 pages)",
                "04.md:4:10 QT205 subject 'Rain-&-snow' (1 page) may be 'Rain and Snow' (2 pages)",
            ],
            id="signs",
        ),
        pytest.param(
            ["Weather"] * 20 + ["Waether", "Weathers", "Wether", "Feather", "Whether"],
            [
                "21.md:4:10 QT205 subject 'Waether' (1 page) may be 'Weather' (20 pages)",
                "22.md:4:10 QT205 subject 'Weathers' (1 page) may be 'Weather' (20 pages)",
                "23.md:4:10 QT205 subject 'Wether' (1 page) may be 'Weather' (20 pages)",
            ],
            id="slips-but-not-other-words",
        ),
        pytest.param(["Weather", "Wether"], [], id="too-few-to-tell"),
    ],
)
def test_subjects(names: list[str], expected: list[str], tmp_path: Path) -> None:
    assert told(found(tmp_path, subjects(*names))) == expected


def test_real_pages_have_no_error(corpus: Path) -> None:
    problems = check([str(corpus)], Settings(), lambda done, total: None, processes=1).problems

    assert [p for p in problems if p.severity != "note"] == []


def test_places_below_the_front_matter_are_those_of_the_file(tmp_path: Path) -> None:
    head = "---\nid: 1\ntitle: Why does it rain?\nsubject: Weather\n---\n\n"
    text = f"{head}See [[clouds|the clouds]].\n\n%% gone %%\n\nIt **rains.\n\n[[a|b]] and **more.\n"

    assert told(found(tmp_path, {"rain.md": text})) == [
        "rain.md:11:4 QT212 the ** in '**rains.' is unmatched",
        "rain.md:13:1 QT212 the ** in '**more.' is unmatched",
    ]


def test_each_question_of_a_file_is_checked(tmp_path: Path) -> None:
    text = "Q: Why **rain?\nA: It **rains.\n\nQ: Why snow?\nA: It is **cold.\n"

    lines = [p.line for p in found(tmp_path, {"rain.md": text}) if p.code == "QT212"]

    assert lines == [2, 5]
