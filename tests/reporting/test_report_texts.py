"""What people write: kept with every version, read as plain text whatever it holds, part of what a report is made of."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osservatorio.errors import UserError
from osservatorio.home import Home
from reporting.model import LineKind
from reporting.produce import produce, read_report
from reporting.words import keeping
from reporting.words.keeping import Mark, pick_up, save, versions
from reporting.words.markdown import read_markdown
from reporting.words.narratives import narratives_of, narratives_versions, text_path
from reporting.words.narratives import pick_up as pick_up_all

NOON = datetime(2022, 9, 1, 12, tzinfo=UTC)
CODE = "RSSMRA80A01H501U"
WHERE = ("semestrale", "2022-S1")


def mark(minutes: int = 0, author: str = "Anna Rossi") -> Mark:
    return Mark(NOON + timedelta(minutes=minutes), author, "comando")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "semestrale" / "2022-S1" / "difficolta.md"


@pytest.fixture
def own_home(home_with: Callable) -> Home:
    return home_with(lambda release: None)


# Kept


def test_every_saving_is_a_version_with_its_author_and_time(path: Path):
    first = save(path, "Prima stesura", mark())
    second = save(path, "Seconda **stesura**", mark(5, "  Bruno\n Neri "))
    assert path.read_text("utf-8") == "Seconda **stesura**\n"
    assert [version.text for version in versions(path)] == ["Prima stesura\n", "Seconda **stesura**\n"]
    assert [version.mark.author for version in versions(path)] == ["Anna Rossi", "Bruno Neri"]
    assert versions(path)[1].mark.at == NOON + timedelta(minutes=5)
    assert first.id != second.id


def test_the_same_words_make_no_version(path: Path):
    save(path, "Una riga\nun'altra", mark())
    assert save(path, "\ufeffUna riga\r\nun'altra\r\n\r\n", mark(1)) is None
    assert len(versions(path)) == 1


def test_blank_words_remove_the_text_and_keep_its_history(path: Path):
    save(path, "Da togliere", mark())
    assert save(path, " \n\t ", mark(1)).text == ""
    assert not path.exists()
    assert [version.text for version in versions(path)] == ["Da togliere\n", ""]
    save(path, "Da togliere", mark(2))
    assert len(versions(path)) == 3


def test_what_an_editor_changed_becomes_a_version(path: Path):
    save(path, "Dal comando", mark())
    path.write_text("Con l'editor\r\n", "utf-8")
    assert pick_up(path, NOON + timedelta(hours=1)).mark.origin == keeping.BY_HAND
    assert pick_up(path, NOON + timedelta(hours=2)) is None
    path.unlink()
    assert pick_up(path, NOON + timedelta(hours=3)).text == ""
    assert [version.text for version in versions(path)] == ["Dal comando\n", "Con l'editor\n", ""]


def test_saving_over_an_edited_file_keeps_what_the_editor_wrote(path: Path):
    save(path, "Uno", mark())
    path.write_text("Due, con l'editor", "utf-8")
    save(path, "Tre", mark(1))
    assert [version.text for version in versions(path)] == ["Uno\n", "Due, con l'editor\n", "Tre\n"]


def test_two_people_do_not_overwrite_each_other(path: Path):
    save(path, "Di tutti", mark())
    save(path, "Di Anna", mark(1), based_on="Di tutti\n")
    with pytest.raises(UserError, match="cambiato nel frattempo da «Anna Rossi»"):
        save(path, "Di Bruno", mark(2, "Bruno"), based_on="Di tutti\n")
    assert path.read_text("utf-8") == "Di Anna\n"


def test_versions_keep_their_order_when_the_clock_goes_back(path: Path):
    for place in range(5):
        save(path, f"Stesura {place}", mark(-10 * place))
    assert [version.text for version in versions(path)] == [f"Stesura {place}\n" for place in range(5)]


def test_a_damaged_version_is_told(path: Path):
    save(path, "Intera", mark())
    (file,) = (path.parent / keeping.HISTORY / path.name).iterdir()
    content = json.loads(file.read_text("utf-8"))
    for damaged in ("{", "[]", json.dumps({**content, "text": "Altre parole\n"}), '{"at": 3}'):
        file.write_text(damaged, "utf-8")
        with pytest.raises(UserError, match="è danneggiata"):
            versions(path)


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        f"riga\n\nil minore {CODE.lower()}.",
        "RSS MRA 80A01 H501U",
        "RSSMRA**80A01**H501U",
        "R\u200bSSMRA80A01H501U",
    ],
)
def test_a_codice_fiscale_is_refused_and_never_kept_or_repeated(path: Path, text: str):
    with pytest.raises(UserError, match="codice fiscale") as error:
        save(path, text, mark())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    with pytest.raises(UserError, match="codice fiscale"):
        pick_up(path, NOON)
    assert "RSS" not in error.value.message.upper()
    assert not (path.parent / keeping.HISTORY).exists()


def test_a_text_that_is_not_utf_8_says_how_to_mend(path: Path):
    path.parent.mkdir(parents=True)
    for content in ("Perché no".encode("cp1252"), "Perché no".encode("utf-16")):
        path.write_bytes(content)
        with pytest.raises(UserError, match="codifica «UTF-8»"):
            keeping.read_kept(path)


def test_a_text_too_long_is_refused(path: Path):
    with pytest.raises(UserError, match=r"al massimo 100\.000 caratteri"):
        save(path, "a" * (keeping.MAX_LENGTH + 1), mark())


def test_a_folder_in_the_place_of_a_text_is_told(path: Path):
    path.mkdir(parents=True)
    with pytest.raises(UserError, match="non si legge"):
        keeping.read_kept(path)


# Read


def shapes(text: str) -> list[tuple[str, str]]:
    return [(str(line.kind), line.text) for line in read_markdown(text)]


def test_markdown_becomes_lines():
    text = "# Titolo\n\nDue **parole** e *una*\nsu due righe\n\n1. primo\n   - dentro\n2. secondo\n"
    assert shapes(text) == [
        ("heading", "Titolo"),
        ("paragraph", "Due parole e una su due righe"),
        ("step", "primo"),
        ("bullet", "dentro"),
        ("step", "secondo"),
    ]
    strong = [run.text for line in read_markdown(text) for run in line.runs if run.is_strong]
    assert strong == ["parole"]


def test_a_row_of_a_table_is_an_item():
    text = "| Comune | Minori |\n|---|---:|\n| Meda | **12** |\n| Seveso | |\n"
    assert shapes(text) == [("bullet", "Comune: Meda; Minori: 12"), ("bullet", "Comune: Seveso")]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[qui](javascript:alert(1)) ![x](http://es.invalid/y.png)",
        "&lt;b&gt; &#65;",
        "#set text(red) $x^2$ {{ x }}",
        "=1+1",
        "<http://es.invalid>",
    ],
)
def test_markup_of_any_other_kind_is_plain_text(text: str):
    assert [line.text for line in read_markdown(text)] == [text]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab*_#-1. \n\t>|`\\[]()<&\x00\x1b\u200b\u202e\ud7ff€"), max_size=200))
def test_any_text_can_be_read_and_holds_nothing_unseen(text: str):
    for line in read_markdown(keeping.normal(text)):
        assert line.kind in LineKind
        assert not {"\x00", "\x1b", "\u200b", "\u202e", "\n"} & set(line.text)


# In the report


def test_words_reach_the_report_with_their_version(own_home: Home):
    assert read_report(own_home, *WHERE).words_version == ""
    save(text_path(own_home, *WHERE, "difficolta"), "Poche **sedi**.", mark())
    report = read_report(own_home, *WHERE)
    block = next(block for block in report.narratives if block.key == "difficolta")
    assert [line.text for line in block.lines] == ["Poche sedi."]
    assert len(report.words_version) == 8
    assert ("Testi", f"versione {report.words_version}") in [(f.label, f.text) for f in report.facts]
    other = read_report(own_home, *WHERE, comune="meda")
    assert other.words_version == ""
    assert all(block.is_missing for block in other.narratives)


def test_the_version_is_of_the_words_alone(own_home: Home):
    path = text_path(own_home, *WHERE, "difficolta")
    save(path, "Parole", mark())
    version = narratives_of(own_home, *WHERE).version
    path.write_bytes("\ufeffParole\r\n".encode())
    assert narratives_of(own_home, *WHERE).version == version
    path.write_text("Altre parole", "utf-8")
    assert narratives_of(own_home, *WHERE).version != version


def test_a_report_can_be_made_again_with_the_words_of_then(own_home: Home):
    comment, difficulties = (
        text_path(own_home, *WHERE, key) for key in ("commento_interventi", "difficolta")
    )
    save(comment, "Commento di allora", mark())
    save(difficulties, "Difficoltà di allora", mark(1))
    then = produce(own_home, *WHERE, formats=("xlsx",))
    content = then.files["xlsx"].read_bytes()
    comment.write_text("Commento rivisto con l'editor", "utf-8")
    pick_up_all(own_home, NOON + timedelta(minutes=2))
    save(difficulties, "", mark(3))
    now = read_report(own_home, *WHERE)
    assert now.words_version not in ("", then.report.words_version)

    ids = [version.id for version in narratives_versions(own_home, *WHERE)]
    assert ids[1] == then.report.words_version
    assert ids[3] == now.words_version
    words = narratives_of(own_home, *WHERE, version=then.report.words_version)
    again = read_report(own_home, *WHERE, words=words)
    assert again == then.report
    from reporting.documents.workbook import workbook

    assert workbook(again) == content
    with pytest.raises(UserError, match="non è nella storia"):
        narratives_of(own_home, *WHERE, version="00000000")


def test_words_that_cannot_be_used_stop_the_report_and_say_where(own_home: Home):
    path = text_path(own_home, *WHERE, "difficolta")
    path.parent.mkdir(parents=True)
    path.write_text(f"Il minore {CODE}", "utf-8")
    with pytest.raises(UserError, match=r"difficolta\.md», alla riga 1"):
        read_report(own_home, *WHERE)
    assert pick_up_all(own_home, NOON) == []


def test_hostile_words_are_set_in_every_format(own_home: Home):
    hostile = "\n\n".join(
        (
            "=1+1",
            "<b>x</b>",
            "#panic()",
            "\x00\x07\u202e😀",
            "1" * 3000,
            "x" * 3000,
            "- a\n  - b",
            "| a |\n|--|\n| b |",
        )
    )
    save(text_path(own_home, *WHERE, "difficolta"), hostile, mark())
    assert set(produce(own_home, *WHERE).files) >= {"pdf", "xlsx"}
