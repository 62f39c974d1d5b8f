"""The note types as files: what is frozen, what an overlay may change, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from qt2anki.anki.note_types import load_note_types
from qt2anki.anki.package_writer import AnkiModel
from qt2anki.errors import NoteTypeError
from qt2anki.model import CLOZE_FIELDS, QA_FIELDS

# These never change. With any other number Anki takes a note type, a field or a card for a new one,
# and the notes of everyone who has the deck are never updated again.
FROZEN_QA = {
    "QuickTakes Q&A": 1774344483161,
    "Key": 3896659511751257,
    "Question": 3493173345564275,
    "Answer": 2381063038215729,
    "Reverse": 2356665085443026,
    "ReverseAnswer": 3484816973141544,
    "Extra": 2272004046718600,
    "Details": 3371582513855756,
    "Context": 3040229684733924,
    "Source": 3726136974189154,
    "Order": 2270181135892847,
    "Spare1": 4122590663091370,
    "Spare2": 4086772977251644,
    "card Question": 2100446462990134,
    "card Reverse": 1271619526301407,
}
FROZEN_CLOZE = {
    "QuickTakes Cloze": 1767229664313,
    "Key": 2655148201526202,
    "Text": 2281531661558581,
    "Title": 1593805075327832,
    "Extra": 675006625412009,
    "Details": 2822892963623062,
    "Context": 339047560020261,
    "Source": 3413364212350127,
    "Order": 704062844260499,
    "Spare1": 1083015900634875,
    "Spare2": 2268985070240679,
    "card Cloze": 2292013473873196,
}


@pytest.mark.parametrize(("kind", "frozen"), [("qa", FROZEN_QA), ("cloze", FROZEN_CLOZE)])
def test_ids_names_and_order_are_frozen(kind: str, frozen: dict[str, int]) -> None:
    note_type = getattr(load_note_types(), kind)

    found = {note_type.name: note_type.model_id}
    found |= {field.name: field.id for field in note_type.fields}
    found |= {f"card {template.name}": template.id for template in note_type.templates}

    assert list(found.items()) == list(frozen.items())


def test_fields_are_those_of_the_contract() -> None:
    note_types = load_note_types()

    assert tuple(field.name for field in note_types.qa.fields) == QA_FIELDS
    assert tuple(field.name for field in note_types.cloze.fields) == CLOZE_FIELDS
    assert QA_FIELDS[note_types.qa.sort_field] == "Question"
    assert CLOZE_FIELDS[note_types.cloze.sort_field] == "Text"


def test_no_template_or_style_needs_a_script_or_a_network() -> None:
    note_types = load_note_types()
    texts = [note_types.qa.css]
    for note_type in (note_types.qa, note_types.cloze):
        for template in note_type.templates:
            texts += [template.front, template.back]

    for text in texts:
        for forbidden in ("<script", "http:", "https:", "@import", "url(", "{{Tags}}"):
            assert forbidden not in text


def test_the_model_names_the_field_each_card_needs() -> None:
    note_types = load_note_types()

    assert AnkiModel(note_types.qa).to_json(1.0, 1)["req"] == [[0, "all", [1]], [1, "all", [3]]]
    assert AnkiModel(note_types.cloze).to_json(1.0, 1)["req"] == [[0, "all", [1]]]


def test_the_model_carries_its_own_time() -> None:
    note_types = load_note_types()

    assert AnkiModel(note_types.qa).to_json(1.0, 1)["mod"] == note_types.qa.mod


def test_an_overlay_replaces_single_files(tmp_path: Path) -> None:
    (tmp_path / "style.css").write_text(".card { color: teal; }\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("about this folder", encoding="utf-8")
    (tmp_path / ".notes").write_text("hidden", encoding="utf-8")
    ours = load_note_types()

    theirs = load_note_types(tmp_path)

    assert theirs.qa.css == theirs.cloze.css == ".card { color: teal; }\n"
    assert theirs.qa.templates == ours.qa.templates
    assert theirs.cloze.fields == ours.cloze.fields


def test_an_overlay_may_have_templates_of_other_names(tmp_path: Path) -> None:
    (tmp_path / "cloze").mkdir()
    (tmp_path / "cloze" / "model.toml").write_text(
        MODEL_TOML["cloze"].replace('"front.html"', '"plain.html"'), encoding="utf-8"
    )
    (tmp_path / "cloze" / "plain.html").write_text(
        "{{#Text}}{{cloze:Text}}{{/Text}}", encoding="utf-8"
    )

    template = load_note_types(tmp_path).cloze.templates[0]

    assert template.front == "{{#Text}}{{cloze:Text}}{{/Text}}"


MODEL_TOML = {
    kind: (Path(__file__).parents[2] / "note_models" / kind / "model.toml").read_text(
        encoding="utf-8"
    )
    for kind in ("qa", "cloze")
}
QA_MODEL = MODEL_TOML["qa"]
FRONT = "{{#Question}}\n<p>{{Question}}</p>\n{{/Question}}\n"


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        pytest.param(
            "qa/front.html",
            FRONT.replace("<p>{{Question}}", "<p>{{Qestion}}"),
            "qa/front.html:2: there is no field 'Qestion'\n  hint: Did you mean 'Question'?",
            id="misspelt-field",
        ),
        pytest.param(
            "qa/front.html",
            FRONT + "{{xyz}}",
            "qa/front.html:4: there is no field 'xyz'\n  hint: The fields are Key, Question,",
            id="field-like-no-other",
        ),
        pytest.param(
            "qa/back.html", "{{Answer}}\n{{#Extra}}",
            "html:2: the section of Extra is never closed", id="open-section",
        ),
        pytest.param(
            "qa/back.html", "{{#Extra}}{{/Details}}", "{{/Details}} does not close the section",
            id="crossed-sections",
        ),
        pytest.param(
            "qa/back.html", "{{Answer}}\n\n{{Extra", "html:3: a tag is opened and never closed",
            id="open-tag",
        ),
        pytest.param(
            "qa/front.html", "{{Context}} {{Question}}",
            "this front must show Question, and nothing when Question is empty",
            id="front-without-condition",
        ),
        pytest.param(
            "qa/reverse-front.html", "{{#Reverse}}Name it{{/Reverse}}",
            "this front must show Reverse", id="front-without-its-field",
        ),
        pytest.param(
            "cloze/back.html", "{{Text}}", "this template never shows {{cloze:Text}}",
            id="no-cloze",
        ),
        pytest.param(
            "qa/fronts.html", FRONT,
            "no note type has a file with this name\n  hint: Did you mean 'qa/front.html'?",
            id="unknown-file",
        ),
        pytest.param("qa/model.toml", "name = ", "this is not TOML: ", id="not-toml"),
        pytest.param(
            "qa/model.toml", QA_MODEL.replace("sort_field", "sortfield"),
            "there is no key 'sortfield' here\n  hint: Did you mean 'sort_field'?",
            id="unknown-key",
        ),
        pytest.param(
            "qa/model.toml", QA_MODEL.replace("mod = ", "# "), "the key 'mod' is missing",
            id="missing-key",
        ),
        pytest.param(
            "qa/model.toml", QA_MODEL.replace("mod = ", "mod = -"), "'mod' is -", id="negative"
        ),
        pytest.param(
            "qa/model.toml", QA_MODEL.replace('"QuickTakes Q&A"', '" "'), "'name' is ' '",
            id="blank-name",
        ),
        pytest.param(
            "qa/model.toml", QA_MODEL.replace('"normal"', '"cloze"'),
            "kind must stay 'normal', not 'cloze'", id="kind",
        ),
        pytest.param(
            "qa/model.toml", QA_MODEL.replace('"Spare2"', '"Mnemonic"'),
            "the list of fields must stay", id="renamed-field",
        ),
        pytest.param(
            "qa/model.toml", QA_MODEL.rpartition("[[templates]]")[0],
            "the number of templates must stay '2', not '1'", id="no-reverse",
        ),
        pytest.param(
            "qa/model.toml", QA_MODEL.partition("[[fields]]")[0] + "fields = 3\ntemplates = []",
            "'fields' is 3\n  hint: write one or more tables [[fields]]", id="fields-no-tables",
        ),
        pytest.param(
            "qa/model.toml", QA_MODEL.replace("4086772977251644", "4122590663091370"),
            "an id is used twice", id="id-twice",
        ),
        pytest.param(
            "qa/model.toml", QA_MODEL.replace('sort_field = "Question"', 'sort_field = "Questio"'),
            "sort_field names no field: 'Questio'\n  hint: Did you mean 'Question'?",
            id="sort-field",
        ),
        pytest.param(
            "qa/model.toml", QA_MODEL.replace('"front.html"', '"../front.html"'),
            "front is not a plain file name", id="path-in-name",
        ),
        pytest.param(
            "qa/model.toml", QA_MODEL.replace('"front.html"', '"gone.html"'),
            "the file cannot be read", id="file-missing",
        ),
        pytest.param(
            "qa/model.toml", QA_MODEL.replace("1774344483161", "1767229664313"),
            "the two note types have the same id or name", id="one-id-for-both",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(tmp_path: Path, file: str, text: str, says: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")

    with pytest.raises(NoteTypeError) as caught:
        load_note_types(tmp_path)

    assert says in str(caught.value)
    assert tmp_path.as_posix() in str(caught.value) or says.startswith(("the two", "the file"))


def test_a_missing_overlay_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoteTypeError, match="no such folder of note models"):
        load_note_types(tmp_path / "nowhere")


def test_text_that_is_no_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "style.css").write_bytes(b"\xff\xfe.")

    with pytest.raises(NoteTypeError, match="not UTF-8"):
        load_note_types(tmp_path)


def test_an_installed_package_brings_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "qt2anki"
    (installed / "note_models").mkdir(parents=True)
    monkeypatch.setattr(
        "qt2anki.anki.note_types.__file__", str(installed / "package" / "model_files.py")
    )

    with pytest.raises(NoteTypeError) as caught:
        load_note_types()

    assert caught.value.source == (installed / "note_models" / "style.css").as_posix()
