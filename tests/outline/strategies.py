"""Answers for hypothesis: the shapes pages have, with wild text in them, and no shape at all."""

from __future__ import annotations

from hypothesis import strategies as st

from qt2anki.source.discover import NO_TEXT

_PIECES = (
    "Bread", "yeast", " and ", " is ", ".", ". ", ":", ": ", " - ", " – ", "?", ", ", "e.g. ",
    "**", "*", "_", "__", "`", "```", "$", "$$", "\\(", "\\)", "\\[", "\\]", "\\", "\\frac{a}{b}",
    "#", "# ", "1. ", "2. ", "2", ">", "> ", "|", "---", "- ", "* ", "(", ")", "Overall, ",
    "In summary, ", "Step 1: ", "ü", "漢", "\t", "  ", "\n", "\n\n", "\n   ", "<b>", "&amp;",
)  # fmt: skip

# No page that is read has a control character.
_any = st.text(max_size=30).map(lambda text: NO_TEXT.sub("", text))
wild = st.lists(st.sampled_from(_PIECES), max_size=16).map("".join) | _any
words = st.lists(
    st.sampled_from(("bread", "yeast", "heat", "Gluten", "$w$", "`x`", "(a)")),
    min_size=1,
    max_size=5,
).map(" ".join)

_titles = st.one_of(
    words.map("**{}**: ".format),
    words.map("**{}:** ".format),
    words.map("**{}** - ".format),
    words.map("**{}** (3): ".format),
    words.map("**{}**\n".format),
    st.just(""),
)
_text = words.map("{}. ".format) | wild
_margins = st.sampled_from(("", "  ", "   ", "    "))


def _item(marker: str, title: str, text: str, bullets: list[str], margin: str) -> str:
    return "\n".join((f"{marker} {title}{text}", *(f"{margin}- {point}" for point in bullets)))


_bullets = st.lists(words, max_size=3)
_items = st.builds(
    _item, st.sampled_from(("1.", "2.", "3.", "-", "*")), _titles, _text, _bullets, _margins
)
_blocks = st.one_of(
    wild,
    st.lists(_items, min_size=1, max_size=4).map("\n".join),
    st.lists(_items, min_size=1, max_size=4).map("\n\n".join),
    st.builds("{} {}".format, st.sampled_from(("#", "##", "### 1.", "### 2.")), words),
    words.map("**{}**".format),
    words.map("$$\n{}\n$$".format),
    words.map("```c\n{}\n```".format),
    st.builds("| {0} | {1} |\n|---|:-:|\n| {1} | {0} |".format, words, words),
    words.map("> {}".format),
    words.map("In conclusion, {}.".format),
)
answers = st.lists(_blocks, max_size=6).map("\n\n".join) | st.lists(_blocks, max_size=6).map(
    "\n".join
)
