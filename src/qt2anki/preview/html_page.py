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
from importlib import resources

_MATHJAX = "mathjax/tex-svg-full.js.gz"
_SLOT = re.compile(r"@([a-z]+)@")


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
    used = ("page.css", *(() if live is None else ("live.css",)), *styles)
    values = {
        "live": _attributes(live),
        "title": body["title"],
        "policy": _policy(script, with_math=with_math, connects=is_served or live is not None),
        "style": "".join(map(_asset, used)),
        "body": _filled(asset, body),
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


def _policy(script: str, *, with_math: bool, connects: bool) -> str:
    scripts = [_hash(script.encode("utf-8"))]
    if with_math:
        scripts.append(_hash(mathjax()))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(scripts)}",
            "style-src 'unsafe-inline'",  # the styles of the deck and of formulas
            "img-src data:",
            *(["connect-src 'self'"] if connects else []),  # for news and verdicts
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def packed_mathjax() -> str:
    """Return the source code of MathJax, compressed, in Base64."""
    return _base64(_bytes(_MATHJAX))


def mathjax() -> bytes:
    """Return the source code of MathJax."""
    return gzip.decompress(_bytes(_MATHJAX))


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


def packed(text: str, *, is_served: bool = True) -> str:
    """Return JSON as a script element of a page may hold it: compressed, in Base64."""
    return _base64(gzip.compress(text.encode("utf-8"), 1 if is_served else 9, mtime=0))
