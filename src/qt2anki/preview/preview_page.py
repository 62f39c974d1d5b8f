"""Write the preview file: page, style, script and cards, isolated from everything outside.

The content security policy lets just our own script (and MathJax) run, by their hashes; no
request leaves the page, whatever a card holds. https://www.w3.org/TR/CSP3/
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from qt2anki.preview.payload import NONE, Link, has_math, payload
from qt2anki.preview.preview_cards import PreviewCard

_SCRIPTS = ("data", "text", "filter", "list", "math", "card", "main")  # in this order
_BACK, _LIVE = "back", "live"  # before and after these
_MATHJAX = "mathjax/tex-svg-full.js.gz"
_SLOT = re.compile(r"@([a-z]+)@")


@dataclass(frozen=True, slots=True)
class Live:
    """Of a page that a server keeps up to date: which one it is, and its state.

    It comes back when the news of the server give *subject* ("": all of them) another version.
    """

    subject: str
    version: str


def preview_page(
    cards: Sequence[PreviewCard],
    *,
    title: str,
    link: Link,
    pictures: Mapping[str, bytes] = NONE,
    live: Live | None = None,
) -> str:
    """Return the preview of *cards* as HTML; *link* gives the address of a page's source file.

    A picture that is not among *pictures* is shown as its text. Equal cards give equal text.
    Formulas cost some 0.9 MB; without any the file goes without.
    """
    with_math = has_math(cards)
    data = payload(cards, link, pictures).encode("utf-8")
    # What never leaves this machine is seen sooner when it is packed less.
    packed = gzip.compress(data, 9 if live is None else 1, mtime=0)
    body = {
        "title": html.escape(title),
        "payload": _base64(packed),
        "mathjax": _base64(_bytes(_MATHJAX)) if with_math else "",
    }
    scripts = _SCRIPTS if live is None else (_BACK, *_SCRIPTS, _LIVE)
    return _page(_filled("page.html", body), title, scripts, live, with_math=with_math)


def plain_page(content: str, *, title: str, live: Live) -> str:
    """Return a page without cards that waits for some; *content* is HTML."""
    body = _filled("plain.html", {"title": html.escape(title), "content": content})
    return _page(body, title, (_BACK, _LIVE), live)


def _page(
    body: str, title: str, scripts: tuple[str, ...], live: Live | None, *, with_math: bool = False
) -> str:
    script = _script(scripts)
    values = {
        "live": _attributes(live),
        "title": html.escape(title),
        "policy": _policy(script, with_math=with_math, is_live=live is not None),
        "style": _style(is_live=live is not None),
        "body": body,
        "script": script,
    }
    return _filled("shell.html", values)


def _filled(name: str, values: dict[str, str]) -> str:
    return _SLOT.sub(lambda slot: values[slot[1]], _asset(name))


def _attributes(live: Live | None) -> str:
    if live is None:
        return ""
    subject, version = html.escape(live.subject), html.escape(live.version)
    return f' data-subject="{subject}" data-version="{version}"'


def _policy(script: str, *, with_math: bool, is_live: bool) -> str:
    scripts = [_hash(script.encode("utf-8"))]
    if with_math:
        scripts.append(_hash(mathjax()))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(scripts)}",
            "style-src 'unsafe-inline'",  # the styles of the deck and of formulas
            "img-src data:",
            *(["connect-src 'self'"] if is_live else []),  # the news
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def mathjax() -> bytes:
    """Return the source code of MathJax."""
    return gzip.decompress(_bytes(_MATHJAX))


@cache
def _script(names: tuple[str, ...]) -> str:
    return "\n".join(_asset(f"js/{name}.js") for name in names)


def _style(*, is_live: bool) -> str:
    return _asset("page.css") + (_asset("live.css") if is_live else "")


@cache
def _asset(name: str) -> str:
    return _bytes(name).decode("utf-8")


@cache
def _bytes(name: str) -> bytes:
    return resources.files("qt2anki.preview").joinpath("assets", *name.split("/")).read_bytes()


def _hash(data: bytes) -> str:
    return f"'sha256-{_base64(hashlib.sha256(data).digest())}'"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
