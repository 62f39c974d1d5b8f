"""An HTML page that runs only our own scripts, isolated from everything outside.

The content security policy lets just our own script (and MathJax) run, by their hashes; no request
leaves the page, whatever a card contains. https://www.w3.org/TR/CSP3/
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_MATHJAX = "mathjax/tex-svg-full.js.gz"


@dataclass(frozen=True, slots=True)
class Live:
    """The subject and version of a page that a server keeps up to date.

    The page reloads when the server reports a different version of *subject* ("": all of them).
    """

    subject: str
    version: str


def shell_page(
    asset: str,
    body: dict[str, str],
    scripts: tuple[str, ...],
    *,
    live: Live | None = None,
    with_math: bool = False,
    styles: tuple[str, ...] = (),
    is_served: bool = False,
) -> str:
    """Return an HTML page of the file *asset*, filled with *body*, that runs only our *scripts*.

    A page that *is_served* may connect to its server, as a live preview does. *title* in *body* is
    HTML.
    """
    script = "\n".join(_asset(f"js/{name}.js") for name in scripts)
    hashes = [_hash(script.encode("utf-8"))] + ([_hash(mathjax())] if with_math else [])
    policy = [
        "default-src 'none'",
        f"script-src {' '.join(hashes)}",
        "style-src 'unsafe-inline'",  # the styles of the deck and of formulas
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    if is_served or live:
        policy.insert(-2, "connect-src 'self'")  # for news and verdicts
    attributes = ""
    if live:
        styles = ("live.css", *styles)
        subject, version = html.escape(live.subject), html.escape(live.version)
        attributes = f' data-subject="{subject}" data-version="{version}"'
    values = {
        "live": attributes,
        "title": body["title"],
        "policy": "; ".join(policy),
        "style": "".join(map(_asset, ("page.css", *styles))),
        "body": _filled(asset, body),
        "script": script,
    }
    return _filled("shell.html", values)


def _filled(name: str, values: dict[str, str]) -> str:
    return re.sub("@([a-z]+)@", lambda slot: values[slot[1]], _asset(name))


def _asset(name: str) -> str:
    return _bytes(name).decode("utf-8")


@cache
def _bytes(name: str) -> bytes:
    return (Path(__file__).with_name("assets") / name).read_bytes()


def packed_mathjax() -> str:
    """Return the source code of MathJax, compressed, in Base64."""
    return _base64(_bytes(_MATHJAX))


def mathjax() -> bytes:
    """Return the source code of MathJax."""
    return gzip.decompress(_bytes(_MATHJAX))


def packed(text: str, *, is_served: bool = True) -> str:
    """Return JSON in a form for script elements of a page: compressed, in Base64."""
    return _base64(gzip.compress(text.encode("utf-8"), 1 if is_served else 9, mtime=0))


def _hash(data: bytes) -> str:
    return f"'sha256-{_base64(hashlib.sha256(data).digest())}'"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
