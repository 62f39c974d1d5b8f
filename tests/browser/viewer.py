"""A preview in a real browser, as its user sees it, with an eye on what must not happen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

READY = "html[data-ready]"
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


@dataclass
class Viewer:
    """One page of the browser; *faults* must be empty when a test is over."""

    context: BrowserContext
    file: Path
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(5000)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("requestfailed", self._failed)
        self.page.on("popup", lambda popup: self.faults.append(f"opened: {popup.url}"))

    def _said(self, message: ConsoleMessage) -> None:
        self.faults.append(f"{message.type}: {message.text}")

    def _asked(self, url: str) -> None:
        if url != self.file.as_uri():
            self.faults.append(f"request: {url[:200]}")

    def _failed(self, request: Request) -> None:
        if request.failure == "csp":  # stopped by the policy of the page before it left
            self.faults.remove(f"request: {request.url[:200]}")

    def open(self) -> Viewer:
        self.page.goto(self.file.as_uri())
        self.page.wait_for_selector(READY)
        return self

    def card(self, expression: str) -> Any:  # noqa: ANN401  # whatever the script returns
        """Evaluate a script on the document of the card's frame, where scripts cannot run."""
        inner = f"(document) => {expression}"
        return self.page.evaluate(f"({inner})(document.getElementById('card').contentDocument)")

    def wait_for_card(self, expression: str) -> None:
        inner = f"(document) => {expression}"
        script = f"() => ({inner})(document.getElementById('card').contentDocument)"
        self.page.wait_for_function(script)

    @property
    def text(self) -> str:
        """The text a reader sees on the card."""
        return str(self.card("document.body.innerText"))

    @property
    def count(self) -> str:
        return self.page.inner_text("#count")

    def rows(self) -> list[str]:
        return self.page.locator(".row-text").all_inner_texts()

    def click_card(self, x: float = 20, y: float = 20) -> None:
        box = self.page.locator("#card").bounding_box()
        assert box is not None
        self.page.mouse.click(box["x"] + x, box["y"] + y)

    def search(self, words: str) -> None:
        before = self.count
        self.page.fill("#query", words)
        self.page.wait_for_function(
            "before => document.getElementById('count').innerText !== before", arg=before
        )


@cache
def _axe() -> str:
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def violations(
    page: Page, *, tags: Sequence[str] = (*WCAG, "best-practice"), but: Sequence[str] = ()
) -> list[str]:
    """Return what axe-core has against the page (*but* some rules), and where."""
    page.evaluate(_axe())
    options = json.dumps(
        {
            "runOnly": tags,
            "iframes": False,
            "rules": {rule: {"enabled": False} for rule in but},
        }
    )
    found = page.evaluate(f"axe.run(document, {options})")
    assert found["passes"], "axe has looked at nothing"
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
