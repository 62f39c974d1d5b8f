"""Codes of what is wrong with the pages as a whole, and with the text of an answer."""

from __future__ import annotations

from typing import Final

from qt2anki.codes.code import Code

CONTENT: Final[dict[str, Code]] = {
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
    "QT204": Code(
        "note",
        "a subject spelled in two ways",
        "Pages that name their subject with other capitals or blanks go into one deck, which is "
        "named by the spelling most pages have. Write it the same way everywhere, or another page "
        "more may one day rename the deck.",
    ),
    "QT205": Code(
        "warning",
        "two subjects that may be one",
        "A few pages name a subject that differs from a common one by a sign or a single letter. "
        "They get a deck of their own. If they are meant to be one, spell them the same, or name "
        "the other spelling under subject_aliases in the settings.",
    ),
    "QT210": Code(
        "warning",
        "a code block without an end",
        "A line of three backticks or tildes opens a block of code, and no such line closes it, so "
        "all of the rest of the answer is taken for code.",
    ),
    "QT211": Code(
        "warning",
        "a backtick without a partner",
        "Code in a sentence stands between two backticks (or between two pairs of them), both "
        "before the next blank line. A single one is shown as a backtick.",
    ),
    "QT212": Code(
        "warning",
        "bold text without an end",
        "Bold text stands between ** and **, in one paragraph or point of a list. A mark without "
        "a partner is shown as two asterisks, and the title of a point is not seen to be one.",
    ),
    "QT213": Code(
        "note",
        "code that looks like a tag",
        "Something like List<int> or #include <stdio.h> stands in the text. It is shown as it is "
        "written and nothing is lost, but as code it should stand between backticks: other tools "
        "take it for HTML and drop it.",
    ),
    "QT214": Code(
        "warning",
        "HTML that is shown as text",
        "Of HTML, a page may use b, code, del, em, i, kbd, s, strong, sub, sup and u in pairs and "
        "without attributes, and br. Whatever else looks like HTML is put on cards as text, so "
        "that no page can run a script or change how a card looks.",
    ),
    "QT215": Code(
        "warning",
        "a link that is left out",
        "A link leads from a card to http://, https:// or mailto: and nowhere else: Anki knows no "
        "site that a relative address could belong to, and other schemes can run code. Only the "
        "text of the link stays. A formula such as [Cu](aq) is taken for a link, too; a blank "
        "before the bracket, or writing it as math, helps.",
    ),
    "QT216": Code(
        "warning",
        "a picture that is left out",
        "A picture goes into the package when its file lies next to the page, below the folder "
        "that is read. This one is elsewhere, missing, too large or no picture. What stands "
        "between the square brackets is shown instead, so it should say what there is to see.",
    ),
    "QT217": Code(
        "note",
        "a list that miscounts",
        "The numbers of a list go up by one. A number that is missing or stands twice is often a "
        "step that was lost or put in later. A list in which every number is 1 is well.",
    ),
    "QT218": Code(
        "note",
        "steps that are announced and not listed",
        "A sentence announces steps, stages or phases and ends in a colon, but a plain paragraph "
        "follows. Step cards are made from lists and numbered headings only.",
    ),
    "QT219": Code(
        "note",
        "what looks like a cloze deletion",
        "The text holds {{c1:: as Anki writes gaps. On a card it is shown as it stands and makes "
        "no gap: which gaps there are is decided by the build.",
    ),
    "QT220": Code(
        "note",
        "an answer that stops short",
        "The answer ends in a colon, or a long last line has no full stop. Its end may have been "
        "lost where it was made or copied.",
    ),
    "QT221": Code(
        "warning",
        "a question that fills a card",
        "Nobody reads a question of more than 60 words in the time a card should take, so the "
        "page gets no card that shows it. Keep the one thing that is asked.",
    ),
    "QT222": Code(
        "note",
        "a title that is a sentence",
        "The bold words at the start of a point are its title, and cards ask for titles. One of "
        "more than 20 words cannot be recalled.",
    ),
    "QT230": Code(
        "warning",
        "math that is not closed",
        "A formula stands between $ and $, $$ and $$, \\( and \\), or \\[ and \\]. Where the "
        "second mark is missing, or a blank line comes before it, the TeX is shown as text. A "
        "dollar sign that means money needs nothing done to it.",
    ),
    "QT231": Code(
        "warning",
        "a command MathJax does not know",
        "Anki sets formulas with MathJax, which shows the name of a command it does not know in "
        "red. It knows TeX, amsmath, mhchem (\\ce), mathtools, braket, cancel and color, but "
        "neither siunitx (\\SI) nor physics.",
    ),
    "QT232": Code(
        "warning",
        "a formula that does not balance",
        "Each brace, each \\left and each \\begin{...} needs a partner in the same formula. Anki "
        "and MathJax cannot set one without, so cards show its source.",
    ),
    "QT233": Code(
        "warning",
        "an environment MathJax does not know",
        "Between \\begin{...} and \\end{...} stands a name that MathJax has no meaning for, so "
        "that instead of the formula an error is shown. tabular and itemize belong to text: "
        "write a Markdown table or list; for math there are array, align, cases and matrix.",
    ),
    "QT234": Code(
        "warning",
        "TeX outside a formula",
        "A command such as \\frac stands in a sentence without the marks of a formula, and is "
        "shown as it is written. Put $ on both sides, with nothing but the formula between them.",
    ),
    "QT235": Code(
        "warning",
        "a formula MathJax refuses",
        "The braces balance, but MathJax shows an error instead of the formula: an & stands where "
        "there are no columns, a _ or ^ has nothing after it or follows another one, or it stands "
        "inside of \\text{...}, where it is no letter.",
    ),
}
