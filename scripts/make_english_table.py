"""Write the table of words of general English from SCOWL's lists (levels 10 to 40).

    python scripts/make_english_table.py FOLDER

FOLDER has the lists as SCOWL ships them (``english-words.10``; on Debian and Ubuntu the package
``scowl`` puts them in /usr/share/dict/scowl). Their license is in generate/data/README.md.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Sequence
from pathlib import Path

from qt2anki.notes.words import root, words

TABLE = Path(__file__).parents[1] / "src" / "qt2anki" / "generate" / "data" / "english.txt.gz"
_EVERYDAY = (10, 20)  # levels of SCOWL: the lower, the more common
_GENERAL = (35, 40)


def main(arguments: Sequence[str]) -> int:
    """Write the table from the folder named in *arguments*; return the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("which folder holds the lists of SCOWL?\n")
        return 2
    everyday = _roots(Path(arguments[0]), _EVERYDAY)
    general = _roots(Path(arguments[0]), _GENERAL) - everyday
    table = "".join(f"{' '.join(sorted(line))}\n" for line in (everyday, general))
    TABLE.write_bytes(gzip.compress(table.encode("utf-8"), mtime=0))
    sys.stdout.write(f"{TABLE}: {len(everyday)} everyday roots, {len(general)} others\n")
    return 0


def _roots(folder: Path, levels: Sequence[int]) -> set[str]:
    lists = [
        folder / f"{name}-words.{level}" for name in ("english", "american") for level in levels
    ]
    text = "\n".join(path.read_text(encoding="iso-8859-1") for path in lists)
    return {root(word) for word in words(text) if word.isalpha() and len(word) > 1}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
