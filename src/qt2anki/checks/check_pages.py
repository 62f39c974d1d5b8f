"""Check files: every rule over every page, then the rules about all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice

from qt2anki.build.parallel import WORTH_PROCESSES, OpenPool, parallel_map
from qt2anki.checks import answers as content
from qt2anki.checks import formulas as math
from qt2anki.checks import markup
from qt2anki.checks import metadata as front
from qt2anki.checks.across_pages import Seen, whole_set_problems
from qt2anki.checks.page_view import Reading, Rule
from qt2anki.config import Settings
from qt2anki.config.settings import PageFormat
from qt2anki.messages import Problem, sort_problems
from qt2anki.source.discover import Source, SourceText, discover, read_source
from qt2anki.source.entry import FrontMatter
from qt2anki.source.read_file import pages_in

RULES: tuple[Rule, ...] = (*front.RULES, *markup.RULES, *content.RULES, *math.RULES)
MOST_OF_A_KIND = 25
"""Problems reported per rule and page; more would only repeat them."""

_AS_THE_SITE = PageFormat()
_CHEAPER = 5  # times quicker than making cards is the check of a page

OnPage = Callable[[int, int], None]
"""Called with the number of pages done and the number of all pages."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found: all problems, sorted, and the number of files looked at."""

    problems: tuple[Problem, ...]
    files: int


@dataclass(frozen=True, slots=True)
class _Checked:
    problems: tuple[Problem, ...]
    seen: tuple[Seen, ...]


def check(
    paths: Sequence[str],
    settings: Settings,
    progress: OnPage,
    *,
    processes: int | None = None,
    open_pool: OpenPool | None = None,
) -> Findings:
    """Check all pages under *paths* without writing anything."""
    discovery = discover(paths)
    problems = list(discovery.problems)
    seen: list[Seen] = []
    total = len(discovery.sources)
    progress(0, total)
    with parallel_map(processes, open_pool=open_pool, worth=WORTH_PROCESSES * _CHEAPER) as spread:
        rules = partial(check_text, page_format=settings.page_format)
        # Read here: another process has no such standard input, another machine no such files.
        texts = ((source, read_source(source)) for source in discovery.sources)
        for done, checked in enumerate(spread(rules, texts), start=1):
            problems += checked.problems
            seen += checked.seen
            progress(done, total)
    problems += whole_set_problems(seen, dict(settings.subject_aliases))
    return Findings(sort_problems(problems), total)


def check_source(source: Source, page_format: PageFormat = _AS_THE_SITE) -> _Checked:
    """Read one file and apply every rule about a single page."""
    return check_text((source, read_source(source)), page_format)


def check_text(file: tuple[Source, SourceText], page_format: PageFormat = _AS_THE_SITE) -> _Checked:
    """Apply every rule about a single page to a file that is read already."""
    source, read = file
    problems: list[Problem] = []
    seen: list[Seen] = []
    for one in pages_in(read, source, page_format):
        problems += one.problems
        if one.front is None or read.text is None:
            continue
        reading = Reading(
            source=source.name,
            name=source.path.name if source.path else "",
            folder=str(source.path.parent) if source.path else "",
            text=read.text,
            front=one.front,
            page=one.page,
            root=str(source.root) if source.root else "",
        )
        problems += problems_of(reading)
        if one.page is not None:
            places = _places(one.front)
            seen.append(Seen(one.page, places, is_askable=not reading.is_refusal))
    return _Checked(tuple(problems), tuple(seen))


def problems_of(reading: Reading) -> Iterator[Problem]:
    """Yield what the rules about a single page find in it."""
    return chain.from_iterable(islice(rule(reading), MOST_OF_A_KIND) for rule in RULES)


def _places(front_matter: FrontMatter) -> dict[str, tuple[int, int]]:
    shared = {key: front_matter.entries[key] for key in ("id", "question", "subject")}
    return {key: (entry.line, entry.column) for key, entry in shared.items()}
