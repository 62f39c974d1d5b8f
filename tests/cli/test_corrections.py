"""``qt2anki corrections``: write corrections to cards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from qt2anki.anki.note_content import field
from qt2anki.cli import main
from qt2anki.corrections.corrections_file import read_corrections
from tests.corrections.stages import EXPLAIN, OTHER, QA, write_stages
from tests.shell import ROOT
from tests.site import Site

SCHEMA = json.loads((ROOT / "docs" / "proposals.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    one = Site(tmp_path)
    write_stages(one)
    one.build()
    monkeypatch.chdir(tmp_path)
    return one


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["corrections", *words])


def add(key: str, *options: str) -> Result:
    return run("add", key, "pages", *options)


def written(site: Site) -> str:
    return site.corrections.read_text("utf-8").partition("\n\n")[2]


def test_a_correction_is_written_and_confirmed(site: Site) -> None:
    result = add(QA, "--drop", "--reason", "too long", "--proposed")
    assert (result.exit_code, result.stderr) == (0, f"corrections.toml: proposed {QA}\n")
    assert written(site).startswith(
        f'[card."{QA}"]\ndrop = true\nproposed = true\nreason = "too long"\nmade_from = "'
    )

    assert add(QA).stderr == f"corrections.toml: confirmed {QA}\n"
    assert "proposed" not in written(site)
    add(QA, "--remove")
    assert written(site) == ""


def test_the_list_of_a_page_is_settled(site: Site) -> None:
    assert add("1", "--no-sequence").exit_code == 0
    assert written(site) == '[page."1"]\nis_sequence = false\n'
    assert add("1", "--sequence", "--reason", "phases").exit_code == 0
    assert written(site) == '[page."1"]\nis_sequence = true\nreason = "phases"\n'

    for options in (["1", "--drop"], ["1", "--sequence", "--proposed"], [QA, "--sequence"]):
        assert add(*options).exit_code == 2
    assert "QT605" not in add("99", "--sequence").stderr
    assert written(site) == '[page."1"]\nis_sequence = true\nreason = "phases"\n'


def test_an_own_card_is_written_into_the_file_of_its_subject(site: Site) -> None:
    (site.root / "corrections").mkdir()
    result = add("1/own/leaf", "--question", "Which leaves?", "--answer", "Dry black ones.")

    assert result.exit_code == 0, result.stderr
    assert 'answer = "Dry black ones."' in (site.root / "corrections/biology.toml").read_text()


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        pytest.param(
            ("1/qs", "--drop"),
            1,
            "1/qs: there is no such card\n  hint: Did you mean 1/qa?",
            id="unknown card",
        ),
        pytest.param(("8/qa", "--drop"), 1, "8/qa: there is no page 8", id="unknown page"),
        pytest.param(
            ("abbr/MRI/x", "--drop"), 1, "abbr/MRI/x: there is no such card", id="abbreviation"
        ),
        pytest.param((QA, "--text", "{{c1::a}}"), 1, "the card has a question", id="wrong text"),
        pytest.param(("1/own/x", "--question", "Why?"), 2, "a card without an answer", id="half"),
        pytest.param((QA, "--answer", " "), 2, "answer: empty", id="empty"),
        pytest.param((QA,), 2, "There is no correction to '1/qa'.", id="nothing to confirm"),
        pytest.param((QA, "--remove"), 2, "There is no correction to", id="nothing to remove"),
    ],
)
def test_what_a_build_would_refuse_is_not_written(
    site: Site, words: tuple[str, ...], status: int, message: str
) -> None:
    result = add(*words)

    assert result.exit_code == status
    assert message in result.stderr
    assert not site.corrections.exists()


def test_the_name_of_a_retired_card_is_refused_for_a_different_one(site: Site) -> None:
    words = "--question", "Which leaves?", "--answer"
    add("1/own/leaf", *words, "Dry black ones.")
    site.build()
    add("1/own/leaf", "--remove")
    site.build()

    result = add("1/own/leaf", *words, "Young green ones.")

    assert result.exit_code == 1
    taken = "the name is tied to a retired card: Which leaves? — Dry black ones."
    assert f"1/own/leaf: {taken}\n  hint: Choose a different name" in result.stderr
    assert written(site) == ""
    cards = [
        {"page": 1, "name": "leaf", "text": "The {{c1::young}} leaves are green."},
        {"page": 1, "name": "leaf-2", "text": "The {{c1::young}} leaves are green."},
    ]
    judged = run("import", proposals(site, cards), "pages")
    assert judged.exit_code == 1
    assert f"cards.json:1: card 1: 1/own/leaf: rejected: {taken}" in judged.stdout
    assert list(read_corrections([site.corrections]).by_key) == ["1/own/leaf-2"]
    assert add("1/own/leaf", *words, "Dry black ones.").exit_code == 0


def test_the_build_reads_the_corrections_it_is_given(site: Site) -> None:
    (site.root / "mine.toml").write_text(f'[card."{QA}"]\ndrop = true\n', "utf-8")
    paths = ["build", "pages", "--corrections", "mine.toml", "--json", "--kinds", "qa"]
    result = CliRunner().invoke(main, [*paths, "--out", "other", "--first-release"])

    assert result.exit_code == 0, result.stderr
    assert not list(site.root.glob("other/*.apkg"))
    absent = CliRunner().invoke(main, ["build", "pages", "--corrections", "absent.toml"])
    assert absent.exit_code == 2
    assert "There is no file or folder 'absent.toml'" in absent.stderr


def proposals(site: Site, cards: object) -> str:
    (site.root / "cards.json").write_text(json.dumps(cards), "utf-8")
    return "cards.json"


RINGS = {"page": 1, "question": "Which enzyme is active?", "answer": "Separase cuts."}


def test_proposals_are_judged_one_by_one(site: Site) -> None:
    cards = [
        RINGS,
        RINGS | {"answer": "Cohesin."},
        {"page": 1, "name": "rings", "text": "Separase cuts the {{c1::rings}} on Sunday."},
        {"key": QA, "reason": "too long"},
        {"page": 1, "question": "Why?"},
        {"page": 7, "question": "Why?", "answer": "So it goes."},
        {"key": QA, "drpo": True},
        {"question": "Why?"},
        {"page": 1},
        "Why?",
        {"key": "900001", "drop": True},
        {"page": 1, "name": "Bad Name", "text": "It is {{c1::so}}."},
        {"page": 8, "question": "Why?", "answer": "So it goes."},
    ]
    (site.root / "cards.json").write_text(
        '{"cards": [\n' + ",\n".join(map(json.dumps, cards)) + "\n]}", "utf-8"
    )
    result = run("import", "cards.json", "pages")

    assert result.exit_code == 1
    assert result.stderr == "3 proposals kept, 10 rejected\n"
    on_page = "words of the answer on the page:"
    key = 'Give the card\'s Key field, such as 170604/qa, or, for a new card, set "page".'
    hint = "Use lower-case letters, digits and hyphens after own/, such as own/why-it-stops."
    assert result.stdout.replace(" rejected: ", "\n  ").splitlines() == [
        f"1/own/which-enzyme-is-active: kept; {on_page} 2 of 2",
        f"1/own/rings: kept; {on_page} 3 of 4",
        "1/qa: kept",
        "cards.json:3: card 2: 1/own/which-enzyme-is-active:",
        "  a second proposal for the same card; give it a different name",
        "cards.json:6: card 5: 1/own/why:",
        "  a card without an answer. Write question and answer, or text with one {{c1::...}}.",
        "cards.json:8: card 7:",
        "  drpo: there is no such key. Did you mean 'drop'?",
        "cards.json:9: card 8:",
        '  there is neither key nor page. Give the card\'s Key field, or set "page".',
        "cards.json:10: card 9:",
        "  a page, but no card. Write the key of a card, or a question.",
        "cards.json:11: card 10:",
        "  not an object",
        "cards.json:12: card 11:",
        f"  900001: not the key of a card. {key}",
        "cards.json:13: card 12: 1/own/Bad Name:",
        f"  not a name for a card of your own. {hint}",
        "cards.json:7: card 6, and 1 more:",
        "  there is no such page: 7, 8",
    ]
    found = read_corrections([site.corrections]).by_key
    assert list(found) == ["1/own/rings", "1/own/which-enzyme-is-active", "1/qa"]
    assert all(one.proposed and one.made_from for one in found.values())


def test_what_was_imported_is_not_imported_again(site: Site) -> None:
    first = run("import", proposals(site, [RINGS]), "pages")
    text = written(site)
    again = run("import", "cards.json", "pages")
    (known,) = json.loads(run("import", "cards.json", "pages", "--json").stdout)["proposals"]

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert (again.stdout, again.stderr) == ("", "0 proposals kept, 1 already known, 0 rejected\n")
    assert (known["is_known"], known["words"], known["on_page"]) == (True, 2, 2)
    assert written(site) == text


def test_a_proposal_is_replaced_until_somebody_confirms_it(site: Site) -> None:
    run("import", proposals(site, [RINGS | {"reason": "p. 4"}]), "pages")
    file = proposals(site, [RINGS | {"answer": "The enzyme separase."}])
    second = run("import", file, "pages")
    found = read_corrections([site.corrections]).by_key["1/own/which-enzyme-is-active"]
    add(found.key)
    third = run("import", proposals(site, [RINGS]), "pages")

    assert second.stdout.startswith(f"{found.key}: kept, replacing the earlier proposal; words of")
    assert (found.answer, found.reason, found.proposed) == ("The enzyme separase.", "", True)
    assert third.stdout == (
        f"cards.json:1: card 1: {found.key}: rejected:"
        " the card is already corrected in corrections.toml:3\n"
    )
    assert 'answer = "The enzyme separase."' in written(site)


def test_new_cards_get_a_name_that_is_theirs(site: Site) -> None:
    long = "Which of the very long proteins of the inner membrane of a cell and of its nucleus"
    cards = [
        {"page": 1, "question": f"{long} is green?", "answer": "Actin."},
        {"page": 1, "question": f"{long} is red?", "answer": "Myosin."},
        {"page": 1, "name": "why-a-ring", "question": "Why?", "answer": "It holds."},
        {"page": 1, "name": "the/a", "question": "What?", "answer": "It."},
    ]
    run("import", proposals(site, cards), "pages")
    text = written(site)
    keys = list(read_corrections([site.corrections]).by_key)
    again = run("import", proposals(site, cards[::-1]), "pages")
    other = {"page": 1, "question": f"{long} is blue?", "answer": "Titin."}
    third = run("import", proposals(site, [other, cards[2] | {"name": ""}]), "pages")

    name = "1/own/which-of-very-long-proteins-of-inner-membrane-of-cell-and"
    assert keys == ["1/own/the/a", name, f"{name}-2", "1/own/why-a-ring"]
    assert again.stderr == "0 proposals kept, 4 already known, 0 rejected\n"
    assert third.stderr == "1 proposal kept, 1 already known, 0 rejected\n"
    assert third.stdout.startswith(f"{name}-3: kept")
    assert text.count("[card.") == 4


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('\n[\n "Why?"]', "cards.json:3: card 1"),
        ('{"a": {"cards": [1]}, "cards": ["Why?"]}', "cards.json: card 1"),
        ('{"a": {"cards": []}, "cards": ["Why?"]}', "cards.json: card 1"),
    ],
)
def test_a_refused_proposal_has_a_line_if_it_can_be_found(
    site: Site, text: str, place: str
) -> None:
    (site.root / "cards.json").write_text(text, "utf-8")

    assert run("import", "cards.json", "pages").stdout == f"{place}: rejected: not an object\n"


def test_what_an_author_should_look_at_is_listed_last(site: Site) -> None:
    (note,) = (note for key, note in site.notes("Biology").items() if key == EXPLAIN)
    same = field(note, "Answer")
    cards = [
        {"page": 1, "name": "a", "question": "Which country?", "answer": "Portugal, in Europe."},
        {"page": 1, "name": "b", "question": "What then?", "answer": same},
        RINGS,
    ]
    result = run("import", proposals(site, cards), "pages", "--quiet")
    listed = run("import", "cards.json", "pages", "--json")

    assert result.exit_code == 0
    assert result.stderr == ""
    assert [line.partition(": kept; ")[0] for line in result.stdout.splitlines()] == [
        "1/own/a",
        "1/own/b",
    ]
    same_answer = f"a card made from the page has the same answer: {EXPLAIN}"
    assert [one["remarks"] for one in json.loads(listed.stdout)["proposals"]] == [
        ["no word of the answer is on the page"],
        [same_answer],
        [],
    ]
    assert f" of 7; {same_answer}\n" in result.stdout


def test_formulas_are_the_same_answer_only_to_the_sign(site: Site) -> None:
    own = {"page": 1, "question": "What is force?"}
    corrected = {"key": EXPLAIN, "answer": "$F = m a$"}
    for answer, is_same in (("$F = m a$", True), ("$F = a$", False)):
        file = proposals(site, [corrected, own | {"answer": answer}])
        result = run("import", file, "pages")

        assert ("the same answer" in result.stdout) == is_same


def test_proposals_are_listed_and_removed(site: Site) -> None:
    (site.root / "corrections").mkdir()
    site.plain(2, subject="Botany")
    cards = [
        RINGS,
        {"page": 2, "question": "Which plant?", "answer": "Mint.", "reason": "p. 4"},
        {"key": "2/qa", "drop": True},
        {"key": QA, "reason": "too long"},
    ]
    run("import", proposals(site, cards), "pages")
    add("2/qa")
    check = CliRunner().invoke(main, ["check", "pages"])
    listed = run("proposals")
    some = run("proposals", "1/own", "--json")
    removed = run("proposals", "1/own/which-enzyme-is-active", "2", "--remove")

    assert "\n3 proposals to confirm (qt2anki corrections proposals)\n" in check.stderr
    key = "1/own/which-enzyme-is-active"
    assert listed.stdout.splitlines() == [
        f"corrections/biology.toml:3: {key}: Which enzyme is active? — Separase cuts.",
        "corrections/biology.toml:9: 1/qa: report (too long)",
        "corrections/botany.toml:3: 2/own/which-plant: Which plant? — Mint. (p. 4)",
    ]
    assert listed.stderr == "3 proposals\n"
    assert [one["key"] for one in json.loads(some.stdout)["proposals"]] == [key]
    assert removed.stderr == "2 proposals removed\n"
    found = read_corrections([site.root / "corrections"]).by_key
    assert {key: one.proposed for key, one in found.items()} == {QA: True, "2/qa": False}
    for answer, count in (("n", 1), ("y", 0)):
        asked = CliRunner().invoke(main, ["corrections", "proposals", "--remove"], input=answer)
        assert "Remove all of them (1 proposal)? [y/N]: " in asked.output
        assert run("proposals").stderr == f"{count} proposals\n".replace(
            "1 proposals", "1 proposal"
        )


def test_a_folder_of_corrections_is_made_when_it_is_needed(site: Site) -> None:
    site.page(4, "What is left?", "Broken pots of clay.", subject="History of the World")
    words = ("--question", "Which pots?", "--answer", "Those of clay.")
    result = add("4/own/pots", *words, "--corrections", "mine")

    assert result.stderr == "mine/history-of-the-world.toml: corrected 4/own/pots\n"
    add("4/qa", "--keep", "--corrections", "other.toml")
    assert (site.root / "other.toml").is_file()


@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_a_spreadsheet_may_have_any_separator(site: Site, comma: str) -> None:
    row = comma.join(("1", f'"Which, so to say; enzyme{comma} is active?"', "Separase cuts."))
    text = f"\ufeffpage{comma}question{comma}answer\r\n{row}\r\n"
    (site.root / "cards.csv").write_text(text, "utf-8", newline="")

    assert run("import", "cards.csv", "pages").stderr == "1 proposal kept, 0 rejected\n"
    (one,) = read_corrections([site.corrections]).by_key.values()
    assert one.answer == "Separase cuts."


def test_reports_of_one_card_are_gathered(site: Site) -> None:
    (site.root / "reports.csv").write_text('key,reason\n1/qa,"wrong, I think"\n1/qa,long\n')
    first = run("import", "reports.csv", "pages")
    (site.root / "more.csv").write_text("key,reason,drop\n1/qa,dull,\n1/qa,,yes\n")
    second = run("import", "more.csv", "pages")
    (site.root / "last.csv").write_text("key,reason\n1/qa,dull\n")
    last = run("import", "last.csv", "pages")

    assert first.stdout == "1/qa: kept\n1/qa: kept\n"
    assert second.exit_code == 0
    assert last.stderr == "0 proposals kept, 1 already known, 0 rejected\n"
    (one,) = read_corrections([site.corrections]).by_key.values()
    assert (one.reason, one.drop, one.proposed) == ("wrong, I think; long; dull", True, True)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "{", "a.json:1: not JSON: Expecting property name enclosed in double quotes"),
        ("a.json", "{}", "a.json: there is no list of cards"),
        (
            "a.csv",
            "key,resaon\n",
            "a.csv:1: resaon: there is no such column\n  hint: Did you mean 'reason'",
        ),
        ("a.csv", "key,drop\n1/qa,x,y\n", "a.csv:2: more values than columns"),
        ("a.csv", "", "a.csv:1: there is no such column"),
    ],
)
def test_a_file_that_is_no_list_of_proposals_is_refused(
    site: Site, name: str, text: str, message: str
) -> None:
    (site.root / name).write_text(text, "utf-8")
    result = run("import", name, "pages")

    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.usefixtures("site")
def test_statistics_count_what_people_found() -> None:
    add(QA, "--keep")
    add(OTHER, "--drop")
    add(EXPLAIN, "--answer", "Rings are cut.")
    add("1/step/telophase/next", "--drop", "--proposed")
    add("1/own/leaf", "--question", "Which leaves?", "--answer", "Dry black ones.")
    add("1/own/bud", "--question", "Which buds?", "--answer", "Green ones.", "--proposed")
    table = run("stats", "pages")
    kinds = {
        row["kind"]: (row["good"], row["reworded"], row["dropped"], row["proposed"])
        for row in json.loads(run("stats", "pages", "--json").stdout)["kinds"]
    }
    labels = json.loads(run("stats", "pages", "--labels").stdout)

    assert kinds["qa"] == (1, 0, 0, 0)
    assert kinds["explain"] == (0, 1, 1, 0)
    assert kinds["next"] == (0, 0, 0, 1)
    assert kinds["own"] == (1, 0, 0, 1)
    assert "People have read 4 of " in table.stderr
    assert [(label["key"], label["grade"]) for label in labels] == [
        (QA, "good"),
        (EXPLAIN, "weak"),
        (OTHER, "bad"),
    ]


def test_check_reports_corrections_as_a_build_does(site: Site) -> None:
    site.corrections.write_text('[card."1/qs"]\ndrop = true\n', "utf-8")
    result = CliRunner().invoke(main, ["check", "pages"])

    assert result.exit_code == 1
    assert "corrections.toml:1: error QT601: 1/qs: there is no such card" in result.stdout


@pytest.mark.usefixtures("site")
def test_an_outline_has_what_an_author_needs() -> None:
    add("1/own/leaf", "--question", "Which leaves?", "--answer", "Dry black ones.")
    words = ["outline", "pages", "--id", "1"]
    (page,) = json.loads(CliRunner().invoke(main, [*words, "--json"]).stdout)["pages"]
    text = CliRunner().invoke(main, words).stdout

    assert page["id"] == 1
    assert page["subjects"] == ["Biology"]
    assert page["line"] == "Biology · What are the phases of mitosis, in order?"
    assert [block["type"] for block in page["outline"]] == ["paragraph", "listing"]
    assert page["outline"][1]["items"][0]["title"] == "Prophase"
    own = {"key": "1/own/leaf", "kind": "own", "front": "Which leaves?", "back": "Dry black ones."}
    assert own in page["cards"]
    assert {"1/own/leaf", QA} <= set(page["keys"])
    assert "1/own/leaf: Which leaves? — Dry black ones." in text.splitlines()
    assert f"Line above cards of your own: {page['line']}" in text.splitlines()
    absent = CliRunner().invoke(main, [*words, "--id", "9"])
    assert (absent.exit_code, absent.stderr) == (1, "Error: There is no page 9 in PATHS.\n")
    assert absent.stdout == text


def test_a_report_leaves_a_confirmed_correction_in_force(site: Site) -> None:
    add(QA, "--answer", "Five stages, from prophase to telophase.")
    before = read_corrections([site.corrections]).by_key[QA]
    result = run("import", proposals(site, [{"key": QA, "reason": "too long"}]), "pages")

    after = read_corrections([site.corrections]).by_key[QA]
    assert result.stdout == "1/qa: kept\n"
    assert (after.reason, after.proposed) == ("too long", False)
    assert (after.answer, after.made_from) == (before.answer, before.made_from)


@pytest.mark.usefixtures("site")
def test_explain_card_says_what_corrections_do() -> None:
    add(QA, "--drop")
    add(EXPLAIN, "--keep")
    said = CliRunner().invoke(main, ["explain-card", "1", "pages"]).stdout.split("\n\n")
    fates = {text.splitlines()[0]: text.splitlines()[1].partition(", ")[2] for text in said}

    assert fates[QA] == "left out: dropped in corrections.toml:3."
    assert fates[EXPLAIN] == "made."


@pytest.mark.parametrize(
    ("card", "is_valid"),
    [
        ({"page": 1, "question": "Why?", "answer": "So."}, True),
        ({"page": "a", "name": "why-so", "text": "It is {{c1::so}}."}, True),
        ({"key": "1/qa", "reason": "too long"}, True),
        ({"page": 1}, False),
        ({"page": 1, "question": "Why?"}, False),
        ({"page": 1, "question": "Why?", "answer": "So.", "text": "{{c1::so}}"}, False),
        ({"page": 1, "text": "no gap"}, False),
        ({"page": 1, "name": "Why so", "text": "It is {{c1::so}}."}, False),
    ],
)
def test_the_schema_of_proposals(card: dict[str, object], is_valid: bool) -> None:
    assert Draft202012Validator(SCHEMA).is_valid({"cards": [card]}) == is_valid
    assert Draft202012Validator(SCHEMA).is_valid([card]) == is_valid


@pytest.mark.parametrize(
    "command",
    [
        "audit dist",
        "build pages",
        "build pages --dry-run",
        "check pages",
        "corrections stats pages",
        "diff",
        "explain-card 1/qa pages",
        "list pages",
        "outline pages",
        "preview pages",
        "topics",
    ],
)
@pytest.mark.parametrize("setting", ["qt2anki.toml:2", "QT2ANKI_CORRECTIONS"])
def test_a_setting_that_names_no_file_is_refused(site: Site, command: str, setting: str) -> None:
    (site.root / "mine.toml").write_text(f'[card."{QA}"]\ndrop = true\n', "utf-8")
    (site.root / "input").symlink_to("pages")
    name = "corrections/mien.toml"
    environment = {}
    if setting.startswith("QT2"):
        environment[setting] = name
    else:
        (site.root / "qt2anki.toml").write_text(f'\ncorrections = "{name}"\n', "utf-8")

    result = CliRunner().invoke(main, command.split(), env=environment)

    assert result.exit_code == 2, result.output
    assert f"{setting}: corrections: there is no file or folder" in result.stderr
    assert "remove the setting" in result.stderr


def test_a_first_correction_makes_the_file_of_the_setting(site: Site) -> None:
    (site.root / "qt2anki.toml").write_text('corrections = "mine.toml"\n', "utf-8")
    assert add(QA, "--keep").exit_code == 0
    assert CliRunner().invoke(main, ["check", "pages"]).exit_code == 0


@pytest.mark.parametrize("command", ["build pages", f"corrections add {QA} --keep pages"])
def test_a_link_to_a_missing_file_is_refused(site: Site, command: str) -> None:
    (site.root / "corrections").mkdir()
    site.corrections.symlink_to("team/corrections.toml")

    result = CliRunner().invoke(main, command.split())

    assert result.exit_code == 2
    assert "a link to team/corrections.toml, which does not exist" in result.stderr
    assert not (site.root / "team").exists()


def test_no_control_character_of_a_key_reaches_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    evil = '[card."1\\u001b]0;pwned\\u0007/qa"]\n{} = true\n'
    for name, verdict in (("ours", "drop"), ("theirs", "keep")):
        Path(f"{name}.toml").write_text(evil.format(verdict), "utf-8")
    Path("base.toml").touch()
    Path("reports.json").write_text('{"cards": [{"key": "1/\\u001b[2J", "reason": "r"}]}', "utf-8")

    for arguments in (
        ("corrections", "merge", "base.toml", "ours.toml", "theirs.toml"),
        ("corrections", "import", "reports.json", "."),
    ):
        result = CliRunner().invoke(main, arguments)
        assert result.output
        assert not {"\x1b", "\x07"} & set(result.output)


def test_no_control_character_of_a_file_name_reaches_the_terminal(site: Site) -> None:
    (site.root / "c\x1b[31m").mkdir()

    for verdict in ("--keep", "--remove"):
        result = add(QA, verdict, "--corrections", "c\x1b[31m")
        assert result.exit_code == 0
        assert r"c\x1b[31m/" in result.output
        assert "\x1b" not in result.output
