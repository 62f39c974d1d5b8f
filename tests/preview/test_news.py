"""News for all open previews."""

from __future__ import annotations

import threading

from qt2anki.preview.server import News


def test_a_late_listener_hears_the_newest() -> None:
    news = News()
    news.tell("one")
    news.tell("two")

    assert news.after(0, 1) == (2, "two")
    assert news.after(2, 0.01) is None


def test_a_listener_waits() -> None:
    news = News()
    threading.Timer(0.01, news.tell, ["now"]).start()

    assert news.after(0, 30) == (1, "now")


def test_at_the_end_nobody_waits() -> None:
    news = News()
    threading.Timer(0.01, news.end).start()

    assert news.after(0, 30) is None
    assert news.is_over
