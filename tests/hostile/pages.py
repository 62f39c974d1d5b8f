"""Pages with one vector in every place a page has, as files and as packages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from qt2anki.anki.note_types import load_note_types
from qt2anki.build.job import Progress, Report
from qt2anki.build.pipeline import Job, build
from qt2anki.config import Settings

STAMP = 1_795_000_000
# Each page has its own number (%), because a deck asks nothing twice.
_ANSWER = """\
Turning a bowl @ takes an afternoon, and the lathe (LTH) is a machine that spins @ the wood.

## The Wood @

The bowl is made in these steps @:

1. **Sawing the Blank % @**: First, cut a round disc of ash @ that is twice as wide as it is high.
   - Mark the centre of blank % @ with an awl.
2. **Mounting %**: Then screw the disc to a face plate, so that it runs true and nothing @ rattles.
3. **Gouging %**: Next, a sharp blade takes thin shavings from the rim to the foot.
4. **@**: Finally, hollow the inside.

A mandrel is a tapered spindle that transmits torque from the headstock of lathe % to the wood.

### Woods and Their Use @

| wood @ | use |
|---|:-:|
| ash @ | @ |

> Old turners said @ that oak splits.

The weight is $@$ or \\(@\\), and

$$
@
$$

where $m$ is @. See `@` and [the @ list](https://wood.example/@) or [another](@).

```html @
@
```

In summary, a bowl needs @ patience.
"""


def write_page(folder: Path, page_id: int, vector: str, *, subject: str = "Crafts") -> Path:
    """Write a page that holds *vector* wherever a page holds text."""
    values: dict[str, object] = {
        "id": page_id,
        "question": f"How is bowl {page_id} turned @?".replace("@", vector),
        "answer": _ANSWER.replace("%", str(page_id)).replace("@", vector),
        "subject": subject,
        "url": f"/learn/{vector}",
        "seo": {
            "title": vector,
            "page_description": vector,
            "page_keywords": f"ash, {vector}, face plate",
        },
        **dict.fromkeys(("title", "article_title", "author", "file_name", "_schema"), vector),
        "related_article1": {"id": 2, "title": vector, "subject": vector, "url": vector},
        vector[:40]: vector,
    }
    lines = [f"{_quoted(key)}: {_quoted(value)}" for key, value in values.items()]
    path = folder / f"bowl-{page_id}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(("---", *lines, "---", "&nbsp;", "")), encoding="utf-8")
    return path


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def write_pages(folder: Path, vectors: Iterable[str]) -> None:
    """Write a page for each vector, ids from 1."""
    for page_id, vector in enumerate(vectors, start=1):
        write_page(folder, page_id, vector)


def write_subjects(folder: Path, vectors: Iterable[str]) -> None:
    """Write a harmless page for each vector, which is its subject."""
    for page_id, vector in enumerate(vectors, start=1001):
        write_page(folder, page_id, "ash", subject=vector)


def build_pages(pages: Path, out: Path) -> Report:
    """Build as the command does."""
    job = Job((str(pages),), out, Settings(card_threshold=0), load_note_types(), STAMP, processes=1)
    return build(job, Progress())
