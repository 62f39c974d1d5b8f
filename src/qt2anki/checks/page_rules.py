"""Rules about what a page says and how: front matter, lists, endings, and Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from qt2anki.checks.page_view import PATTERNS, WORDS, Reading, Rule, quoted, quoted_end
from qt2anki.html.sanitize import INLINE_TAGS, LINK_SCHEMES
from qt2anki.messages import Problem, did_you_mean
from qt2anki.notes.gates import FRONT_MOST_WORDS
from qt2anki.notes.refusals import points_elsewhere
from qt2anki.notes.words import word_count
from qt2anki.source.entry import Entry
from qt2anki.source.page_keys import KNOWN_KEYS
from qt2anki.source.pictures import picture_faults

_SEO_KEYS = frozenset({"title", "page_description", "page_keywords"})
_NEEDED = frozenset({"id", "question", "answer", "subject", "url"})  # reading asks for these
_LARGEST_ID = 2**31 - 1
_ALIKE = 0.8
_MOST_KEYS = 100
_LONGEST_KEY = 40  # characters; the comparison takes quadratic time
_MOST_TITLE_WORDS = 20
_LAST_WORD = re.compile(r"(?:[\w,;]|(?P<colon>:))[*_ ]*\Z")
_LEAST_SENTENCE = 8
_TICKS = re.compile(r"`+")
_RULE_LINE = re.compile(r"^[ \t]*\*(?:[ \t]*\*){2,}[ \t]*$", re.MULTILINE)
_BOLD = re.compile(r"(?<!\*)\*{2,3}(?!\*)")
_ADDRESS = re.compile(r"<(?:https?|mailto):")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?=:)")
_CLOZE = re.compile(r"\{\{c[0-9]+(?:,[0-9]+)*::")
_ELEMENTS = WORDS.words("elements")


def misspelt_keys(reading: Reading) -> Iterator[Problem]:
    """Find keys that closely resemble a known key that the page lacks."""
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
            hint = f"{near} Its value is currently ignored."
            yield reading.at("QT125", entries[key], f"the key {quoted(key)} is not known", hint)


def unusual_id(reading: Reading) -> Iterator[Problem]:
    """Find ids that are valid, but probably not intended."""
    page_id = reading.page.page_id if reading.page else None
    if not isinstance(page_id, int) or 0 < page_id <= _LARGEST_ID:
        return
    entry = reading.front.entries["id"]
    what = "not above zero" if page_id <= 0 else f"above {_LARGEST_ID}"
    hint = "Cards are identified by it, so it must not change once decks are published."
    yield reading.at("QT126", entry, f"the id {page_id} is {what}", hint)


def file_name_agrees(reading: Reading) -> Iterator[Problem]:
    """Compare the file's name with what the front matter says it is."""
    entry = reading.front.entries.get("file_name")
    if not reading.name or entry is None or entry.kind != "text" or entry.text == reading.name:
        return
    text = f"file_name is {quoted(entry.text)}, but the file is called {quoted(reading.name)}"
    yield reading.at("QT127", entry, text, f"Write file_name: {reading.name}, or rename the file.")


def url_agrees(reading: Reading) -> Iterator[Problem]:
    """Compare the end of the url with the file's name, if both have the form of the site."""
    entry = reading.front.entries.get("url")
    if not reading.name or entry is None or "/questions/" not in entry.text:
        return
    last = entry.text.rstrip("/").rpartition("/")[2].removesuffix(".md")
    stem = reading.name[: -len(".md")] if reading.name.lower().endswith(".md") else reading.name
    if last != stem:
        text = f"the url ends in {quoted(last)}, but the file is called {quoted(reading.name)}"
        yield reading.at(
            "QT128", entry, text, "The cards link to the url: check which one is right."
        )


def question_fits(reading: Reading) -> Iterator[Problem]:
    """Find questions too long to be read on a card."""
    entry = reading.front.entries.get("question")
    if entry is None or len(entry.text) <= FRONT_MOST_WORDS:
        return
    words = word_count(entry.text)
    if words > FRONT_MOST_WORDS:
        text = f"the question has {words} words; a card can have at most {FRONT_MOST_WORDS}"
        yield reading.at("QT221", entry, text, "Ask in one sentence; the rest belongs elsewhere.")


def no_answer(reading: Reading) -> Iterator[Problem]:
    """Find answers that are refusals, and questions about something that is not on the page."""
    if reading.page is None:
        return
    if reading.is_refusal:
        text = "the answer says that it cannot answer, so no card is made"
        hint = "Write an answer, or leave the page out."
        yield reading.at("QT301", reading.front.entries["answer"], text, hint)
    if points_elsewhere(reading.page.question):
        text = f"the question is about something not on the page: {quoted(reading.page.question)}"
        hint = "Reword it so that it can be understood on its own."
        yield reading.at("QT302", reading.front.entries["question"], text, hint)


