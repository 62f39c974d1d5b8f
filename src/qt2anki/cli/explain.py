"""``qt2anki explain``: what a code means, and what to do about it."""

from __future__ import annotations

import difflib

import click


@click.command("explain")
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--all", "want_all", is_flag=True, help="Explain every code there is.")
@click.option("--markdown", is_flag=True, help="Print sections of Markdown.")
def explain_command(codes: tuple[str, ...], want_all: bool, markdown: bool) -> None:
    """Tell what each CODE in a message means, and what to do about it.

    QT2 stands for all codes that begin so.

    \b
    Examples:
      qt2anki explain QT113
      qt2anki explain QT2
    """
    from qt2anki.cli.problem_formats import code_as_markdown, code_as_text, messages_page
    from qt2anki.codes import CODES

    if bool(codes) == want_all:
        raise click.UsageError("Name the codes to explain, such as QT113, or give --all.")
    if want_all and markdown:
        click.echo(messages_page())
        return
    as_text = code_as_markdown if markdown else code_as_text
    click.echo("\n\n".join(map(as_text, CODES if want_all else _named(codes))))


def _named(names: tuple[str, ...]) -> tuple[str, ...]:
    from qt2anki.codes import CODES

    chosen: dict[str, None] = {}
    for name in names:
        begun = [code for code in CODES if name and code.startswith(name.upper())]
        if not begun:
            near = difflib.get_close_matches(name.upper(), CODES, n=1)
            hint = f"Did you mean {near[0]}?" if near else "--all lists them."
            raise click.UsageError(f"There is no code '{name}'. {hint}")
        chosen |= dict.fromkeys(begun)
    return tuple(chosen)
