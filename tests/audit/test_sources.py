"""Cards compared with the pages they were made from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_reader import read_packages
from qt2anki.audit.audit_packages import audit
from qt2anki.audit.findings import AuditReport
from qt2anki.audit.rendered_cards import read_sources, titles_in
from qt2anki.build.job import Progress
from qt2anki.build.pipeline import Job, build
from qt2anki.config import Settings
from qt2anki.corrections.corrections_file import read_corrections
from tests.audit.decks import audit_notes, cloze, findings, qa, write_page

INPUT = Path(__file__).parents[2] / "input"
ANSWER = (
    "Trees lift water in steps:\n\n"
    "1. **Uptake**: Root hairs take water *in* from the wet soil at $\\psi_{r}$.\n"
    "2. **Ascent of sap**: The [water](https://example.org/a_b) climbs H<sub>2</sub>O by H&amp;O.\n"
    "   - **Nested**: no step.\n"
    "### 3. Loss\nLeaves give vapour off all day long."
)


def report_on(tmp_path: Path, *answers: str) -> AuditReport:
    pages = tmp_path / "pages"
    write_page(pages, 7, "How does a tree drink?", ANSWER, "root hairs, wood, sap")
    notes = [
        qa(7, "How does a tree drink?", answer, part=str(n)) for n, answer in enumerate(answers)
    ]
    return audit_notes(tmp_path / "out", *notes, pages=str(pages))


def figures(report: AuditReport, number: int) -> dict[str, float]:
    metric = next(metric for metric in report.metrics if metric.number == number)
    return {figure.name: figure.value for figure in metric.figures}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("Root hairs take water <em>in</em> from the wet soil", id="words-of-the-page"),
        pytest.param(r"wet soil at \(\psi_{r}\).", id="math-in-other-marks"),
        pytest.param("The water climbs H<sub>2</sub>O by H&amp;O.", id="link-and-tags"),
        pytest.param("<ul><li>Uptake</li><li>Ascent of sap</li><li>Loss</li></ul>", id="titles"),
        pytest.param("<b>In short:</b> Leaves give vapour off", id="phrase-of-ours"),
        pytest.param("Only three words", id="too-few-to-tell"),
        pytest.param('Root hairs take <img src="a.png" alt="a hair"> the wet soil', id="picture"),
        pytest.param("Ascent of sap: how does a tree", id="question"),
        pytest.param("What do root hairs turn water in from the wet soil into?", id="turned-into"),
        pytest.param("In wet soil, who found leaves?", id="who"),
        pytest.param("Why do root hairs take from soil water?", id="why"),
        pytest.param("Which two hairs do root hairs take water in from?", id="which"),
        pytest.param("Whereas root hairs take water, what does soil vapour climb?", id="whereas"),
        pytest.param("A water climbs H<sub>2</sub>O by H&amp;O.", id="praise-left-out"),
    ],
)
def test_what_the_page_says(answer: str, tmp_path: Path) -> None:
    assert findings(report_on(tmp_path, answer), 17) == ()


@pytest.mark.parametrize(
    ("answer", "alien"),
    [
        pytest.param("Root hairs never take water in", "root hairs never take", id="word-put-in"),
        pytest.param("take water from the wet soil", "take water from the", id="word-left-out"),
        pytest.param("This is told by nobody", "this is told by", id="invented"),
    ],
)
def test_what_the_page_does_not_say(answer: str, alien: str, tmp_path: Path) -> None:
    (found,) = findings(report_on(tmp_path, answer), 17)

    assert found.text == f"the page does not say '{alien}'"


def test_what_people_wrote_and_the_foot_of_a_card_need_not_be_on_the_page(tmp_path: Path) -> None:
    corrections = read_corrections([INPUT / "corrections"])
    pages = (str(INPUT / "physics"),)
    job = Job(pages, tmp_path, Settings(), load_note_types(), stamp=1, corrections=corrections)
    build(job, Progress())

    packages = read_packages([tmp_path])
    sources, _ = read_sources(pages, Settings().page_format, packages)

    assert any("own/" in note.fields[0] for package in packages for note in package.notes)
    assert findings(audit(packages, sources=sources), 17) == ()


def test_titles_are_read_from_the_page_itself() -> None:
    assert titles_in(ANSWER) == ("Uptake", "Ascent of sap", "Loss")
    assert titles_in("```\n1. **No title**\n```\n\n1. **Title:** x") == ("Title",)


def test_coverage(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    write_page(pages, 7, "How does a tree drink?", ANSWER, "root hairs, wood, sap")
    write_page(pages, 8, "Why?", "So.")
    main = qa(
        7, "How does a tree drink?", "<ul><li>Uptake</li></ul>", Details="<p>Ascent of sap</p>"
    )
    step = cloze(7, "→ Uptake → {{c1::Loss}}", kind="next")

    report = audit_notes(tmp_path / "out", main, step, pages=str(pages))

    assert figures(report, 7) == {"before the full answer": pytest.approx(2 / 3), "anywhere": 1}
    assert figures(report, 8)["points"] == pytest.approx(1 / 3)
    assert figures(report, 9) == {"in an answer": 0, "on a back": 0}
    assert figures(report, 6)["pages without cards"] == 1


def test_a_title_that_was_lost(tmp_path: Path) -> None:
    (found,) = findings(report_on(tmp_path, "<p>Uptake</p>", "<p>Loss</p>"), 7)

    assert (found.guid, found.page_id, found.words) == ("", 7, ("Ascent of sap",))


def test_keywords(tmp_path: Path) -> None:
    report = report_on(tmp_path, "Root hairs take water in", "The ascent")

    assert figures(report, 9) == {"in an answer": 0.5, "on a back": 0.5}


def test_without_sources_nothing_is_guessed(tmp_path: Path) -> None:
    report = audit_notes(tmp_path, qa(7, "Why?", "So."))

    unknown = {metric.number for metric in report.metrics if metric.verdict == "not measured"}
    assert unknown == {7, 8, 9, 17}


def test_pages_that_cannot_be_read_are_reported(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_text("no front matter", encoding="utf-8")

    pages, problems = read_sources([str(tmp_path)])

    assert pages == {}
    assert [problem.severity for problem in problems] == ["error"]


def test_the_audit_knows_nothing_of_the_generator() -> None:
    code = (
        "import sys, qt2anki.audit.audit_packages\n"
        "print(*(n for n in sys.modules if n.startswith('qt2anki.notes.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603  # our own code

    assert set(done.stdout.split()) == {"qt2anki.notes.words", "qt2anki.notes.frequency"}


def test_real_pages_are_read(corpus: Path) -> None:
    pages, problems = read_sources([str(corpus)])

    assert len(pages) > 1000
    assert not [problem for problem in problems if problem.severity == "error"]
    assert all(source.grams for source in pages.values() if len(source.page.answer.split()) > 3)
