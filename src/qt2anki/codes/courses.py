"""QT5xx: what is wrong with a course."""

from __future__ import annotations

from typing import Final

from qt2anki.codes.code import Code

COURSES: Final[dict[str, Code]] = {
    "QT501": Code(
        "error",
        "a unit that takes nothing",
        "No page fits what a unit of the course asks for, or all that do are excluded. The course "
        "is not written, for a deck with a part missing is not what students should get. "
        "'qt2anki list' shows what there is.",
    ),
    "QT502": Code(
        "error",
        "a page that does not exist",
        "The course names the id of a page that was not read: it is mistyped, the page is gone, "
        "or it has an error and is reported, too. The course is not written.",
    ),
    "QT503": Code(
        "error",
        "a page in two units",
        "In Anki a card is in one deck, so a page belongs to one unit. Leave it out of the other "
        "with exclude. The course is not written.",
    ),
    "QT504": Code(
        "error",
        "an exclude that leaves nothing out",
        "No page fits what is to be excluded: it is mistyped, or the page is gone. The course is "
        "not written, for it would have cards that are meant to be left out.",
    ),
    "QT505": Code(
        "warning",
        "a page of a course without cards",
        "The course takes the page, but no card is made of it, or none of the kinds that the "
        "profile of the course has. 'qt2anki list' shows how many cards each page has.",
    ),
    "QT506": Code(
        "note",
        "another page in its place",
        "Two pages ask the same question, and the subject's deck has the cards of one of them. The "
        "course takes those too, so that nobody learns the same twice.",
    ),
}
