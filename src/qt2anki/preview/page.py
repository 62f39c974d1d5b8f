"""The one file: page, style, script and cards together, closed against everything outside.

The content security policy lets just our own script (and MathJax) run, by their hashes; no
request leaves the page, whatever a card holds. https://www.w3.org/TR/CSP3/
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources

from qt2anki.preview.cards import PreviewCard
from qt2anki.preview.payload import Link, has_math, payload

_SCRIPTS = ("data", "text", "filter", "list", "math", "card", "main")  # in this order
_MATHJAX = "mathjax/tex-svg-full.js.gz"
_SLOT = re.compile(r"@([a-z]+)@")


def preview_page(cards: Sequence[PreviewCard], *, title: str, link: Link) -> str:
    """Return the preview of *cards* as HTML; *link* gives the address of a page's source file.

    Equal cards give equal text. Formulas cost some 0.9 MB; without any the file goes without.
    """
    with_math = has_math(cards)
    script = _script()
    values = {
        "title": html.escape(title),
        "policy": _policy(script, with_math=with_math),
        "style": _asset("page.css"),
        "script": script,
        "payload": _base64(gzip.compress(payload(cards, link).encode("utf-8"), mtime=0)),
        "mathjax": _base64(_bytes(_MATHJAX)) if with_math else "",
    }
    return _SLOT.sub(lambda slot: values[slot[1]], _asset("page.html"))


def _policy(script: str, *, with_math: bool) -> str:
    scripts = [_hash(script.encode("utf-8"))]
    if with_math:
        scripts.append(_hash(mathjax()))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(scripts)}",
            "style-src 'unsafe-inline'",  # the styles of the deck and of formulas
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def mathjax() -> bytes:
    """Return the source of MathJax that cards are shown with."""
    return gzip.decompress(_bytes(_MATHJAX))


@cache
def _script() -> str:
    return "\n".join(_asset(f"js/{name}.js") for name in _SCRIPTS)


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
