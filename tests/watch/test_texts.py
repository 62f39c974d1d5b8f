"""What is said of a build, on the terminal and in the browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from qt2anki.build.job import Built, BuiltRetired, ChangedFile, Report
from qt2anki.errors import SettingsError
from qt2anki.messages import make_problem
from qt2anki.model import Kind
from qt2anki.release.changes import Change, ChangeKind
from qt2anki.watch.loop import Outcome, line_of, news_of

PAGE = ChangedFile("page", Path("pages/tea.md"))
BAD = make_problem("QT110", "pages/tea.md", "it has no front matter", line=1, hint="write some")
WARNING = make_problem("QT123", "pages/tea.md", "there is no url")


def built(name: str = "tea", *changes: Change, is_written: bool = True) -> Built:
    counts = ((Kind.QA, 2),)
    return Built(
        subject=name.title(),
        deck=f"School::{name.title()}",
        path=Path(f"dist/{name}.apkg"),
        size=9,
        pages=2,
        pages_without_cards=0,
        notes=counts,
        cards=counts,
        is_written=is_written,
        changes=changes,
    )


def change(guid: str, kind: ChangeKind = ChangeKind.CHANGED) -> Change:
    return Change(kind, guid, 1, "qa", "Tea")


def report(*packages: Built, problems: tuple[object, ...] = (), is_first: bool = False) -> Report:
    return Report(packages, problems, 2, ("Tea",), is_first=is_first)  # type: ignore[arg-type]


def outcome(made: Report, *changed: ChangedFile, published: str = "", **more: object) -> Outcome:
    return Outcome("17:03:12", changed, 0.24, made, published=published, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("what", "line"),
    [
        pytest.param(
            outcome(report(built(), is_first=True)),
            "2 pages; nothing has been published in that folder yet; wrote tea.apkg",
            id="a first release",
        ),
        pytest.param(
            outcome(report(built(is_written=False))),
            "2 pages; wrote no package; no note has changed",
            id="nothing to do",
        ),
        pytest.param(
            outcome(report(built("tea", change("a"), change("b"), change("b"))), PAGE),
            "1 page changed (tea.md): wrote tea.apkg; 2 changed",
            id="a save",
        ),
        pytest.param(
            outcome(report(*(built(name) for name in ("tea", "rye", "sage"))), PAGE),
            "1 page changed (tea.md): wrote 3 packages; no note has changed",
            id="many packages",
        ),
        pytest.param(
            outcome(
                report(built()),
                PAGE,
                ChangedFile("page", Path("b.md")),
                ChangedFile("picture", Path("c.png"), "gone"),
            ),
            "2 pages changed, 1 picture gone (tea.md, b.md and 1 more): wrote tea.apkg;"
            " no note has changed",
            id="many files",
        ),
        pytest.param(
            outcome(report(built(), is_first=True), published="dist"),
            "2 pages; nothing has been published in dist yet",
            id="a draft of what was never published",
        ),
        pytest.param(
            outcome(report(built("tea", change("a"))), PAGE, published="dist"),
            "1 page changed (tea.md): compared with dist: 1 changed",
            id="a draft",
        ),
        pytest.param(
            outcome(report(built("t", change("a"))), PAGE, published="d", is_after_draft=True),
            "1 page changed (tea.md): 1 changed",
            id="a draft after another",
        ),
        pytest.param(
            outcome(
                report(built()),
                ChangedFile("package", Path("dist/t.apkg"), "gone"),
                published="dist",
                is_after_draft=True,
            ),
            "1 package gone (t.apkg): compared with the previous draft: no note has changed",
            id="a draft of what is no longer published",
        ),
        pytest.param(
            outcome(report(built(), problems=(BAD, WARNING, WARNING)), PAGE),
            "1 page changed (tea.md): wrote tea.apkg; no note has changed; 1 error, 2 warnings",
            id="problems",
        ),
        pytest.param(
            outcome(report(built()), PAGE, subjects=("tea", "coffee")),
            "1 page changed (tea.md): wrote tea.apkg; no note has changed;"
            " no page has the subject 'coffee'",
            id="a subject that is not there",
        ),
        pytest.param(
            Outcome("17:03:12", (PAGE,), 0.24, error=SettingsError("no")),
            "1 page changed (tea.md): not built",
            id="refused",
        ),
        pytest.param(
            outcome(report(built()), ChangedFile("page", Path("a\x1b[31m.md"))),
            r"1 page changed (a\x1b[31m.md): wrote tea.apkg; no note has changed",
            id="a name that would steer the terminal",
        ),
    ],
)
def test_a_line(what: Outcome, line: str) -> None:
    assert line_of(what) == f"17:03:12 {line}; 0.2 s"


def test_retired_notes_count_too() -> None:
    grave = BuiltRetired(
        "Tea", Path("dist/retired/tea.apkg"), 9, 1, True, (change("z", ChangeKind.RETIRED),)
    )
    made = Report((built("tea", change("a")),), (), 2, ("Tea",), (grave,))

    assert "wrote tea.apkg, retired/tea.apkg; 1 changed, 1 retired" in line_of(outcome(made, PAGE))


def test_good_news() -> None:
    news = news_of(outcome(report(built(), problems=(WARNING,)), PAGE), kept_from="")

    assert news["level"] == "good"
    assert news["problems"] == ["pages/tea.md: warning QT123: there is no url"]
    assert "the cards are" not in str(news["text"])


def test_bad_news_name_errors_first() -> None:
    news = news_of(outcome(report(built(), problems=(WARNING, BAD)), PAGE), kept_from="16:00:00")

    assert news["level"] == "bad"
    assert str(news["text"]).endswith("; the cards are those of 16:00:00")
    assert news["problems"] == [
        "pages/tea.md:1: error QT110: it has no front matter\n  hint: write some",
        "pages/tea.md: warning QT123: there is no url",
    ]


def test_a_browser_hears_of_no_more_than_fifty() -> None:
    problems = news_of(outcome(report(built(), problems=(BAD,) * 53)), kept_from="")["problems"]

    assert isinstance(problems, list)
    assert len(problems) == 51
    assert problems[-1] == "and 3 more"


def test_what_was_refused() -> None:
    error = SettingsError("not TOML", hint="mend \x07 it", source="qt2anki.toml", line=3)

    news = news_of(Outcome("17:03:12", (), 0.1, error=error), kept_from="")

    assert news["problems"] == [r"qt2anki.toml:3: not TOML" + "\n" + r"  hint: mend \x07 it"]
    assert news["level"] == "bad"
