"""Coverage-guided fuzzing of pages (https://github.com/google/atheris); see docs/reliability.md.

Needs atheris, in a separate environment:

    python -m fuzz.pages -max_total_time=1800 -timeout=10 -dict=fuzz/pages.dict SEEDS

The first byte of an input chooses: the rest is a whole file, or the answer, question, subject,
keywords and url of a page that is otherwise valid.
"""

from __future__ import annotations

import json
import sys
import time

import atheris

with atheris.instrument_imports(include=["qt2anki"]):
    from tests.hostile.promises import check_page

SECONDS = 2.0
_SEPARATOR = "\u241e"


def page_of(data: bytes) -> bytes:
    """Return the file that an input represents."""
    if not data or data[0] % 8 == 0:
        return data[1:]
    text = data[1:].decode("utf-8", "ignore")
    answer, question, subject, keywords, url = [*text.split(_SEPARATOR), "", "", "", "", ""][:5]
    values = {
        "id": 7,
        "question": question or "How is a wooden bowl turned?",
        "answer": answer,
        "subject": subject or "Crafts",
        "url": url or "/learn/bowl",
    }
    lines = [f"{key}: {json.dumps(value)}" for key, value in values.items()]
    seo = f"seo: {json.dumps({'page_keywords': keywords})}"
    return "\n".join(("---", *lines, seo, "---", "&nbsp;", "")).encode("utf-8", "replace")


def target(data: bytes) -> None:
    """Check the promises for one input, within bounded time."""
    started = time.process_time()
    check_page(page_of(data))
    seconds = time.process_time() - started
    if seconds > SECONDS:
        message = f"{seconds:.1f} s"
        raise TimeoutError(message)


def main() -> None:
    """Fuzz until stopped; an input that breaks a promise is written to a file."""
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
