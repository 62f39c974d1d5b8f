"""A writer works while ``qt2anki watch`` runs; everything is the real thing but the browser."""

from __future__ import annotations

import base64
import gzip
import http.client
import os
import re
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from qt2anki.anki.package_reader import read_package
from qt2anki.build.lock import locked
from qt2anki.errors import BusyError
from tests.site import TEA, Site, edited
from tests.watch.running import LIMIT, watching

pytest.importorskip("watchfiles")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    one = Site(tmp_path)
    one.process(1)
    one.plain(2)
    return one


def cards_in(html: str) -> str:
    packed = re.findall(r'id="payload">(.*?)</script>', html, re.DOTALL)[0]
    return gzip.decompress(base64.b64decode(packed)).decode("utf-8")


def package_text(path: Path) -> str:
    return " ".join(field for note in read_package(path).notes for field in note.fields)


def test_the_server_answers_nobody_else_and_has_no_other_files(site: Site) -> None:
    with watching(site.root, "pages", "--no-audit") as watch:
        address = watch.url.removeprefix("http://").rstrip("/")

        def status(method: str, path: str, host: str = address) -> int:
            with closing(http.client.HTTPConnection(address, timeout=LIMIT)) as connection:
                connection.request(method, path, headers={"Host": host})
                return connection.getresponse().status

        assert status("GET", "/") == 200
        assert status("GET", "/", "attacker.example") == 403
        assert {status(method, "/") for method in ("POST", "PUT", "DELETE")} == {501}
        for path in ("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/pages"):
            assert status("GET", path) == 404


def test_a_save_is_seen_and_nothing_is_written(site: Site) -> None:
    # The end of an audit is a new version, too, and may come at any time.
    with watching(site.root, "pages", "--no-audit") as watch, watch.news() as heard:
        first = heard("2 pages; nothing has been published in dist yet")
        assert "kettle" in cards_in(watch.get())

        site.process(1, edited(TEA, 0, text=TEA[0][1].replace("kettle", "samovar")))

        watch.line("1 page changed (page-1.md): ", " changed")
        news = heard("1 page changed")
        assert news["level"] == "good"
        assert news["versions"][""] != first["versions"][""]
        page = watch.get()
        assert f'data-version="{news["versions"][""]}"' in page
        assert "samovar" in cards_in(page)
        assert "samovar" in cards_in(watch.get("?subject=Cooking"))
        assert "samovar" in watch.get("pages/1")
    assert [path.name for path in site.root.iterdir()] == ["pages"]


def test_a_page_that_is_written_in_parts_is_built_once(site: Site) -> None:
    text = site.plain(3).read_text(encoding="utf-8")
    site.path(3).unlink()

    with watching(site.root, "pages") as watch:
        watch.line("2 pages;")
        time.sleep(1)  # until the system reports changes
        with site.path(3).open("w", encoding="utf-8") as page:
            for line in text.splitlines(keepends=True):
                page.write(line)
                page.flush()
                time.sleep(0.005)
        assert "error" not in watch.line("1 page new (page-3.md): 1 new;")


def test_a_draft_is_compared_with_what_is_published(site: Site) -> None:
    site.build()
    before = site.files()

    with watching(site.root, "pages") as watch:
        watch.line("2 pages; compared with dist: no note has changed")
        site.plain(2, answer="Herb 2 grows between old stones and tastes of smoke and honey.")
        watch.line("1 page changed (page-2.md): 1 changed;")
        site.path(1).unlink()
        watch.line("1 page gone (page-1.md): ", " retired")
        assert site.files() == before
        site.plain(3)
        site.build()
        # If the build of page 3 came in between, it is compared with that draft instead.
        watch.line("package", "cooking.apkg", "compared with ", "no note has changed")


def test_packages_are_written_where_that_is_asked_for(site: Site) -> None:
    with watching(site.root, "pages", "-o", "decks") as watch:
        watch.line("2 pages; nothing has been published in that folder yet; wrote cooking.apkg;")
        site.plain(3)
        watch.line("1 page new (page-3.md): wrote cooking.apkg; 1 new;")

        assert "herb 3" in package_text(site.root / "decks" / "cooking.apkg")
        assert watch.stop() == 0
    assert not (site.root / "decks" / ".qt2anki.build.lock").exists()


