"""QT4xx: what a build finds when it compares the pages with the packages published last."""

from __future__ import annotations

from typing import Final

from qt2anki.codes.code import Code

PACKAGES: Final[dict[str, Code]] = {
    "QT401": Code(
        "warning",
        "a published page that cannot be read now",
        "The page has an error, and learners have its cards. So its notes are published again as "
        "they were, and nothing is retired, until the page can be read.",
    ),
    "QT402": Code(
        "warning",
        "a file that may be a published page",
        "A file cannot be read, not even its id, so it may be any of the pages that were "
        "published and were not found this time. None of them is retired until the file is "
        "mended, moved away or named README.md.",
    ),
    "QT403": Code(
        "warning",
        "a subject with a new name",
        "Most pages of a published subject are under another one now. The notes keep their "
        "histories, but an import never moves a card: learners keep the old deck and get new "
        "cards in the new one. If only the spelling was meant, use subject_aliases.",
    ),
    "QT404": Code(
        "warning",
        "a published subject that was not read",
        "No page of the subject was found, so it is taken as not looked at, and its package stays "
        "as it is. When the subject is really gone, name it with --subject and --allow-retire.",
    ),
    "QT405": Code(
        "warning",
        "a build that was stopped",
        "The last build in this folder did not come to its end: it was killed, or the machine went "
        "down. Nothing is broken, for packages are replaced whole, and this build has written what "
        "was missing. If it happens again and again, look for what stops it.",
    ),
    "QT406": Code(
        "note",
        "a partial build",
        "With --partial, published pages that were not read stay as they were published, and so do "
        "pages of which only some files were read: a page takes its address and its keywords from "
        "all of them. Build all pages to update these.",
    ),
}
