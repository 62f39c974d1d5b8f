from __future__ import annotations

import pytest

from qt2anki.errors import PackageError, Qt2AnkiError


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(Qt2AnkiError("it is broken"), "it is broken", id="text"),
        pytest.param(Qt2AnkiError("broken", line=3), "broken", id="line-of-nothing"),
        pytest.param(PackageError("broken", source="a.apkg"), "a.apkg: broken", id="source"),
        pytest.param(
            Qt2AnkiError("broken", hint="Mend it.", source="a.toml", line=3),
            "a.toml:3: broken\n  hint: Mend it.",
            id="all",
        ),
    ],
)
def test_an_error_reads_as_one_message(error: Qt2AnkiError, expected: str) -> None:
    assert str(error) == expected