def test_a_page_that_breaks(site: Site) -> None:
    good = site.path(1).read_text(encoding="utf-8")

    with watching(site.root, "pages", "-o", "decks") as watch, watch.news() as heard:
        watch.line("2 pages;")
        site.path(1).write_text(good.replace("question:", "question"), encoding="utf-8")
        watch.line("1 page changed (page-1.md): wrote no package;", "1 error")
        assert "pages/cooking/page-1.md" in watch.line("error QT11")
        news = heard("1 error")
        assert news["level"] == "bad"
        assert "page-1.md" in news["problems"][0]
        assert "kettle" in cards_in(watch.get())
        assert "kettle" in package_text(site.root / "decks" / "cooking.apkg")

        site.path(1).write_text(good, encoding="utf-8")
        watch.line("1 page changed (page-1.md): ")
        mended = heard("1 page changed (page-1.md): wrote no package; no note")
        assert mended["level"] == "good"
        assert [problem for problem in mended["problems"] if " error " in problem] == []


def test_a_page_that_breaks_in_a_draft_keeps_its_cards(site: Site) -> None:
    with watching(site.root, "pages") as watch:
        watch.line("2 pages;")
        site.path(1).write_text("---\nid: 1\nquestion\n", encoding="utf-8")
        watch.line("1 page changed (page-1.md): ", "1 error")

        assert "kettle" in cards_in(watch.get())


def test_what_a_build_would_refuse_is_not_written(site: Site) -> None:
    more = site.pages / "more"
    more.mkdir()
    for page_id in range(3, 30):
        site.plain(page_id).rename(more / f"page-{page_id}.md")
    site.build()
    before = site.files()

    with watching(site.root, "pages", "-o", "dist") as watch, watch.news() as heard:
        first = watch.line("29 pages; wrote no package; no note has changed")
        more.rename(site.root / "away")
        watch.line("27 pages gone (page-10.md, page-11.md and 25 more): not built")
        watch.line("this build would retire a large part of a deck")
        news = heard("not built")
        assert news["text"].endswith(f"the cards are those of {first[:8]}")
        assert "herb 20" in cards_in(watch.get())
        assert site.files() == before


def test_a_folder_that_goes_and_comes_back(site: Site) -> None:
    away = site.root / "away"

    with watching(site.root, "pages") as watch:
        watch.line("2 pages;")
        site.pages.rename(away)
        watch.line("2 pages gone (page-1.md, page-2.md): ", " error")
        watch.line("pages: error QT101")  # once no file of it is open any more
        assert "kettle" in cards_in(watch.get())
        away.rename(site.pages)
        watch.line("2 pages new")
        site.plain(3)
        watch.line("1 page new (page-3.md): ")
        shutil.rmtree(site.pages)
        watch.line("gone")
        site.plain(4)
        watch.line("1 page new (page-4.md): ")


def test_a_folder_that_is_moved_within(site: Site) -> None:
    with watching(site.root, "pages") as watch:
        watch.line("2 pages;")
        (site.pages / "cooking").rename(site.pages / "kitchen")
        watch.line("2 pages gone, 2 pages new")


def test_settings_while_they_are_edited(site: Site) -> None:
    file = site.root / "qt2anki.toml"

    with watching(site.root, "pages") as watch, watch.news() as heard:
        watch.line("2 pages;")
        file.write_text('deck_root = "Tea House\n', encoding="utf-8")
        watch.line("1 setting new (qt2anki.toml): not built")
        watch.line("qt2anki.toml:1: not TOML")
        assert "not TOML" in heard("not built")["problems"][0]
        assert "kettle" in cards_in(watch.get())
        file.write_text('base_url = "https://tea.example"\n', encoding="utf-8")
        watch.line("1 setting changed (qt2anki.toml): ", "changed;")


def test_note_models_and_pictures(site: Site) -> None:
    models = site.root / "models"
    models.mkdir()
    site.plain(
        3, answer="Herb 3 grows on dry slopes and tastes of lemon ![a leaf](leaf.png) and pepper."
    )

    with watching(site.root, "pages", "--note-models", "models") as watch:
        watch.line("3 pages;", "4 warnings")  # three of them have no url
        (models / "style.css").write_text(".card { color: teal }", encoding="utf-8")
        watch.line("1 note model new (style.css): ")
        assert "color: teal" in cards_in(watch.get())
        (models / "style.css").write_text(".card { color: {{", encoding="utf-8")
        watch.line("1 note model changed (style.css): ")
        (site.pages / "cooking" / "leaf.png").write_bytes(b"\x89PNG one")
        watch.line("1 picture new (leaf.png): ", "1 changed", "3 warnings")


