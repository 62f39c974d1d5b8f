"""Code notes: what a listing does, to be written from memory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qt2anki.html.code_and_math import code_html
from qt2anki.html.fragment import inline_html, plain_text
from qt2anki.model import Block, Code, Kind, Listing, Note, Outline, Quote
from qt2anki.notes.candidate import Candidate
from qt2anki.notes.frame import Frame
from qt2anki.notes.gates import echoes, front_fits, residual, says_something
from qt2anki.notes.identity import slug, unit_slugs
from qt2anki.notes.phrases import phrase
from qt2anki.notes.words import content_words, root, roots, word_count
from qt2anki.outline.sequence.score import Sequence as Steps

_MOST_LINES = 6
_EXAMPLE_MOST_LINES = 5  # a longer example is one program of many that would do
_TASK_LEAST_WORDS = 4
_TITLE_LEAST_WORDS = 3
_TASK_MOST_WORDS = 30
_TASK_LEAST_OWN = 2
_NAME_MOST_WORDS = 6
_NAMED = "listing"  # what a listing is called that has no title and no lead
_LEAD_LONGEST = 600  # characters

_NO_LANGUAGE = frozenset({"text", "txt", "plaintext", "plain", "output", "console", "log", "none"})
_SAYS_CODE = re.compile(r"\b(?:pseudo-?code|syntax|algorithm|code|command|query)\b", re.IGNORECASE)
_OUTPUT = re.compile(
    r"\b(?:outputs?|prints?|results? (?:is|in|would|will)|displays?|console"
    r"|looks? like this)\b[^.]*:?$",
    re.IGNORECASE,
)
_PERSONAL = re.compile(r"/home/|/Users/|C:\\\\Users|^\s*\w+@\w+[:~]", re.MULTILINE)
_EXAMPLE = re.compile(r"\b(?:examples?|for instance|demonstrat\w+|illustrat\w+)\b", re.IGNORECASE)
# What leads up to the task, and what leads from it to the listing.
_OPENING = re.compile(
    r"(?:(?:here|below|the following)(?:['’]s| is| are) (?:an?|the|some)? ?(?:simple|basic"
    r"|short)? ?)?"
    r"(?:(?:you|we|one|it) (?:can|could|may|might|must) (?:be (?:done|written) )?)?",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r",? (?:like this|as follows|as shown(?: below| in the following(?: \w+)?)?|using|by using"
    r"|with the following(?: \w+)?"
    r"|using the following(?: \w+){0,2}|is|looks like|might look like this)$",
    re.IGNORECASE,
)
_FOR_EXAMPLE = re.compile(r"(?:for example|for instance|e\.g\.),?\s+", re.IGNORECASE)
_COMMENT = re.compile(r"(?://|#|--).*$|/\*.*?\*/", re.MULTILINE | re.DOTALL)
_VALUE = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|\b\d+(?:\.\d+)?\b")
_MOST_UNTOLD = 1  # values that the task does not name
_CALLED = re.compile(r"([A-Za-z_]\w*)\(")
_SHORT = 2  # lines, of which a called name is the point
_STATES = re.compile(
    r"\b(?:is|are|was|can be|involves?|representation|example|allows?|used to)\b", re.IGNORECASE
)
_NO_TASK = re.compile(r"(?:\w+ )?(?:example|code|usage|implementation|syntax)s?\b", re.IGNORECASE)
_POINTS_BACK = re.compile(
    r"(?:this|it|these|that|they|such|when|if|after|once|here(?!['’]s| is)|then|now)\b",
    re.IGNORECASE,
)
_ANY = roots(
    "example following follow code snippet implementation simple basic below show shown shows"
    " look like here demonstrate demonstrating illustrate method function write program instance"
    " syntax representation provide example given"
)
LANGUAGE_NAMES = {
    "c": "C", "cpp": "C++", "c++": "C++", "csharp": "C#", "cs": "C#", "java": "Java",
    "javascript": "JavaScript", "js": "JavaScript", "typescript": "TypeScript", "ts": "TypeScript",
    "python": "Python", "py": "Python", "sql": "SQL", "html": "HTML", "css": "CSS", "r": "R",
    "bash": "the shell", "sh": "the shell", "shell": "the shell", "powershell": "PowerShell",
    "php": "PHP", "ruby": "Ruby", "go": "Go", "rust": "Rust", "swift": "Swift", "kotlin": "Kotlin",
    "haskell": "Haskell", "matlab": "MATLAB", "json": "JSON", "xml": "XML", "yaml": "YAML",
    "scala": "Scala", "perl": "Perl", "lua": "Lua", "prolog": "Prolog", "latex": "LaTeX",
    "vb": "Visual Basic", "vba": "VBA", "assembly": "assembly language",
    "": "pseudocode", "pseudocode": "pseudocode",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Listed:
    code: Code
    title: str  # of the item it is in, "" when there is none


def code_candidates(
    frame: Frame, outline: Outline, _sequences: tuple[Steps, ...] = ()
) -> Iterator[Candidate]:
    """Make a note of every short listing whose page says in words what it is to do."""
    listed = tuple(_listed(outline.blocks, ""))
    names = unit_slugs([_unit(one) for one in listed])
    tasks = [_task(one) for one in listed]
    count = Counter(slug(task) for task in tasks if task)
    for one, name, task in zip(listed, names, tasks, strict=True):
        if not task or count[slug(task)] > 1 or not is_recallable(one.code):
            continue
        note = _note(frame, one.code, task, name)
        if note is not None:
            yield Candidate(note, f"code/{name}")


def _listed(blocks: Sequence[Block], title: str) -> Iterator[_Listed]:
    for block in blocks:
        match block:
            case Code():
                yield _Listed(block, title)
            case Listing(items=items):
                for item in items:
                    yield from _listed(item.blocks, item.title or title)
            case Quote(blocks=inner):
                yield from _listed(inner, title)


def _unit(one: _Listed) -> tuple[str, str]:
    """Name a listing by the title or heading above it, by its lead where there is none."""
    own = [word for word in content_words(plain_text(one.code.lead)) if root(word) not in _ANY]
    lead = " ".join(own[:_NAME_MOST_WORDS]) or _NAMED
    return lead, one.title or one.code.section or lead


def is_recallable(code: Code) -> bool:
    """Whether a listing is short, not data of a person, and in a language that it names."""
    lines = [line for line in code.text.splitlines() if line.strip()]
    if not 0 < len(lines) <= _MOST_LINES or len(code.lead) > _LEAD_LONGEST:
        return False
    if _PERSONAL.search(code.text) or code.language in _NO_LANGUAGE or _OUTPUT.search(code.lead):
        return False
    about = f"{code.lead} {code.section}"
    if not code.language and not _SAYS_CODE.search(about):
        return False
    return len(lines) <= _EXAMPLE_MOST_LINES or not _EXAMPLE.search(code.lead or code.section)


def _task(one: _Listed) -> str:
    """Return what the listing is to do, in the page's words; "" where they do not say it."""
    lead = _CLOSING.sub("", _FOR_EXAMPLE.sub("", one.code.lead).rstrip(" :."))
    lead = lead[_opening_end(lead) :]
    for words in (lead, one.title, one.code.section):
        plain = plain_text(words)
        least = _TASK_LEAST_WORDS if words is lead else _TITLE_LEAST_WORDS
        if _POINTS_BACK.match(plain) or (words is not lead and _NO_TASK.match(plain)):
            continue
        if not least <= word_count(plain) <= _TASK_MOST_WORDS:
            continue
        if len(roots(plain) - _ANY) >= _TASK_LEAST_OWN:
            return words[:1].upper() + words[1:]
    return ""


