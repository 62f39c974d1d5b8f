"""Text as nasty as pages can be, for hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

_PIECES = (
    "**", "*", "_", "__", "~~", "`", "``", "```", "$", "$$", "\\(", "\\)", "\\[", "\\]", "\\\\",
    "\\", "<", ">", "<b>", "</b>", "<i>", "</i>", "<sub>", "</sub>", "<br>", "<T>", "<script>",
    "<!--", "-->", "<a href=x>", "<https://example.org>", "[", "](", ")", "!", "![", "/rel",
    "javascript:", "https://example.org", "mailto:a@b.c", "&", "&lt;", "&amp;", "&#123;", "&copy;",
    "&x;", "{", "}", "{{", "}}", "{{c1::", ":", "::", "\\text{", "\\frac{a}", "%", "#", "^", "=",
    "5", "$5,000", "a", "word", " and ", " ", "\n", "\n\n", '"', "'", "ü", "漢", "\x1f", "\x02",
    "\U00100000", "0",
)  # fmt: skip

nasty_text = st.lists(st.sampled_from(_PIECES), max_size=14).map("".join)
any_text = nasty_text | st.text(max_size=40)
