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
from qt2anki.messages import Problem, sort_problems
from qt2anki.source.discover import Source, SourceText, discover, read_source
from qt2anki.source.front_matter import FrontMatter, read_front_matter
from qt2anki.source.key_mapping import KeyNames, with_own_keys
from qt2anki.source.parse_page import read_keys

RULES: tuple[Rule, ...] = (*front.RULES, *markup.RULES, *content.RULES, *math.RULES)
MOST_OF_A_KIND = 25
"""So many problems one rule reports of one page: whoever mends these mends the rest."""

_CHEAPER = 5  # times quicker than making cards is the check of a page

Progress = Callable[[int, int], None]
"""Called with the number of pages done and the number of all pages."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found: all problems, sorted, and the number of files looked at."""

    problems: tuple[Problem, ...]
    files: int


@dataclass(frozen=True, slots=True)
class _Checked:
    problems: tuple[Problem, ...]
    seen: Seen | None


def check(
    paths: Sequence[str],
    settings: Settings,
    progress: Progress,
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
        rules = partial(check_text, names=settings.front_matter)
        # Read here: another process has no such standard input, another machine no such files.
        texts = ((source, read_source(source)) for source in discovery.sources)
        for done, checked in enumerate(spread(rules, texts), start=1):
            problems += checked.problems
            if checked.seen is not None:
                seen.append(checked.seen)
            progress(done, total)
    problems += whole_set_problems(seen, dict(settings.subject_aliases))
    return Findings(sort_problems(problems), total)


def check_source(source: Source, names: KeyNames = ()) -> _Checked:
    """Read one file and apply every rule about a single page; *names* are of its keys."""
    return check_text((source, read_source(source)), names)


def check_text(file: tuple[Source, SourceText], names: KeyNames = ()) -> _Checked:
    """Apply every rule about a single page to a file that is read already."""
    source, read = file
    if read.text is None:
        return _Checked(read.problems, None)
    front_matter, problems = read_front_matter(read.text, source.name)
    if front_matter is not None:
        front_matter = with_own_keys(front_matter, names)
    keys = read_keys(front_matter, problems, source.name)
    if front_matter is None:
        return _Checked((*read.problems, *keys.problems), None)
    reading = Reading(
        source=source.name,
        name=source.path.name if source.path else "",
        folder=str(source.path.parent) if source.path else "",
        text=read.text,
        front=front_matter,
        page=keys.page,
    )
    found = tuple(problems_of(reading))
    return _Checked((*read.problems, *keys.problems, *found), _seen(reading))


def problems_of(reading: Reading) -> Iterator[Problem]:
    """Yield what the rules about a single page find in it."""
    return chain.from_iterable(islice(rule(reading), MOST_OF_A_KIND) for rule in RULES)


def _seen(reading: Reading) -> Seen | None:
    if reading.page is None:
        return None
    return Seen(reading.page, _places(reading.front), is_askable=not reading.is_refusal)


def _places(front_matter: FrontMatter) -> dict[str, tuple[int, int]]:
    shared = {key: front_matter.entries[key] for key in ("id", "question", "subject")}
    return {key: (entry.line, entry.column) for key, entry in shared.items()}
