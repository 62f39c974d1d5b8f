"""Preload this module in the fork server, so that no process starts cold.

The first page takes many times as long as any other, because word tables are read, regular
expressions compiled, and parsers and lexers built. Processing one page here does this for every
process.
"""

from __future__ import annotations

from qt2anki.config import Settings
from qt2anki.model import Page
from qt2anki.notes.make_notes import make_notes

_ANSWER = """\
Water is warmed in a closed *kettle*, an electric water boiler (EWB), in these steps:

1. **Switch On**: The current heats a coil, so the water next to it expands and rises.
2. **Circulate**: Cooler water then sinks to the coil, which drives a slow convection current.
3. **Switch Off**: Finally, steam at about 100 degrees bends a strip of metal, and the EWB stops.

The heat needed is $$Q = m c \\Delta T$$ where $m$ is the mass and $c$ the specific heat.

| Part | Task |
|---|---|
| Coil | turns current into heat |
| Strip | stops the EWB |

```python
heat = mass * 4.2 * (100 - start)
```

In summary, a coil warms the water from below and a strip of metal ends it.
"""

make_notes(
    Page(
        source="",
        page_id=1,
        question="How does a kettle boil water?",
        answer=_ANSWER,
        subjects=("Physics",),
        url="",
        date=None,
        keywords=("convection current", "specific heat", "coil"),
        score=None,
    ),
    Settings(),
)
