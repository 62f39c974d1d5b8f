"""The one file; tests/browser opens it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

from qt2anki.preview.make_preview import Live, mathjax, plain_page, preview_page
from qt2anki.preview.preview_cards import PreviewCard, preview_cards
from tests.anki_formats.decks import qa_note
from tests.preview.made import NOTES, package

ASSETS = Path(__file__).parents[2] / "src" / "qt2anki" / "preview" / "assets"


def cards(folder: Path, *, formula: bool = False) -> tuple[PreviewCard, ...]:
    more = (qa_note(8, Extra=r"\(x\)"),) if formula else ()
    return preview_cards([package(folder / "a.apkg", (*NOTES, *more))], marks={})


def page_of(found: tuple[PreviewCard, ...], title: str = "Botany") -> str:
    return preview_page(found, title=title, link=lambda _: None)


def block(html: str, opening: str) -> str:
    found = re.search(re.escape(opening) + r"(.*?)</script>", html, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_cards_are_in_the_file(tmp_path: Path) -> None:
    html = page_of(cards(tmp_path))

    packed = block(html, '<script type="text/plain" id="payload">')
    data = json.loads(gzip.decompress(base64.b64decode(packed)))

    assert len(data["cards"]) == 4


def test_equal_cards_give_an_equal_file(tmp_path: Path) -> None:
    assert page_of(cards(tmp_path)) == page_of(cards(tmp_path))


def test_the_policy_lets_nothing_run_but_our_script(tmp_path: Path) -> None:
    html = page_of(cards(tmp_path))

    policy = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)[0]
    script = block(html, '<script type="module">')
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    assert policy.startswith("default-src 'none'; ")
    assert f"script-src 'sha256-{digest}';" in policy
    assert "unsafe-eval" not in policy


def test_mathjax_comes_only_with_formulas(tmp_path: Path) -> None:
    without, with_math = page_of(cards(tmp_path)), page_of(cards(tmp_path, formula=True))

    digest = base64.b64encode(hashlib.sha256(mathjax()).digest()).decode("ascii")
    assert len(without) < 60_000
    assert digest not in without
    assert f"'sha256-{digest}'" in with_math
    packed = block(with_math, '<script type="text/plain" id="mathjax">')
    assert gzip.decompress(base64.b64decode(packed)) == mathjax()


def test_mathjax_is_the_file_its_readme_names() -> None:
    readme = (ASSETS / "mathjax" / "README.md").read_text(encoding="utf-8")

    assert hashlib.sha256(mathjax()).hexdigest() in readme
    assert "Apache License" in (ASSETS / "mathjax" / "LICENSE").read_text(encoding="utf-8")


def test_a_title_is_text(tmp_path: Path) -> None:
    html = page_of(cards(tmp_path), title="<b>@payload@ & co")

    assert "<title>&lt;b&gt;@payload@ &amp; co</title>" in html


def test_a_file_that_is_sent_to_others_waits_for_nothing(tmp_path: Path) -> None:
    html = page_of(cards(tmp_path))

    assert '<html lang="en">' in html
    assert "connect-src" not in html
    assert "EventSource" not in html


def test_a_page_that_is_kept_up_to_date(tmp_path: Path) -> None:
    live = Live("Tea & Rye", "v1")
    found = cards(tmp_path)

    html = preview_page(found, title="Botany", link=lambda _: None, live=live)
    plain = plain_page("<p>soon</p>", title="<Wait>", live=live)

    for text in (html, plain):
        assert '<html lang="en" data-subject="Tea &amp; Rye" data-version="v1">' in text
        assert "; connect-src 'self'; " in text
        script = block(text, '<script type="module">')
        digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
        assert f"script-src 'sha256-{digest}'" in text
        assert script.count("new EventSource") == 1
    assert "<h1>&lt;Wait&gt;</h1>\n<p>soon</p>" in plain