def test_a_picture_in_a_hidden_folder(site: Site) -> None:
    bone = site.pages / "cooking" / ".assets" / "bone.png"
    bone.parent.mkdir()
    bone.write_bytes(b"\x89PNG one")
    os.utime(bone, (0, 0))
    site.plain(
        3,
        answer="Herb 3 grows on dry slopes and tastes of ![a bone](.assets/bone.png) lemon.",
    )

    with watching(site.root, "pages") as watch:
        watch.line("3 pages;")
        bone.write_bytes(b"\x89PNG other")
        watch.line("1 picture changed (bone.png): 1 changed;")
        bone.parent.rename(site.root / "away")
        watch.line("1 picture gone (bone.png): no note has changed;")  # it stays as it was
        (site.root / "away").rename(bone.parent)
        watch.line("1 picture new (bone.png): no note has changed;")


def test_its_own_output_among_the_pages(site: Site) -> None:
    out = site.pages / "dist"

    with watching(site.root, "pages", "-o", str(out)) as watch:
        watch.line("2 pages;")
        site.plain(3)
        watch.line("1 page new (page-3.md): wrote cooking.apkg")
        site.plain(4)
        watch.line("1 page new (page-4.md): wrote cooking.apkg")
        assert watch.stop() == 0
        lines = [line for line in watch.rest() if line[:2].isdigit()]
    assert len(lines) == 3, "\n".join(lines)


def test_pages_in_its_own_output(site: Site) -> None:
    site.build()

    with watching(site.root, "pages", "-o", "pages", "--previous", "dist") as watch:
        watch.line("2 pages; wrote cooking.apkg; no note has changed")
        site.plain(3)
        watch.line("page-3.md")
        site.plain(4)
        watch.line("page-4.md")
        assert (site.pages / "CHANGES.md").exists()
        assert watch.stop() == 0
        lines = [line for line in watch.rest() if line[:2].isdigit()]
    assert len(lines) == 3, "\n".join(lines)
    assert "CHANGES.md" not in "".join(lines)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of *folder*, once the watch does not: its second build may still run."""
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(locked(folder))
                break
            except BusyError:
                time.sleep(0.02)
        yield


def test_another_build_is_at_work(site: Site) -> None:
    whole = Site(site.root / "elsewhere").plain(3)

    with watching(site.root, "pages", "-o", "dist") as watch, watch.news() as heard:
        watch.line("2 pages;")
        with held(site.out):
            whole.rename(site.path(3))
            watch.line("not built")
            watch.line("another build is running in this folder")
            heard("not built")
        watch.line("1 page new (page-3.md): wrote cooking.apkg; 1 new")


def test_single_pages_and_no_folder(site: Site) -> None:
    page = site.path(2)

    with watching(site.root, str(page)) as watch:
        watch.line("1 page;")
        new = page.with_suffix(".new")
        new.write_text(page.read_text(encoding="utf-8").replace("lemon", "thyme"), encoding="utf-8")
        new.replace(page)  # as many editors save
        watch.line("1 page changed (page-2.md): ")
        assert "thyme" in cards_in(watch.get())


@pytest.mark.parametrize(
    ("number", "status", "says"),
    [
        (signal.SIGINT, 0, "Ended."),
        (signal.SIGTERM, 143, "Terminated; unfinished files"),
        (signal.SIGHUP, 129, "Hung up; unfinished files"),
    ],
)
def test_it_stops_cleanly(
    site: Site, tmp_path: Path, number: signal.Signals, status: int, says: str
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()

    with (
        watching(site.root, "pages", temporary=temporary) as watch,
        watch.news() as heard,
    ):
        heard("2 pages")
        assert [path.name[:14] for path in temporary.iterdir()] == ["qt2anki-watch-"]
        assert watch.stop(number) == status

        text = "\n".join(watch.rest())
        assert says in text
        assert "Traceback" not in text
        assert list(temporary.iterdir()) == []
        port = int(watch.url.rstrip("/").rpartition(":")[2])
        with socket.socket() as one:
            one.settimeout(LIMIT)
            assert one.connect_ex(("127.0.0.1", port)) != 0


def test_a_port_that_is_taken(site: Site) -> None:
    with watching(site.root, "pages") as one, watching(site.root, "pages") as two:
        assert one.url != two.url
