"""A value of front matter as it is written, and what YAML takes it for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

Kind = Literal["text", "integer", "number", "true or false", "date", "nothing", "list", "mapping"]

KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "tag:yaml.org,2002:str": "text",
        "tag:yaml.org,2002:value": "text",  # a lone "="
        "tag:yaml.org,2002:int": "integer",
        "tag:yaml.org,2002:float": "number",
        "tag:yaml.org,2002:bool": "true or false",
        "tag:yaml.org,2002:timestamp": "date",
        "tag:yaml.org,2002:null": "nothing",
        "tag:yaml.org,2002:seq": "list",
        "tag:yaml.org,2002:map": "mapping",
    }
)
"""The tags of YAML 1.1 that front matter may have (https://yaml.org/type/)."""


class Entry(NamedTuple):
    """One value: *text* without its quotes and folds; *kind* is what YAML 1.1 takes it for."""

    kind: Kind
    text: str  # "" for a list or a mapping
    line: int  # from 1, as the column: where the value, quotes and signs included, begins
    items: tuple[Entry, ...] = ()
    entries: Mapping[str, Entry] = MappingProxyType({})  # of a mapping
    column: int = 1  # from 1
    style: str = ""  # the sign a text is written with: one of | > " ', or "" for none
