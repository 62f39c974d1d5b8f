"""Cards in other languages than English."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import date
from importlib.resources import files
from string import Formatter

import pytest
import snowballstemmer

from qt2anki.build.changelog import with_version
from qt2anki.config import Settings
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS, Kind, Note, Page
from qt2anki.notes.deck_plan import plan_deck
from qt2anki.notes.frame import frame_for, without_full_answer
from qt2anki.notes.languages import LANGUAGES, Language, guess_language, language_of
from qt2anki.notes.make_notes import PageNotes, make_notes
from qt2anki.notes.phrases import language_table
from tests.golden import golden
from tests.notes.card_text import back, fields, front, page_of, plain, shown

OTHERS = LANGUAGES[1:]
MADE = (Kind.QA, Kind.NEXT, Kind.TABLE, Kind.FORMULA, Kind.CLOZE)
ENGLISH_WORDS = frozenset(
    "the from new import deck card cards review history newest first when".split()
)
PROCESS = """How does bread rise?
In three steps:

1. **Kneading**: Flour takes up water.
2. **Proofing**: Yeast makes gas.
3. **Baking**: Heat sets the crumb."""


def page_in(language: str, text: str, keywords: tuple[str, ...] = ()) -> Page:
    page = replace(page_of(text), language=language, keywords=keywords)
    return replace(page, subjects=("X",), url="")


def made(language: str, text: str, keywords: tuple[str, ...] = ()) -> PageNotes:
    return make_notes(page_in(language, text, keywords), Settings())


def without_whole(note: Note) -> Note:
    """Return a note without the whole answer of its page."""
    names = QA_FIELDS if note.note_type == "qa" else CLOZE_FIELDS
    at = names.index("Extra")
    extra = without_full_answer(note.fields[at])
    return replace(note, fields=(*note.fields[:at], extra, *note.fields[at + 1 :]))


def known(tag: str) -> Language:
    language = language_of(tag)
    assert language is not None
    return language


@pytest.mark.parametrize(("page", "expected"), golden("languages.md"))
def test_cards(page: str, expected: str) -> None:
    language, _, text = page.partition("\n")
    result = made(language, text)
    problems = [f"{problem.code}: {problem.text}" for problem in result.problems]

    lines = filter(None, (shown(map(without_whole, result.notes)), *problems))
    assert "\n".join(lines) == expected


@pytest.mark.parametrize(
    "page",
    [
        text
        for text in (str(case.values[0]) for case in golden("languages.md"))
        if text.startswith(("ar", "zh", "ja", "hi"))
    ],
)
def test_no_card_in_another_script_has_an_english_word(page: str) -> None:
    language, _, text = page.partition("\n")
    dated = page_in(language, text)
    for note in make_notes(replace(dated, url="/x"), Settings(report_link="https://x.org/")).notes:
        values = fields(note)
        names = (name for name in values if name not in ("Key", "Order"))
        seen = " ".join(plain(values[name]) for name in names)
        assert not set(re.findall(r"[A-Za-z]{2,}", seen)) - set(re.findall(r"\w+", text))


def test_fields_say_their_language_and_direction() -> None:
    notes = made("ar", "ما هو التناضح؟\nانتقال الماء عبر غشاء شبه منفذ إلى جهة أخرى.").notes
    values = fields(notes[0])

    for name in ("Question", "Answer", "Source"):
        assert values[name].startswith('<div lang="ar" dir="rtl">'), name
    assert values["Context"] == values["Details"] == ""
    assert '<bdi dir="ltr"><span>1</span></bdi>' in values["Source"]
    brazil = fields(made("pt-BR", "O que é sal?\nUm mineral branco que vem do mar.").notes[0])
    assert brazil["Question"] == '<div lang="pt-BR" dir="ltr">O que é sal?</div>'


def test_english_is_the_same_named_or_not() -> None:
    notes = made("", PROCESS).notes

    assert notes == made("en", PROCESS).notes == made("en-GB", PROCESS).notes
    assert not any("<div lang=" in field for note in notes for field in note.fields)


def test_a_page_names_its_language_before_the_settings_do() -> None:
    text = "Was ist Salz?\nEin weißes Mineral, das sich in Wasser löst."
    german = Settings(language="de")

    from_settings = make_notes(page_in("", text), german).notes
    assert from_settings == make_notes(page_in("de", text), Settings()).notes
    assert make_notes(page_in("en", PROCESS), german).notes == made("en", PROCESS).notes


def test_an_answer_that_a_card_shows_whole_is_not_folded_beneath_it() -> None:
    for text in ("¿Qué es la sal?\nUn mineral *blanco* que viene del mar.", "What is salt?\nRock."):
        values = fields(made("es" if "¿" in text else "en", text).notes[0])
        assert values["Answer"]
        assert values["Extra"] == values["Details"] == ""


def test_the_whole_answer_is_on_one_note_and_can_be_taken_off() -> None:
    text = "¿Cuáles son las fases?\nSon:\n\n1. **Nova**: a\n2. **Plena**: b\n3. **Menguante**: c"
    notes = made("es", text).notes

    folded = [note for note in notes if "qt-details" in fields(note)["Extra"]]
    assert folded == [notes[0]]
    assert len(notes) > 1
    refreshed = frame_for(page_in("es", text), Settings()).refreshed(notes[0])
    assert "qt-details" not in fields(refreshed)["Extra"]


def test_keywords_are_hidden_where_nothing_is_bold() -> None:
    text = (
        "Wie atmen Pflanzen?\nPflanzen nehmen durch kleine Öffnungen im Blatt Gase auf.\n\n"
        "Winzige Poren unten am Blatt heißen bei Botanikern Stomata und regeln das.\n\n"
        "Diese Stomata schließen sich am heißen Mittag ganz von allein wieder."
    )
    notes = made("de", text, keywords=("Stomata", "Poren am Blatt", "Pflanzen")).notes

    assert [back(note) for note in notes if note.kind is Kind.CLOZE] == ["Stomata"]


def test_settings_decide_what_is_a_process() -> None:
    text = "Wie läuft das?\nSo:\n\n1. **Nova**: a\n2. **Orion**: b\n3. **Pluto**: c"

    def fronts(*sequences: tuple[int, bool]) -> list[str]:
        settings = Settings(sequences=sequences)
        return [front(note) for note in make_notes(page_in("de", text), settings).notes]

    assert fronts() == []
    assert len(fronts((1, True))) == 3
    announced = text.replace("So:", "In drei Schritten:")
    assert made("de", announced).notes
    assert not make_notes(page_in("de", announced), Settings(sequences=((1, False),))).notes


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "zh",
            "水会流动。冰不会！为什么？因为冷",
            ("水会流动。", "冰不会！", "为什么？", "因为冷"),
        ),
        ("ja", "「行く。」と言った。終わり。", ("「行く。」と言った。", "終わり。")),
        ("hi", "जल बहता है। बर्फ़ नहीं।", ("जल बहता है।", "बर्फ़ नहीं।")),
        ("ar", "ما هذا؟ هذا ماء. انتهى", ("ما هذا؟", "هذا ماء.", "انتهى")),
        ("de", "Am 3. Mai kam z. B. Anna. Sie blieb.", ("Am 3. Mai kam z. B. Anna.", "Sie blieb.")),
        ("es", "Hay frutas, p. ej. Peras. Bien.", ("Hay frutas, p. ej. Peras.", "Bien.")),
        ("zh", "设 $a。b$ 为数。好。", ("设 $a。b$ 为数。", "好。")),
    ],
)
def test_sentences(language: str, text: str, expected: tuple[str, ...]) -> None:
    assert known(language).sentences(text) == expected


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("es", "células", "célula"),
        ("de", "Zellen der Haut", "die Zelle, Haut"),
        ("fr", "l’eau", "eaux"),
        ("pt", "rochas", "rocha"),
        ("ar", "الصخور", "صخور"),
        ("zh", "染色体", "染色体"),
    ],
)
def test_forms_of_a_word_have_one_stem(language: str, one: str, other: str) -> None:
    stems = known(language).stems

    assert stems(one) == stems(other) != frozenset()


def test_sizes_count_words_and_where_there_are_none_signs() -> None:
    assert known("es").size("uno, dos y tres") == 4
    assert known("zh").size("染色体凝缩 DNA") == 4
    assert known("hi").size("जल बहता है।") == 3


@pytest.mark.parametrize("code", OTHERS)
def test_every_language_has_all_phrases_and_a_stemmer_that_exists(code: str) -> None:
    folder = files("qt2anki.notes").joinpath("data", "languages")
    table = tomllib.loads(folder.joinpath(f"{code}.toml").read_text("utf-8"))
    spanish = tomllib.loads(folder.joinpath("es.toml").read_text("utf-8"))

    assert set(table["phrases"]) == set(spanish["phrases"])
    assert {"set_question", "open_sets", "steps", "command", "stock", "refusal"} <= set(table)
    assert table.get("stemmer", "english") in snowballstemmer.algorithms()
    assert {kind.value for kind in (*MADE, Kind.OWN)} == set(table["kinds"])
    english = language_table("en")
    assert set(table["counts"]) == set(english["counts"])
    assert all("{count}" in text for text in table["counts"].values())
    for name, text in table["phrases"].items():
        known = spanish["phrases"][name] if name == "row" else english["phrases"].get(name, "")
        if name not in ("members", "in_order"):  # in English these say what is counted
            assert parts_of(text) == parts_of(known), name


def parts_of(text: str) -> set[str | None]:
    return {part for _, part, _, _ in Formatter().parse(text)} - {None}


@pytest.mark.parametrize("code", OTHERS)
def test_what_a_deck_says_of_itself_is_in_its_language(code: str) -> None:
    text = next(c for c in golden("languages.md") if str(c.values[0]).startswith(f"{code}\n"))
    pages = made(code, str(text.values[0]).partition("\n")[2])
    dated = replace(pages, page=replace(pages.page, url="/x", date=date(2026, 3, 1)))

    deck = plan_deck("X", [dated], Settings())

    said = with_version(deck.description, "", (), (), 0, code, is_first=True)
    assert not set(re.findall(r"[a-z]+", said.lower())) & ENGLISH_WORDS
    assert deck.language == code
    assert said.count("2026-03-01") == said.count("https://quicktakes.io") == 1


def test_every_file_is_a_language_and_the_other_way_round() -> None:
    folder = files("qt2anki.notes").joinpath("data", "languages")

    assert {path.name for path in folder.iterdir()} == {f"{code}.toml" for code in LANGUAGES}
    assert language_of("it") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Water moves because the other side has more salt.", "en"),
        ("El agua pasa porque el otro lado tiene más sal.", "es"),
        ("Das Wasser wandert, weil die andere Seite mehr Salz hat.", "de"),
        ("L’eau passe parce que de l’autre côté il y a plus de sel.", "fr"),
        ("A água passa porque o outro lado tem mais sal.", "pt"),
        ("Woda przechodzi przez błonę, bo po drugiej stronie jest więcej soli.", "pl"),
        ("ينتقل الماء إلى الجهة الأكثر ملوحة عبر غشاء.", "ar"),
        ("水穿过膜流向盐分较多的一侧。", "zh"),
        ("水は塩分の多い側へ膜を通って移動する。", "ja"),
        ("जल झिल्ली से होकर अधिक लवण वाली ओर जाता है।", "hi"),
        ("L'acqua passa perché l'altro lato ha più sale.", ""),
        ("L'aigua passa perquè l'altre costat té més sal.", ""),
        ("Water gaat erdoor omdat de andere kant meer zout heeft.", ""),
        ("Вода проходит, потому что там больше соли.", ""),
        ("def add(a, b): return a + b", ""),
        ("Mitosis", ""),
        ("", ""),
    ],
)
def test_the_language_of_a_text_is_guessed_where_it_is_clear(text: str, expected: str) -> None:
    assert guess_language(text) == expected


def test_a_page_that_seems_to_be_in_a_different_language_is_reported() -> None:
    spanish = "¿Qué es la ósmosis?\nEs el paso de agua hacia el lado que tiene más sales."

    (problem,) = made("", spanish).problems
    assert (problem.code, problem.severity) == ("QT305", "warning")
    assert "'lang: es'" in problem.hint
    assert made("es", spanish).problems == ()
    assert "QT305" not in [problem.code for problem in made("", PROCESS).problems]
    german = make_notes(page_in("", PROCESS), Settings(language="de")).problems
    assert "QT305" in [problem.code for problem in german]


DEFINITIONS = [
    (
        "es",
        "¿Qué es un fiordo?",
        "Un fiordo es un valle de un glaciar antiguo.",
        "Es profundo.",
    ),
    ("de", "Was ist ein Fjord?", "Ein Fjord ist ein Tal, das ein Gletscher schuf.", "Er ist tief."),
    (
        "fr",
        "Qu’est-ce qu’un fjord ?",
        "Un fjord est une vallée d’ancien glacier.",
        "Il est long.",
    ),
    ("pt", "O que é um fiorde?", "Um fiorde é um vale escavado por um glaciar.", "O mar cobre-o."),
    ("pl", "Czym jest fiord?", "Fiord to dolina wyżłobiona przez lodowiec.", "Zalało ją morze."),
    ("ar", "ما هو الفيورد؟", "الفيورد هو واد حفره نهر جليدي قديم.", "يغمره البحر."),
    ("zh", "什么是峡湾？", "峡湾是由冰川侵蚀形成的山谷。", "海水淹没了它。"),
    ("ja", "フィヨルドとは何ですか？", "フィヨルドとは、氷河が削った谷である。", "海に沈んだ。"),
    ("hi", "फ्योर्ड क्या है?", "फ्योर्ड हिमनद द्वारा काटी गई घाटी है।", "समुद्र ने उसे भर दिया।"),
]


@pytest.mark.parametrize(("code", "question", "first", "more"), DEFINITIONS)
def test_a_sentence_that_says_what_something_is_answers(
    code: str, question: str, first: str, more: str
) -> None:
    (note,) = made(code, f"{question}\n{first} {more}\n\n{more}").notes

    assert (plain(front(note)), plain(back(note))) == (question, first)
    assert made(code, f"{question}\n{more} {first}\n\n{more}").notes == ()


def test_a_sentence_that_needs_another_one_defines_nothing() -> None:
    german = "Was ist Salz?\nEs gibt viele Arten von Salz im Meer. Mehr weiß man nicht.\n\nEnde."
    spanish = "¿Qué es la sal?\nLa sal es esto que sigue: un mineral\n\n- blanco\n- soluble"

    assert made("de", german).notes == made("es", spanish).notes == ()


def test_stems_without_spaces_are_the_same_in_every_process() -> None:
    stems = "read_language('zh').stems('为什么这个什么是怎么可以以及通货膨胀')"
    code = f"from qt2anki.notes.languages import read_language; print(sorted({stems}))"
    seen = {
        subprocess.check_output(  # noqa: S603  # this Python
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": "src", "PYTHONUTF8": "1"},
        )
        for seed in range(4)
    }

    assert len(seen) == 1


def test_every_kind_has_a_name_in_english() -> None:
    assert set(language_table("en")["kinds"]) == {kind.value for kind in Kind}