def list_numbers_in_order(reading: Reading) -> Iterator[Problem]:
    """Find numbered lists that skip or repeat a number."""
    # By depth (indentation, or minus the level of a heading): the number, and 1 or -1 if the list
    # is known to count up or down.
    last: dict[int, tuple[int | None, int]] = {}
    for line in PATTERNS["numbered"].finditer(reading.plain):
        if line["other"]:
            if line["other"][0] == "#":
                last = {d: n for d, n in last.items() if d < 0 and -d < len(line["other"])}
            continue
        depth = -len(line["heading"]) if line["heading"] else len(line["indent"].expandtabs(4))
        number = int(line["number"])
        before, direction = last.get(depth, (None, 0))
        last = {d: n for d, n in last.items() if (d < depth if depth >= 0 else 0 > d > depth)}
        step = 0 if before is None else number - before
        is_first = before is None or (number == 1 and direction >= 0)
        last[depth] = number, 0 if is_first else step
        if is_first or step == 1 or (step == -1 and direction <= 0):
            continue
        text = f"number {number} follows {before} in a list"
        hint = f"Write {(before or 0) + 1}, or 1 if a new list begins."
        yield reading.in_answer("QT217", line.start("number"), text, hint)


def announced_steps(reading: Reading) -> Iterator[Problem]:
    """Find announcements of steps or stages that no list follows."""
    for lead in PATTERNS["announced"].finditer(reading.prose):
        if not PATTERNS["listed"].match(lead["next"]):
            line = reading.prose.rfind("\n", 0, lead.start()) + 1
            shown = quoted_end(reading.prose[line : lead.start()] + lead[0].partition(":")[0] + ":")
            hint = "Write one line for each: 1. **Title**: what happens."
            yield reading.in_answer("QT218", lead.start(), f"no list follows {shown}", hint)


def proper_end(reading: Reading) -> Iterator[Problem]:
    """Find answers that stop in the middle of a sentence."""
    end = _LAST_WORD.search(reading.plain[-20:])
    if end is None or reading.is_refusal:
        return
    last = reading.plain.rpartition("\n")[2]
    is_sentence = word_count(last) >= _LEAST_SENTENCE and "|" not in last and last[:1] != "#"
    if end["colon"] or is_sentence:
        position = max(0, len(reading.answer.rstrip("*_ ")) - 1)
        text = f"the answer stops at {quoted_end(last)}"
        yield reading.in_answer("QT220", position, text, "Complete it, or end it with a full stop.")


def title_lengths(reading: Reading) -> Iterator[Problem]:
    """Find titles of points that are sentences, too long to ask for."""
    for point in PATTERNS["title"].finditer(reading.plain):
        words = len(point["title"].split())
        if words > _MOST_TITLE_WORDS:
            text = f"the title {quoted(point['title'])} has {words} words"
            hint = "Make only its first words bold, and leave the rest as plain text."
            yield reading.in_answer("QT222", point.start("title"), text, hint)


def unclosed_fence(reading: Reading) -> Iterator[Problem]:
    """Find the code block that runs to the end of the answer because nothing closes it."""
    for span in reading.spans[-1:]:
        if span.kind == "fence" and span.inner_end == span.end:
            fence = reading.answer[span.start : span.start + 3]
            hint = f"Write {fence} alone on a line where the code ends."
            yield reading.in_answer("QT210", span.start, "this code block has no end", hint)


def unbalanced_code(reading: Reading) -> Iterator[Problem]:
    """Find backticks without a partner."""
    if "`" not in reading.plain:
        return
    for ticks in _TICKS.finditer(reading.plain):
        after = reading.answer[ticks.start() : ticks.start() + 30].partition("\n")[0]
        hint = "Put a backtick on each side of the code, or a backslash before this one."
        text = f"the backtick in {quoted(after)} is unmatched"
        yield reading.in_answer("QT211", ticks.start(), text, hint)


def unbalanced_emphasis(reading: Reading) -> Iterator[Problem]:
    """Find a ``**`` that opens bold text and is not closed in the same paragraph or item."""
    if "**" not in reading.plain:
        return
    text = _RULE_LINE.sub(lambda rule: " " * len(rule[0]), reading.plain)
    for start, end in reading.blocks:
        # Delimiters next to a word: 2 ** 3 is arithmetic.
        marks = [
            m for m in _BOLD.finditer(text, start, end) if any(map(str.strip, _around(text, m)))
        ]
        if len(marks) % 2:
            at = _lonely(text, marks).start()
            shown = quoted(reading.answer[at : min(end, at + 60)])
            hint = "Put ** directly before and after the bold text, with no space between."
            yield reading.in_answer("QT212", at, f"the ** in {shown} is unmatched", hint)


