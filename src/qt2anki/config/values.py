"""Check and convert single values of settings and course files."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from qt2anki.messages import did_you_mean


class InvalidValue(Exception):  # noqa: N818  # never leaves the readers of files
    """A value is invalid; *key* is the key inside a table, if it is in one."""

    def __init__(self, text: str, hint: str = "", key: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint
        self.key = key


def flag_of(value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise InvalidValue(f"{kind_of(value)}, not true or false")
    return value


def text_of(value: object) -> str:
    """Read visible text; raise InvalidValue if it is empty or not text."""
    if not isinstance(value, str):
        raise InvalidValue(f"{kind_of(value)}, not text", "Put it in quotes.")
    if not value.strip():
        raise InvalidValue("empty")
    if not value.isprintable():
        raise InvalidValue("contains a character that cannot be shown")
    return value


def deck_name_of(value: object) -> str:
    """Read the name of a deck, without spaces around its levels."""
    parts = [part.strip() for part in text_of(value).split("::")]
    if not all(parts):
        raise InvalidValue("a level of the deck name is empty", 'Write it as "Parent::Child".')
    return "::".join(parts)


def one_of(known: tuple[str, ...], name: str) -> str:
    """Return a *known* name; refuse any other, suggesting the most similar one."""
    if name in known:
        return name
    raise InvalidValue(f"there is no {name!r}", did_you_mean(name, known, _either(known)))


def _either(known: tuple[str, ...]) -> str:
    return f"There are {', '.join(known)}."


def table_of(value: object) -> Mapping[str, object]:
    """Read a table without its values."""
    if not isinstance(value, Mapping):
        raise InvalidValue(f"{kind_of(value)}, not a table")
    return value


def kind_of(value: object) -> str:
    """Return the kind of a value, for a message."""
    kinds = {
        str: "text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        dict: "a table",
    }
    return kinds.get(type(value), "a list" if isinstance(value, list) else "a date or time")


def texts_of(value: object) -> tuple[str, ...]:
    """Read a list of texts without duplicates."""
    if not isinstance(value, list):
        raise InvalidValue(f"{kind_of(value)}, not a list", 'Write it like ["one", "two"].')
    return tuple(dict.fromkeys(text_of(each) for each in value))


def check_key(key: str, known: Collection[str], what: str = "setting") -> None:
    """Refuse an unknown key, suggesting the most similar *known* one."""
    if key in known:
        return
    every = f"The {what}s are {', '.join(sorted(known))}."
    raise InvalidValue(f"there is no such {what}", did_you_mean(key, known, every))
