"""Rules about the front matter that reading does not need, but a writer wants to know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from qt2anki.checks.page_view import Reading, Rule, quoted
from qt2anki.messages import Problem, did_you_mean
from qt2anki.notes.gates import FRONT_MOST_WORDS
from qt2anki.notes.words import word_count
from qt2anki.source.entry import Entry
from qt2anki.source.page_keys import KNOWN_KEYS

_SEO_KEYS = frozenset({"title", "page_description", "page_keywords"})
_NEEDED = frozenset({"id", "question", "answer", "subject", "url"})  # reading asks for these
_LARGEST_ID = 2**31 - 1
_ALIKE = 0.8
_MOST_KEYS = 100
_LONGEST_KEY = 40  # the comparison takes the square of it


def misspelt_keys(reading: Reading) -> Iterator[Problem]:
    """Find keys that are nearly one the page could have and has not."""
    top = reading.front.entries
    yield from _misspelt(reading, top, KNOWN_KEYS - _NEEDED)
    if "seo" in top:
        yield from _misspelt(reading, top["seo"].entries, _SEO_KEYS)


def _misspelt(
    reading: Reading, entries: Mapping[str, Entry], known: frozenset[str]
) -> Iterator[Problem]:
    absent = sorted(known - entries.keys())
    unknown = [key for key in entries if key not in KNOWN_KEYS and key not in known]
    for key in unknown[:_MOST_KEYS]:
        if near := did_you_mean(key[:_LONGEST_KEY], absent, cutoff=_ALIKE):
            hint = f"{near} Its value is ignored now."
            yield reading.at("QT125", entries[key], f"the key {quoted(key)} is not known", hint)


def unusual_id(reading: Reading) -> Iterator[Problem]:
    """Find ids that are read, but are hardly meant."""
    page_id = reading.page.page_id if reading.page else None
    if not isinstance(page_id, int) or 0 < page_id <= _LARGEST_ID:
        return
    entry = reading.front.entries["id"]
    what = "not above zero" if page_id <= 0 else f"above {_LARGEST_ID}"
    hint = "Cards are named by it, so once decks are published it must stay as it is."
    yield reading.at("QT126", entry, f"the id {page_id} is {what}", hint)


def file_name_agrees(reading: Reading) -> Iterator[Problem]:
    """Compare the file's name with what the front matter says it is."""
    entry = reading.front.entries.get("file_name")
    if not reading.name or entry is None or entry.kind != "text" or entry.text == reading.name:
        return
    text = f"file_name is {quoted(entry.text)}, but the file is called {quoted(reading.name)}"
    yield reading.at("QT127", entry, text, f"Write file_name: {reading.name}, or rename the file.")


def url_agrees(reading: Reading) -> Iterator[Problem]:
    """Compare the end of the url with the file's name, as far as both are of the site's kind."""
    entry = reading.front.entries.get("url")
    if not reading.name or entry is None or "/questions/" not in entry.text:
        return
    last = entry.text.rstrip("/").rpartition("/")[2].removesuffix(".md")
    stem = reading.name[: -len(".md")] if reading.name.lower().endswith(".md") else reading.name
    if last != stem:
        text = f"the url ends in {quoted(last)}, but the file is called {quoted(reading.name)}"
        yield reading.at("QT128", entry, text, "The cards link to the url: see which is right.")


def question_fits(reading: Reading) -> Iterator[Problem]:
    """Find questions too long to be read on a card."""
    entry = reading.front.entries.get("question")
    if entry is None or len(entry.text) <= FRONT_MOST_WORDS:
        return
    words = word_count(entry.text)
    if words > FRONT_MOST_WORDS:
        text = f"the question has {words} words; a card holds {FRONT_MOST_WORDS}"
        yield reading.at("QT221", entry, text, "Ask in one sentence; the rest belongs elsewhere.")


RULES: tuple[Rule, ...] = (
    misspelt_keys,
    unusual_id,
    file_name_agrees,
    url_agrees,
    question_fits,
)
