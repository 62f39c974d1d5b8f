"""A page with a process of named stages, most of which are asked from several sides."""

from __future__ import annotations

from tests.site import Site, Steps

STAGES: Steps = (
    ("Prophase", "First, the chromatin coils up until every chromosome is seen as two chromatids."),
    ("Prometaphase", "Then the nuclear envelope breaks up, and fibers reach the kinetochores."),
    ("Metaphase", "Next, the pull of the spindle lines all chromosomes up along the equator."),
    ("Anaphase", "After that, separase cuts the rings, and sister chromatids travel to the poles."),
    ("Telophase", "Finally, a new membrane closes around each set, and nucleoli become visible."),
)
QA = "1/qa"
NEXT = "1/step/telophase/next"
EXPLAIN = "1/step/anaphase/explain"
OTHER = "1/step/prometaphase/explain"


def write_stages(
    site: Site,
    stages: Steps = STAGES,
    question: str = "What are the phases of mitosis, in order?",
) -> None:
    """Write the page with the id 1 in the subject Biology."""
    site.process(
        1,
        stages,
        subject="Biology",
        question=question,
        lead="The phases of mitosis are, in order:",
    )
