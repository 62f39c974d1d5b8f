"""Codes of what is wrong with files and their front matter."""

from __future__ import annotations

from typing import Final

from qt2anki.codes.code import Code

READING: Final[dict[str, Code]] = {
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
    "QT108": Code(
        "note",
        "line ends of another system",
        "The lines of the file end in CR LF, as on Windows, or in CR alone. They are read like any "
        "others; but tools that compare files take each such line for a changed one.",
    ),
    "QT110": Code(
        "error",
        "no front matter",
        "A page starts with its front matter: a line '---', lines 'key: value', a line '---'. "
        "Without it, a page must start with '# Title', or hold questions in headings or after "
        "'Q:'. A file that is not meant to be a page can be moved or called README.md.",
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
        "front matter that cannot be read",
        "The reader of YAML, TOML or JSON stopped at the place given. In YAML, it is "
        "most often a text without quotes that holds ': ' or ' #', or starts with a quote, a "
        "bracket or one of @ ` % & * !. Write it as 'key: >-' and put the text on the next "
        "line, indented: then every character is taken as it is written.",
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
        "text below the front matter that is not read",
        "The answer of this page is in its front matter, so what follows the closing '---' is not "
        "read (a lone '&nbsp;' is what the site writes there). Without an answer in the front "
        'matter, or with answer = "body" under [front_matter] in the settings, the text below '
        "is the answer.",
    ),
    "QT117": Code(
        "warning",
        "no id",
        "Review histories belong to the id of a page. This page has none, so the path of its file "
        "below the folder that is built takes its place: if the file is renamed or moved, or the "
        "build starts from another folder, its cards count as new ones. Write an id into the "
        "front matter (a number or a name, such as bio-017) before decks are published.",
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
        "quotes around what is meant as text. A subject names a deck: it has a letter or a digit "
        "in it and at most 100 characters.",
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
    "QT125": Code(
        "warning",
        "a key that may be misspelt",
        "A page may have keys of its own, and they are passed over. This one is nearly a key that "
        "is read and that the page does not have, so what is written there is probably lost.",
    ),
    "QT126": Code(
        "note",
        "an unusual id",
        "The id is zero, negative or larger than any counter goes. It works; but a page that is "
        "given its right id after its decks are published becomes a new page to those who learn "
        "it, so mend it before that.",
    ),
    "QT127": Code(
        "note",
        "a file name that disagrees",
        "file_name in the front matter is not what the file is called. One of the two was changed "
        "alone, or the file is a copy whose text was not changed yet.",
    ),
    "QT128": Code(
        "note",
        "a url that disagrees",
        "The last part of the url is not the name of the file. Cards link to the url, so a wrong "
        "one sends readers to another page.",
    ),
    "QT129": Code(
        "error",
        "a text that is too long",
        "No page has a question or an answer of such a length, so something went wrong before: a "
        "quote that never closes, or a whole site in one file. The page is left out, and its notes "
        "stay as they were published.",
    ),
}
