"""Problems in the content as values, and the one table of their codes.

A user with forty bad pages wants forty lines, so a fault in a page never raises: the stage that
finds it makes a :class:`Problem` and goes on. The first digit of a code names the stage:
1 reading, 2 content, 3 cards, 4 packages. A code keeps its meaning for ever and is never reused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where it is, what is wrong, and what to do about it."""

    code: str
    severity: Severity
    source: str  # the file as the user named it
    line: int | None  # from 1
    column: int | None  # from 1, in characters
    text: str  # one sentence without a full stop
    hint: str  # what to write or do instead; "" when there is nothing to do


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means, whatever the page."""

    severity: Severity
    title: str
    explanation: str


# error: the page (or what is named) is left out. warning: read, but something in it is lost.
# note: nothing is lost; worth knowing.
CODES: dict[str, Code] = {
    "QT101": Code(
        "error",
        "no such file or folder",
        "A path on the command line names nothing. Check its spelling and the folder you are in; "
        "a path is taken from the working folder, not from the settings file.",
    ),
    "QT102": Code(
        "error",
        "a folder without pages",
        "A folder on the command line holds no file whose name ends in .md. Hidden files and "
        "folders (whose names start with a dot) and README.md are not pages and are passed over.",
    ),
    "QT103": Code(
        "error",
        "a file that cannot be read",
        "The file exists, but the system refuses to open it, it is no ordinary file, or it is far "
        "larger than any page. Real pages have a few thousand characters.",
    ),
    "QT104": Code(
        "note",
        "a link that leads out of its folder",
        "Inside a folder, a symbolic link that leads out of it is not followed, so that a build "
        "never reads more than what it was pointed at. Name the link's target on the command "
        "line to read it as well.",
    ),
    "QT105": Code(
        "error",
        "text that is not UTF-8",
        "Pages are read as UTF-8 and as nothing else: guessing would put wrong letters on cards "
        "without anybody noticing. Save the file again with the encoding UTF-8.",
    ),
    "QT106": Code(
        "warning",
        "a byte order mark at the start",
        "The file starts with the invisible character U+FEFF, as some editors on Windows write "
        "it. It is taken off before reading. Other tools do not see the front matter behind it, "
        "so it is better to save the file as UTF-8 without a byte order mark.",
    ),
    "QT107": Code(
        "error",
        "a control character",
        "The file holds a character that is no text, such as NUL or ESC. It usually comes from a "
        "damaged download or from copying out of a PDF. YAML and Anki both refuse it.",
    ),
    "QT110": Code(
        "error",
        "no front matter",
        "A page starts with its front matter: a line '---', lines 'key: value', a line '---'. "
        "Everything a card is made from stands there. A file without it is no page; if it is not "
        "meant to be one, move it or call it README.md.",
    ),
    "QT111": Code(
        "error",
        "front matter without an end",
        "The front matter starts with a line '---', but no second such line follows. It must "
        "start at the left edge and hold nothing but the dashes.",
    ),
    "QT112": Code(
        "error",
        "front matter without keys",
        "The front matter must be lines of the form 'key: value'. A list, a single text, or "
        "nothing at all stands there.",
    ),
    "QT113": Code(
        "error",
        "front matter that is not YAML",
        "The YAML reader stopped at the place given. Most often a text that holds ': ' or ' #', or "
        "that starts with a quote, a bracket or one of @ ` % & * !, stands without quotes. Write "
        "it as 'key: >-' and put the text on the next line, indented: then every character is "
        "taken as it stands.",
    ),
    "QT114": Code(
        "error",
        "a key that stands twice",
        "YAML would take the last of the two without a word, and the other text would vanish. "
        "Remove one of them.",
    ),
    "QT115": Code(
        "error",
        "YAML that pages do not use",
        "Merge keys (<<), references to whole lists or mappings, tags such as !!binary, keys that "
        "are lists, and very deep nesting are refused: they can make a small file endlessly "
        "large. References to a single text (&name and *name) are read.",
    ),
    "QT116": Code(
        "warning",
        "text below the front matter",
        "A page's question and answer stand in its front matter; what follows the closing '---' "
        "is not read (a lone '&nbsp;' is what the site writes there). A file holds one page: a "
        "second one belongs in a file of its own.",
    ),
    "QT120": Code(
        "error",
        "a key is missing",
        "Every page needs id, question, answer and subject: the id makes its notes the same notes "
        "in every build, the subject names the deck, and the cards are made from the other two.",
    ),
    "QT121": Code(
        "error",
        "a value of the wrong kind",
        "The key is there, but its value is not of the kind it must be: id is a whole number, "
        "question, answer and subject are text. YAML reads no, yes, on and off as true or false, "
        "12:30 and 0x1F and 0123 as other numbers, and an unquoted 2024-01-01 as a date; put "
        "quotes around what is meant as text.",
    ),
    "QT122": Code(
        "error",
        "an empty value",
        "The key is there, but nothing is written after it. Under 'key: >-' the text must stand "
        "on the following lines and be indented.",
    ),
    "QT123": Code(
        "warning",
        "no address",
        "The page has no url, so its cards cannot link back to it. A url starts with '/', and is "
        "then taken from the base_url of the settings, or with http:// or https://.",
    ),
    "QT124": Code(
        "warning",
        "a value that is left out",
        "A key a page can do without holds something that cannot be read, so the page is read as "
        "if the key were not there: date is a day such as 2025-02-06, score a number, and "
        "page_keywords under seo one text with commas.",
    ),
    "QT201": Code(
        "error",
        "an id on two different pages",
        "Notes are named by the page's id, so two pages with one id would share one review "
        "history. Pages that are listed under several subjects must have the same question and "
        "the same answer everywhere. Neither page makes cards until this is mended.",
    ),
    "QT202": Code(
        "warning",
        "a page that stands twice",
        "Two files hold the same id, question and answer in the same subject. Its notes are made "
        "once; remove one of the files.",
    ),
    "QT203": Code(
        "note",
        "a question that another page asks too",
        "Two pages of one subject ask the same question. A learner could answer either way, so "
        "only the page with the higher score makes cards there; without scores, the one with the "
        "lower id.",
    ),
    "QT301": Code(
        "note",
        "an answer that is none",
        "The answer says that it cannot answer the question, so there is nothing to learn.",
    ),
    "QT302": Code(
        "note",
        "a question about something that is not on the page",
        "The question speaks of a course, a lecture, a study or a text that a learner of the deck "
        "does not have at hand. Reword the question so that it stands on its own.",
    ),
    "QT303": Code(
        "note",
        "no answer short enough",
        "No list, heading or sentence of the answer is short enough to be recalled and says "
        "something the question does not. Open the answer with one sentence that answers it.",
    ),
}


def make_problem(
    code: str,
    source: str,
    text: str,
    *,
    hint: str = "",
    line: int | None = None,
    column: int | None = None,
) -> Problem:
    """Make a problem with the severity its *code* has in the table."""
    return Problem(code, CODES[code].severity, source, line, column, text, hint)


def sort_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Order problems by file, line and code, so that equal input gives equal output."""
    return tuple(sorted(problems, key=_place))


def _place(problem: Problem) -> tuple[str, int, str, int, str]:
    where = problem.line or 0, problem.code, problem.column or 0
    return (problem.source, *where, problem.text)


def format_problem(problem: Problem) -> str:
    """Write a problem as ``file:line:col: severity QT101: text``, its hint on a second line."""
    place = ":".join(str(part) for part in (problem.source, problem.line, problem.column) if part)
    first = f"{place}: {problem.severity} {problem.code}: {problem.text}"
    return visible(first) + (f"\n  hint: {visible(problem.hint)}" if problem.hint else "")


def visible(text: str) -> str:
    r"""Spell control characters out (``\x1b``): a page or file name must not steer a terminal."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
