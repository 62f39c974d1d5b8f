"""Find the questions of one file, and fill in missing front matter from the file's location.

A page of the site has everything in its front matter. Other pages have their answer below it, their
title as the question, and their folder as the subject; and some files have many questions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from qt2anki.config.settings import PageFormat
from qt2anki.messages import nearest
from qt2anki.source.discover import Source
from qt2anki.source.entry import PATH, Entry, FrontMatter, file_id, path_in_root, slug_of
from qt2anki.source.question_forms import (
    PATTERNS,
    QUOTE_SIGN,
    FoundQuestion,
    asks,
    bare,
    find_questions,
    only_answer,
    question_text,
)

QUESTION_LISTS: Final = ("faq", "faqs", "questions", "qa")
_QUESTION_KEYS = ("question", "q", "title", "name")
_ANSWER_KEYS = ("answer", "a", "text")
_KEYWORD_KEYS = ("keywords", "tags", "categories")
_SUBJECT_KEYS = ("subjects", "category", "deck")

_RULE_AT_END = re.compile(r"\s*^[ \t]*(?:-{3,}|\*{3,}|_{3,})\Z", re.MULTILINE)  # between questions
_HASH = re.compile(r"[ -]+[0-9a-f]{32}$")  # of a page of Notion
_TIMESTAMP = re.compile(r"\d{8,14}[ _–-]+(?=\S)|\d{4}-\d\d-\d\d[ _–-]+(?=\S)")
_IS_COMPLETE = frozenset(("id", "question", "answer", "subject", "seo"))
_MAY_BE_EMPTY = frozenset(("id", "title", "question", "answer", "subject", *_KEYWORD_KEYS))
_SITE_KEYS = frozenset(("_schema", "article_title", "file_name"))
_DATED_NAME = re.compile(r"(\d{4}-\d\d-\d\d)-")  # of a post of Jekyll
_MOST_QUESTIONS = 2_000  # of one file; more are not meant as questions, and would take too long
_SMALL_WORDS = frozenset("a an and as at by for from in of on or the to vs with".split())


def read_questions(
    front: FrontMatter, source: Source, page_format: PageFormat
) -> tuple[FrontMatter, ...]:
    """Return each question of a file, with all keys of a page that are known."""
    if front.entries.keys() >= _IS_COMPLETE and not front.entries.keys() & set(QUESTION_LISTS):
        return (front,)
    whole = replace(front, entries=_filled(front, source, page_format.default_subject))
    if listed := _listed(whole):
        return tuple(listed)
    title, body = whole.entries.get("question"), whole.body
    named = whole.entries.get("title")
    is_named = named is not None and named.kind == "text" and named.text.strip()
    if title is None and is_named and _may_lack_question(whole):
        title = named
    if "answer" in whole.entries or body is None:
        return (_with(whole, question=title),)
    parts = []
    if "question" not in whole.entries:
        parts = find_questions(body.text, title.text if title else "")
    if 0 < len(parts) <= _MOST_QUESTIONS:
        return tuple(_of_part(whole, body, part, place) for place, part in enumerate(parts))
    return (_single(whole, body, title, source),)


def _single(whole: FrontMatter, body: Entry, title: Entry | None, source: Source) -> FrontMatter:
    """Return the one question of a file, whose title may be its first heading or its name."""
    heading = PATTERNS["top_heading"].match(body.text)
    written = (heading[1] or heading[2] or heading[3]) if heading else ""
    if heading and _is_title(written, title):
        text = _TIMESTAMP.sub("", bare(written), count=1)
        title = body._replace(text=text, style="")
        properties = PATTERNS["properties"].match(body.text, heading.end())
        if properties and PATTERNS["property_names"].search(properties[1]):
            heading = properties
        body = _slice(body, heading.end(), len(body.text))
    elif title is None and (first := PATTERNS["first_line"].match(body.text)) and asks(first[1]):
        title = body._replace(text=question_text(first[1]), style="")
        body = _slice(body, first.end(), len(body.text))
    elif title and asks(title.text) and (part := only_answer(body.text)):
        body = _slice(body, part.start, part.start + len(part.answer))
    if title is None and source.path is not None and whole.has_fences and _may_lack_question(whole):
        title = Entry("text", _name_of(source.path.stem), whole.line, style=PATH)
    return _with(whole, question=title, answer=body)


def _is_title(heading: str, title: Entry | None) -> bool:
    """Whether a heading at the top repeats the question, or states it better than the title."""
    if title is None or _fold(bare(heading)) == _fold(title.text):
        return True
    return asks(heading) and not asks(title.text)


def _name_of(stem: str) -> str:
    """Return the name of a file as words: "How magnets work" for ``how-magnets-work``."""
    name = _TIMESTAMP.sub("", _HASH.sub("", stem), count=1)
    if " " not in name and ("-" in name or "_" in name):
        name = name.replace("-", " ").replace("_", " ").strip()
        name = name[:1].upper() + name[1:]
    # File systems do not allow question marks, and slugs have none.
    return f"{name}?" if PATTERNS["asking_name"].match(name) else name or stem


def _with(front: FrontMatter, **entries: Entry | None) -> FrontMatter:
    found = {key: entry for key, entry in entries.items() if entry is not None}
    return replace(front, entries={**front.entries, **found})


def _may_lack_question(front: FrontMatter) -> bool:
    """Whether no key of the page is meant to be the question."""
    return "question" not in front.names and not near_key("question", front.entries)


def near_key(key: str, entries: Mapping[str, Entry]) -> str:
    """Return the key that is probably *key* misspelled, "" for none."""
    folded = {name.lower(): name for name in entries}
    if key in folded:
        return folded[key]
    near = nearest(key, folded, cutoff=0.8) if len(key) > 2 else ""
    return folded[near] if near and near not in _REAL_KEYS else ""


_REAL_KEYS = frozenset((*QUESTION_LISTS, *_SUBJECT_KEYS, *_KEYWORD_KEYS, "title"))


def _filled(front: FrontMatter, source: Source, default_subject: str) -> dict[str, Entry]:
    """Return the entries with id, subject and keywords filled in from elsewhere.

    For a page of the site, or if the settings rename its keys, a missing key is an error: a
    different id would cost its cards their histories.
    """
    entries = dict(front.entries)
    # Pages of other programs may have a url, too, but their answer is in the text below.
    has_answer = "answer" in entries or front.body is None
    is_free = not (_SITE_KEYS & entries.keys() or ("url" in entries and has_answer))
    if is_free:
        entries = _as_filled_in(entries, front.names)
    if is_free and "subject" not in {*entries, *front.names} and not near_key("subject", entries):
        given = _first(entries, _SUBJECT_KEYS)
        name = _folder_subject(source, default_subject)
        if given or name:
            entries["subject"] = given or Entry("text", name, front.line, style=PATH)
    is_named = source.path is None or "id" in {*entries, *front.names} or near_key("id", entries)
    if is_free and not is_named:
        entries["id"] = Entry("text", str(file_id(source)), front.line, style=PATH)
    dated = _DATED_NAME.match(source.path.name) if source.path else None
    if is_free and "date" not in entries and dated:
        entries["date"] = Entry("date", dated[1], front.line, style=PATH)
    seo = entries.get("seo", Entry("mapping", "", front.line))
    words = _first(entries, _KEYWORD_KEYS)
    if words is not None and seo.kind == "mapping" and "page_keywords" not in seo.entries:
        entries["seo"] = seo._replace(entries={**seo.entries, "page_keywords": _as_list(words)})
    return entries


def _as_filled_in(entries: Mapping[str, Entry], names: Mapping[str, str]) -> dict[str, Entry]:
    """Return the entries without those that a template left empty, with a front as question."""
    filled = {
        key: entry
        for key, entry in entries.items()
        if key not in _MAY_BE_EMPTY
        or not (entry.kind == "nothing" or (entry.kind == "text" and not entry.text.strip()))
    }
    if {"front", "back"} <= filled.keys() and not {"question", "answer"} & {*filled, *names}:
        return filled | {"question": filled["front"], "answer": filled["back"]}
    return filled


def _as_list(words: Entry) -> Entry:
    """Return tags as a list of texts; without a comma, spaces divide them (Jekyll)."""
    if words.kind == "text":
        texts = words.text.split("," if "," in words.text else None)
        items = [words._replace(text=text, style="") for text in texts]
    else:
        items = [one for one in words.items if one.kind not in ("list", "mapping", "nothing")]
    tags = tuple(item._replace(kind="text", text=item.text.lstrip("# ")) for item in items)
    return words._replace(kind="list", text="", items=tags)


def _folder_subject(source: Source, default_subject: str) -> str:
    """Return the name of the nearest folder named after a subject, such as ``art-history``."""
    above = path_in_root(source).parts[:-1]
    folders = [part for part in above if part[0] not in "_." and not part.isdecimal()]
    if not folders and (default_subject or source.path is None):
        return default_subject
    root = source.root or (source.path.parent if source.path else Path())
    name = _HASH.sub("", folders[-1] if folders else root.resolve().name)
    words = name.replace("_", " ").replace("-", " ").split()
    if name != name.lower():
        return " ".join(words)
    return " ".join(w if i and w in _SMALL_WORDS else w.capitalize() for i, w in enumerate(words))


def _listed(whole: FrontMatter) -> list[FrontMatter]:
    """Return the questions in a list or a mapping in the front matter, as in a Jekyll FAQ."""
    key = next((key for key in QUESTION_LISTS if key in whole.entries), "")
    if not key:
        return []
    shared = {k: entry for k, entry in whole.entries.items() if k not in (key, "answer")}
    items = [item.entries for item in whole.entries[key].items]
    for text, answer in whole.entries[key].entries.items():
        if answer.kind == "text":
            items.append({"question": answer._replace(text=text, style=""), "answer": answer})
    found: list[FrontMatter] = []
    for item in items:
        question, told = _first(item, _QUESTION_KEYS), _first(item, _ANSWER_KEYS)
        if question is not None and told is not None:
            own = item.get("id") or _own_id(whole, question.text)
            part = replace(whole, entries={**shared, **item}, body=None, part=len(found))
            found.append(_with(part, id=own, question=question, answer=told))
    return found


def _first(entries: Mapping[str, Entry], keys: Iterable[str]) -> Entry | None:
    return next((entries[key] for key in keys if key in entries), None)


def _of_part(whole: FrontMatter, body: Entry, part: FoundQuestion, place: int) -> FrontMatter:
    line = body.line + body.text.count("\n", 0, part.at)
    question = body._replace(text=question_text(part.question), line=line, style="")
    answer = _slice(body, part.start, part.start)
    blank = part.answer[: len(part.answer) - len(part.answer.lstrip("\n"))]
    text = _RULE_AT_END.sub("", part.answer.strip("\n").rstrip())
    if all(line.startswith(">") for line in text.split("\n")):  # quoted as a whole
        text = QUOTE_SIGN.sub("", PATTERNS["answer_callout"].sub("", text))
    answer = answer._replace(text=text, line=answer.line + len(blank))
    own = _own_id(whole, part.anchor or question.text)
    front = replace(whole, body=None, part=place)
    return _with(front, id=own, question=question, answer=answer)


def _own_id(whole: FrontMatter, question: str) -> Entry | None:
    """Make the id of one question of a file: that of the file, and the words of the question."""
    of_file = whole.entries.get("id")
    if of_file is None or of_file.kind not in ("text", "integer", "date"):
        return of_file
    return of_file._replace(kind="text", text=f"{of_file.text}#{slug_of(question)}")


def _slice(body: Entry, start: int, end: int) -> Entry:
    """Return a part of the body, with the line where it begins."""
    text = body.text[start:end]
    start += len(text) - len(text.lstrip("\n"))
    line = body.line + body.text.count("\n", 0, start)
    return body._replace(text=text.strip("\n").rstrip(), line=line)


def _fold(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip("?.! ")
