"""``qt2anki explain``: explain message codes."""

from __future__ import annotations

import re
import textwrap

import click

from qt2anki.messages import CODES, STAGES, did_you_mean


@click.command("explain")
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--all", "want_all", is_flag=True, help="Explain every code.")
@click.option("--markdown", is_flag=True, help="Print Markdown sections.")
def explain_command(codes: tuple[str, ...], want_all: bool, markdown: bool) -> None:
    """Explain each message CODE and how to fix its cause.

    A prefix such as QT2 explains all codes that start with it.

    \b
    Examples:
      qt2anki explain QT113
      qt2anki explain QT2
    """
    if bool(codes) == want_all:
        raise click.UsageError("Name the codes to explain, such as QT113, or give --all.")
    if want_all and markdown:
        click.echo(messages_page())
        return
    as_text = code_as_markdown if markdown else code_as_text
    click.echo("\n\n".join(map(as_text, CODES if want_all else _named(codes))))


def _named(names: tuple[str, ...]) -> tuple[str, ...]:
    chosen: dict[str, None] = {}
    for name in names:
        matching = [code for code in CODES if name and code.startswith(name.upper())]
        if not matching:
            hint = did_you_mean(name, CODES, "--all lists them.")
            raise click.UsageError(f"There is no code {name!r}. {hint}")
        chosen |= dict.fromkeys(matching)
    return tuple(chosen)


def code_as_text(code: str) -> str:
    """Return the explanation of *code* for a terminal."""
    meaning = CODES[code]
    text = textwrap.fill(meaning.explanation, _TEXT_WIDTH, break_long_words=False)
    return f"{code} ({meaning.severity}): {meaning.title}\n\n{text}"


def code_as_markdown(code: str) -> str:
    """Return a section about *code*."""
    meaning = CODES[code]
    text = f"*{meaning.severity.capitalize()}.* {_as_markdown(meaning.explanation)}"
    return f"### {code}: {_as_markdown(meaning.title)}\n\n{_filled(text)}"


def messages_page() -> str:
    """Return the page that explains every code: docs/messages.md."""
    parts = ["# Messages", _INTRODUCTION.strip()]
    for digit, title in STAGES.items():
        parts.append(f"## {title}")
        parts += [code_as_markdown(code) for code in CODES if code[2] == digit]
    return "\n\n".join(parts)


_INTRODUCTION = """\
All messages of `qt2anki check` and `qt2anki build`. `qt2anki explain QT113` prints one section of
this page; `qt2anki explain --all --markdown` prints all of it.

A message has a file, a line and a column (from 1, in characters), a severity, a code, what is wrong
and what to do. *Error*: the page, or whatever is named, is left out. *Warning*: it is read, but
something in it is lost. *Note*: nothing is lost, but it is worth knowing. Codes never change their
meaning, so you can rely on them in `--select` and `--ignore`. Both accept prefixes too, as in
`--ignore QT20,QT301`.

`check` exits with status 1 if there is an error (with `--strict`, a warning), and reports at most
25 problems with the same code per page.
"""
_TEXT_WIDTH = 80
_PAGE_WIDTH = 100
_MARKUP = re.compile(r"[\\`*_<>\[\]$#]")


def _as_markdown(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", text)


def _filled(text: str) -> str:
    return textwrap.fill(text, _PAGE_WIDTH, break_long_words=False, break_on_hyphens=False)