def _around(text: str, mark: re.Match[str]) -> tuple[str, str]:
    return text[mark.start() - 1 : mark.start()], text[mark.end() : mark.end() + 1]


def _lonely(text: str, marks: list[re.Match[str]]) -> re.Match[str]:
    """Return the delimiter that breaks the alternation of opening and closing, or else the last."""
    is_open = False
    for index, mark in enumerate(marks):
        can_close, can_open = (bool(sign.strip()) for sign in _around(text, mark))
        if is_open and not can_close:
            return marks[index - 1]
        if not is_open and not can_open:
            return mark
        is_open = not is_open
    return marks[-1]


def tags(reading: Reading) -> Iterator[Problem]:
    """Find text that looks like a tag: code without backticks, HTML that is not shown as HTML."""
    if "<" not in reading.plain:
        return
    found = [
        tag
        for tag in PATTERNS["tag"].finditer(reading.plain)
        if not _ADDRESS.match(tag[0]) and not reading.plain.endswith("](", 0, tag.start())
    ]
    lonely = _without_partner(found)
    for tag in found:
        name = tag["name"].lower()
        shown = quoted(tag[0])
        if name in INLINE_TAGS and name not in ("a", "span") and not tag["rest"].strip(" /"):
            if name == "br" or tag.start() not in lonely:
                continue
            text = f"{shown} is unmatched and is shown as text"
            yield reading.in_answer("QT214", tag.start(), text, "Write both tags, or neither.")
        elif name in _ELEMENTS or name in INLINE_TAGS:
            hint = "Write Markdown; if it is meant as code, put backticks around it."
            text = f"the tag {shown} is shown as text"
            yield reading.in_answer("QT214", tag.start(), text, hint)
        elif not tag["close"]:
            hint = f"Put backticks around it: `{' '.join(tag[0].split())[:40]}`"
            yield reading.in_answer("QT213", tag.start(), f"{shown} looks like a tag", hint)


def _without_partner(found: list[re.Match[str]]) -> set[int]:
    opened: dict[str, list[int]] = {}
    lonely: set[int] = set()
    for tag in found:
        waiting = opened.setdefault(tag["name"].lower(), [])
        if not tag["close"]:
            waiting.append(tag.start())
        elif waiting:
            waiting.pop()
        else:
            lonely.add(tag.start())
    return lonely.union(*opened.values())


def links(reading: Reading) -> Iterator[Problem]:
    """Find links that lead nowhere from a card, and pictures that no card can show."""
    if "](" not in reading.plain:
        return
    fault_of = picture_faults(reading.source)
    for link in PATTERNS["link"].finditer(reading.plain):
        target = reading.answer[link.start("target") : link.end("target")].strip("<>")
        if link["image"]:
            if fault := fault_of(target):
                shown = "its text is shown" if link["label"].strip() else "nothing is shown"
                text = f"the picture {quoted(target)} is left out, and {shown} instead: {fault[0]}"
                yield reading.in_answer("QT216", link.start(), text, fault[1])
            continue
        scheme = _SCHEME.match(target)
        if scheme is None or scheme[0].lower() not in LINK_SCHEMES:
            why = (
                "has no http:// or https://"
                if scheme is None
                else "uses a scheme that is not allowed"
            )
            text = f"the link {quoted(target)} {why}; only its text is shown"
            hint = "Write the whole address, or a space between ] and ( if it is not a link."
            yield reading.in_answer("QT215", link.start(), text, hint)


def cloze_syntax(reading: Reading) -> Iterator[Problem]:
    """Find text that looks like a cloze deletion of Anki, which is only text in a page."""
    for cloze in _CLOZE.finditer(reading.answer):
        shown = quoted(reading.answer[cloze.start() : cloze.start() + 30].partition("\n")[0])
        hint = "The build makes gaps itself; write the text without the braces."
        yield reading.in_answer("QT219", cloze.start(), f"{shown} is shown as written", hint)


RULES: tuple[Rule, ...] = (
    misspelt_keys,
    unusual_id,
    file_name_agrees,
    url_agrees,
    question_fits,
    no_answer,
    list_numbers_in_order,
    announced_steps,
    proper_end,
    title_lengths,
    unclosed_fence,
    unbalanced_code,
    unbalanced_emphasis,
    tags,
    links,
    cloze_syntax,
)