def _opening_end(lead: str) -> int:
    opening = _OPENING.match(lead)
    return opening.end() if opening else 0


def _note(frame: Frame, code: Code, task: str, name: str) -> Note | None:
    language = LANGUAGE_NAMES.get(code.language, code.language)
    section = code.section if _adds(frame, code.section, task) else ""
    context = frame.context_text(section)
    front = f"{context} {plain_text(task)} {language}"
    known = f"{context} {language}"
    if not front_fits(front) or not says_something(code.text, known=roots(front)):
        return None
    plain = plain_text(task)
    if _mostly_shown(code.text, known=known, task=plain) or not _tells_enough(code.text, plain):
        return None
    return frame.qa(
        Kind.CODE,
        f"code/{name}",
        question=phrase("code", task=inline_html(task), language=inline_html(language)),
        answer=code_html(code.text, code.language),
        context=frame.context(section),
    )


def _mostly_shown(code: str, *, known: str, task: str) -> bool:
    """Whether the task spells most of the listing out.

    A task names what it works on ("sort an array"), and so does the code: what is asked for is
    how it is written.
    """
    own = residual(code, known=roots(known))
    return 2 * len(own & roots(task)) > len(own)


def _tells_enough(code: str, task: str) -> bool:
    """Whether the task names the values in the code, but not the call it asks for."""
    bare = _COMMENT.sub("", code)
    untold = {value for value in _VALUE.findall(bare) if value.strip("\"'") not in task}
    if len(untold) > _MOST_UNTOLD or _STATES.search(task):
        return False
    lines = [line for line in bare.splitlines() if line.strip()]
    calls = roots(" ".join(_CALLED.findall(bare))) if len(lines) <= _SHORT else frozenset()
    return not echoes(calls, roots(task))


def _adds(frame: Frame, section: str, task: str) -> bool:
    plain = plain_text(section)
    return bool(roots(plain) - _ANY - roots(frame.question) - roots(plain_text(task)))
