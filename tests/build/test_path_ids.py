"""Builds of pages that have no ids, from folders other than the one published before."""

from __future__ import annotations

from pathlib import Path

import pytest

from qt2anki.build.card_candidates import read_pages
from qt2anki.errors import PackageError
from tests.site import TEA, Site, kinds, with_settings

PAGES = ("herbs/index", "herbs/thyme", "herbs/sage", "trees/index", "trees/oak", "index")


def write_file(site: Site, name: str, text: str) -> Path:
    path = site.pages / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def write(site: Site, name: str) -> Path:
    what = name.replace("/", " ")
    text = f"The {what} grows on dry slopes near the sea and tastes of lemon and pepper."
    return write_file(site, name, f"---\ntitle: Where does the {what} thrive?\n---\n\n{text}\n")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A published folder of pages without ids, of which three have the same file name."""
    one = Site(tmp_path)
    for name in PAGES:
        write(one, name)
    one.build()
    return one


def page_ids(site: Site) -> set[str]:
    return {str(page_id) for page_id in site.memory().homes}


IDS = {name.replace("/", ".") for name in PAGES}


@pytest.mark.parametrize(
    "parts",
    [
        ["herbs"],
        ["trees"],
        ["herbs/thyme.md"],
        ["herbs/index.md"],
        ["index.md", "trees"],
        ["herbs", "trees"],
        ["herbs", "trees/oak.md"],
        ["trees", "."],
    ],
)
@pytest.mark.parametrize("is_partial", [False, True])
def test_a_part_of_the_folder_keeps_the_published_ids(
    site: Site, parts: list[str], is_partial: bool
) -> None:
    assert page_ids(site) == IDS

    report = site.build(*(site.pages / part for part in parts), is_partial=is_partial)

    assert page_ids(site) <= IDS
    assert kinds(report).keys() <= {"kept", "retired"}
    assert is_partial <= (page_ids(site) == IDS)
    site.build()
    assert page_ids(site) == IDS


def test_the_current_folder_may_be_the_part(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site.pages / "herbs")

    assert kinds(site.build(Path())) == {}
    assert kinds(site.build(Path("thyme.md"), is_partial=True)).keys() == {"kept"}
    assert kinds(site.build(Path("..", "trees"))) == {}


@pytest.mark.parametrize("name", ["herbs/dill", "seas/kelp"])
def test_a_new_file_built_alone_has_the_id_that_the_whole_folder_gives_it(
    site: Site, name: str
) -> None:
    path = write(site, name)

    site.build(path, is_partial=True)

    assert page_ids(site) == {*IDS, name.replace("/", ".")}
    assert kinds(site.build()) == {}


@pytest.mark.parametrize("part", ["seas", "seas/index.md"])
def test_a_new_folder_with_a_published_file_name_takes_no_published_id(
    site: Site, part: str
) -> None:
    notes = site.notes("Pages")
    write(site, "seas/index")

    site.build(site.pages / part, is_partial=True)

    assert page_ids(site) == {*IDS, "seas.index"}
    assert site.notes("Pages") == notes


def test_commands_about_single_pages_use_the_published_ids(site: Site) -> None:
    pages = read_pages([str(site.pages / "herbs")], site.settings, site.memory().pages)

    assert {page.page_id for page in pages} == {"herbs.index", "herbs.thyme", "herbs.sage"}


@pytest.mark.parametrize("is_partial", [False, True])
def test_a_folder_above_is_refused(site: Site, is_partial: bool) -> None:
    before = site.files()

    with pytest.raises(PackageError, match="6 pages without an id") as caught:
        site.build(site.root, is_partial=is_partial)

    assert "--partial" not in caught.value.hint
    assert site.files() == before


def test_a_moved_file_is_refused_until_it_has_an_id(site: Site) -> None:
    old, new = site.pages / "herbs" / "sage.md", site.pages / "trees" / "sage.md"
    old.rename(new)

    with pytest.raises(PackageError, match=r"herbs\.sage would become trees\.sage") as caught:
        site.build()

    assert "id: herbs.sage" in caught.value.hint
    new.write_text(new.read_text("utf-8").replace("---\n", "---\nid: herbs.sage\n", 1), "utf-8")
    site.build()
    assert page_ids(site) == IDS


def test_pages_may_be_replaced_on_purpose(site: Site) -> None:
    (site.pages / "herbs" / "sage.md").rename(site.pages / "trees" / "sage.md")

    site.build(may_retire=True)

    assert page_ids(site) == {*IDS - {"herbs.sage"}, "trees.sage"}


def test_folders_that_were_published_side_by_side_keep_their_ids(tmp_path: Path) -> None:
    site = Site(tmp_path)
    for name in PAGES[1:3] + PAGES[4:5]:
        write(site, name)
    site.build(site.pages / "herbs", site.pages / "trees")

    assert page_ids(site) == {"thyme", "sage", "oak"}
    assert kinds(site.build(site.pages / "trees", site.pages / "herbs")) == {}
    assert kinds(site.build(site.pages / "trees")) == {}
    with pytest.raises(PackageError, match="3 pages without an id"):
        site.build()


STEPS = "Here are the steps in order:\n\n" + "\n\n".join(
    f"{n}. **{title}**: {text}" for n, (title, text) in enumerate(TEA, start=1)
)


MINT = "\n## What is mint?\n\nA fresh herb.\n"


def write_steps(
    site: Site, name: str, heading: str = "# How is tea made?\n\n", more: str = ""
) -> Path:
    return write_file(site, name, f"{heading}{STEPS}\n{more}")


@pytest.fixture
def without_tea(tmp_path: Path) -> Site:
    """A site that was published with a page about tea, which is gone."""
    site = Site(tmp_path)
    tea = write_steps(site, "tea")
    write(site, "sage")
    site.build()
    tea.unlink()
    return site


@pytest.mark.parametrize("threshold", [0, 6])
@pytest.mark.parametrize("new", ["hot/Tea", "hot/black-tea", "drinks/tea"])
def test_a_renamed_page_of_steps_is_refused(tmp_path: Path, threshold: int, new: str) -> None:
    site = Site(tmp_path)
    with_settings(site, card_threshold=threshold)
    old = write_steps(site, "hot/tea")
    write(site, "herbs/sage")
    site.build()
    before = site.files()
    old.unlink()
    write_steps(site, new)

    with pytest.raises(PackageError, match=rf"hot\.tea would become {new.replace('/', '.')};"):
        site.build()

    assert site.files() == before


def test_a_renamed_page_whose_title_is_the_name_of_its_file_is_refused(tmp_path: Path) -> None:
    site = Site(tmp_path)
    old = write_steps(site, "tea", "---\nkeywords: [tea]\n---\n")
    site.build()
    old.rename(site.pages / "how-to-make-tea.md")

    with pytest.raises(PackageError, match="tea would become how-to-make-tea"):
        site.build()


def test_a_renamed_page_with_a_short_answer_is_refused(tmp_path: Path) -> None:
    site = Site(tmp_path)
    for name in ("Waht is thyme", "What is sage", "What is oak"):
        text = f"---\ntags: herbs\n---\nThe plant that grows on the {name[8:]} side of a hill.\n"
        write_file(site, f"Herbs/{name}", text)
    site.build()
    path = site.pages / "Herbs" / "Waht is thyme.md"
    path.rename(path.with_name("What is thyme.md"))

    with pytest.raises(PackageError, match=r"Herbs\.Waht-is-thyme would become Herbs\.What-is"):
        site.build()


def write_answer(site: Site, name: str, answer: str = "A tart red berry.") -> Path:
    return write_file(site, name, f"# {name}?\n\n{answer}\n")


@pytest.fixture
def with_short_answers(tmp_path: Path) -> Site:
    """A site that was published with two pages with short answers, of which one is gone."""
    site = Site(tmp_path)
    with_settings(site, card_threshold=0)
    old = write_answer(site, "Waht is a lingonberry")
    write_answer(site, "What is a quince", "A hard yellow fruit.")
    site.build()
    old.unlink()
    return site


def test_a_typo_in_the_name_and_title_of_a_page_with_a_short_answer_is_refused(
    with_short_answers: Site,
) -> None:
    site = with_short_answers
    before = site.files()
    path = write_answer(site, "What is a lingonberry")

    with pytest.raises(PackageError, match="gonberry would become What-is-a-lingonberry"):
        site.build()

    assert site.files() == before
    path.write_text(f"---\nid: Waht-is-a-lingonberry\n---\n{path.read_text('utf-8')}", "utf-8")
    assert kinds(site.build()).keys() == {"changed"}


@pytest.mark.parametrize(
    "answers",
    [
        ("A tart blue berry.",),
        ("A hard yellow fruit.",),
        ("A tart red berry.", "A tart red berry."),
    ],
)
def test_a_new_page_with_a_different_or_a_common_short_answer_is_not_refused(
    with_short_answers: Site, answers: tuple[str, ...]
) -> None:
    for number, answer in enumerate(answers):
        write_answer(with_short_answers, f"What is fruit {number}", answer)

    assert kinds(with_short_answers.build())["retired"] == 1


def test_a_page_merged_into_another_file_is_refused(without_tea: Site) -> None:
    write_steps(without_tea, "drinks", "## How is tea made?\n\n", MINT)

    with pytest.raises(PackageError, match="tea would become drinks#how-is-tea-made"):
        without_tea.build()


@pytest.mark.parametrize("is_partial", [False, True])
@pytest.mark.parametrize("number", ["", "id: 7\n"])
def test_a_second_question_in_a_file_is_refused(
    tmp_path: Path, number: str, is_partial: bool
) -> None:
    site = Site(tmp_path)
    front = f"---\n{number}subject: Drinks\n---\n"
    write_steps(site, "tea", f"{front}# How is tea made?\n\n")
    site.build()
    before = site.files()
    write_steps(site, "tea", f"{front}## How is tea made?\n\n", MINT)

    with pytest.raises(PackageError, match=r"would become (7|tea)#how-is-tea-made") as caught:
        site.build(is_partial=is_partial)

    assert "into a new file" in caught.value.hint
    assert site.files() == before
    site.build(may_retire=True)
    assert "7#how-is-tea-made" in page_ids(site) or "tea#how-is-tea-made" in page_ids(site)


def test_a_file_that_has_one_question_left_is_refused_until_it_has_its_id(tmp_path: Path) -> None:
    site = Site(tmp_path)
    front = "---\nid: 7\nsubject: Drinks\n---\n"
    write_steps(site, "tea", f"{front}## How is tea made?\n\n", MINT)
    site.build()
    before = {n for n in site.notes("Drinks") if n.startswith("7#how")}
    write_steps(site, "tea", f"{front}# How is tea made?\n\n")

    with pytest.raises(PackageError, match="7#how-is-tea-made would become 7;") as caught:
        site.build()

    assert "id: 7#how-is-tea-made" in caught.value.hint
    front = "---\nid: 7#how-is-tea-made\nsubject: Drinks\n---\n"
    write_steps(site, "tea", f"{front}# How is tea made?\n\n")
    site.build()
    assert before
    assert before <= site.notes("Drinks").keys()


def test_a_new_page_may_take_the_place_of_a_different_one(without_tea: Site) -> None:
    write(without_tea, "mint")

    without_tea.build()

    assert page_ids(without_tea) == {"sage", "mint"}


@pytest.mark.parametrize("kind", ["plain", "process"])
def test_a_page_with_a_different_id_is_refused(tmp_path: Path, kind: str) -> None:
    site = Site(tmp_path)
    path = site.plain(7) if kind == "plain" else site.process(7)
    site.build()
    before = site.files()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("id: 7", "id: 8"), encoding="utf-8")

    with pytest.raises(PackageError, match="7 would become 8") as caught:
        site.build()

    assert "id: 7" in caught.value.hint
    assert site.files() == before
    site.build(may_retire=True)
    assert page_ids(site) == {"8"}


def test_a_new_page_may_have_the_title_of_one_that_is_gone(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.page(7, "What is an overview?", "Sage grows on dry slopes and tastes of pepper and lemon.")
    site.build()
    site.path(7).unlink()
    site.page(8, "What is an overview?", "Trams crossed below the harbour in a brick tube.")

    site.build()

    assert page_ids(site) == {"8"}
