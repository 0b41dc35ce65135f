"""Working lists: a link or a choice leads to the list, a row to all that is known of it."""

import re

import duckdb
import pandas as pd
import pytest
from opening import go_to
from seen_tables import read
from streamlit.testing.v1 import AppTest

from dashboards import queries, source
from dashboards.page_tables import html_of
from dashboards.server import APP
from dashboards.tables import Column, Table
from dashboards.text import plain
from osservatorio.home import Home
from osservatorio.release import Release, current_release_id, open_release, release_path

LIST = "Elenco dei rilievi"
HOSTILE = "P1](http://ex.it) <b>x</b> **y**"


def _open(app: AppTest, page: str, **address: str) -> AppTest:
    for name, value in address.items():
        app.query_params[name] = value
    return go_to(app, page).run()


def _list_of(app: AppTest) -> pd.DataFrame:
    return next(table.value for table in app.table if "Come rimediare" in table.value.columns)


def test_a_rule_in_the_address_gives_its_list(app: AppTest) -> None:
    _open(app, "regole", periodo="2022-S1", regola="R14.3", comune="meda")
    assert set(_list_of(app)["Codice della regola"]) == {"R14.3"}
    assert set(_list_of(app)["Comune"]) == {"Meda"}
    app.selectbox("esito").select("not_assessable").run()
    assert app.query_params["esito"] == "not_assessable"
    assert len(_list_of(app)) == 3
    app.selectbox("regola").select("R05.1").run()
    assert app.query_params["regola"] == "R05.1"
    assert set(_list_of(app)["Codice della regola"]) == {"R05.1"}


def test_an_unknown_rule_in_the_address_gives_all_of_them(app: AppTest) -> None:
    _open(app, "regole", regola="'; drop table mart_rule_findings; --")
    assert not app.exception
    assert app.selectbox("regola").value == queries.ALL_RULES


def test_a_row_leads_to_all_that_is_known_of_it_and_no_identifier_is_in_the_address(app: AppTest) -> None:
    _open(app, "regole", periodo="2022-S1", regola="R14.3")
    cell = _list_of(app).iloc[0, 0]
    name = cell[1 : cell.index("]")]
    assert name.startswith("P3not")
    link = re.search(r"\]\(\?(.*)#scheda_mart_rule_findings\)$", cell)
    assert link
    assert "P3not" not in link[1]
    digest = re.search("rilievo=([0-9a-f]{12})", link[1])
    assert digest
    app.query_params["rilievo"] = digest[1]
    app.run()
    card = [text.value for text in app.markdown if text.value.startswith("**")]
    assert f"**Identificativo**: {plain(name)}" in card
    assert any(line.startswith("**Come rimediare**") for line in card)


def test_deadlines_are_filtered_by_kind_and_state(app: AppTest, release: Release) -> None:
    _open(app, "regole", scadenza="relazione_ag", stato="scadute", comune="meda")
    shown = next(table.value for table in app.table if "Giorni al termine" in table.value.columns)
    due = queries.deadlines(release, deadline_kind="relazione_ag", municipality_code="108030").whole()
    assert len(shown) == due.is_overdue.sum() == 2


def test_only_the_address_of_this_room_becomes_a_link() -> None:
    frame = pd.DataFrame({"name": [HOSTILE, "P2"]})
    table = Table(
        "Prova",
        frame,
        (Column("name", "Nome", "", "testo"),),
        pd.Series(False, index=frame.index),
        links={"name": pd.Series(["?riga=1", "?riga=2"])},
    )
    assert html_of(table).count("<a ") == 2
    assert read(html_of(table)).value.Nome.tolist() == [f"[{HOSTILE}](?riga=1)", "[P2](?riga=2)"]


@pytest.mark.parametrize("choice", ["sempre", "periodo"])
def test_the_list_may_be_of_the_period_only(app: AppTest, release: Release, choice: str) -> None:
    _open(app, "regole", periodo="2022", regola="R14.3", quando=choice, comune="meda")
    dated = queries.rule_findings(release, rule_id="R14.3", municipality_code="108030").whole().event_date
    expected = len(dated) if choice == "sempre" else (dated.dt.year == 2022).sum()
    shown = [table.value for table in app.table if "Come rimediare" in table.value.columns]
    assert (len(shown[0]) if shown else 0) == expected


def test_hostile_identifiers_are_text(own_home: Home) -> None:
    path = release_path(own_home, current_release_id(own_home) or "")
    with duckdb.connect(str(path)) as con:
        con.execute("update mart_rule_findings set record_id = ?", [HOSTILE])
    source.use(own_home)
    app = _open(AppTest.from_file(str(APP), default_timeout=60), "regole")
    assert not app.exception
    assert _list_of(app).iloc[0, 0].startswith(f"[{HOSTILE}](?")


@pytest.mark.parametrize(
    ("page", "choice", "mart"),
    [
        ("compartecipazione", "quota", "mart_cost_sharing_mismatches"),
        ("governance", "incontro", "mart_meetings"),
        ("regole", "rilievo", "mart_rule_findings"),
        ("regole", "termine", "mart_deadlines"),
    ],
)
def test_every_working_list_leads_from_a_row_to_its_card(
    app: AppTest, page: str, choice: str, mart: str
) -> None:
    """By the link in the table and by the selectbox, which the keyboard reaches too."""
    _open(app, page, periodo="2022")
    options = app.selectbox(choice).options
    assert len(options) > 1
    links = list(
        dict.fromkeys(
            str(cell)
            for table in app.table
            for cell in table.value.iloc[:, 0]
            if f"{choice}=" in str(cell) and f"#scheda_{mart}" in str(cell)
        )
    )
    assert len(links) == len(options) - 1, "one link a row"
    before = len(app.markdown)
    app.selectbox(choice).select_index(1).run()
    assert not app.exception
    assert app.query_params[choice] in links[0]
    assert len(app.markdown) > before + 3


def test_a_card_tells_what_the_other_lists_say_of_the_same_record(own_home: Home) -> None:
    """A deadline is put on the record of a finding: each card then tells of the other, and of no other record."""
    with open_release(own_home) as release:
        first = queries.rule_findings(release, rule_id="R14.3").rows(0, 1).iloc[0]
    with duckdb.connect(str(release_path(own_home, current_release_id(own_home) or ""))) as con:
        con.execute(
            "update mart_deadlines set codice_ente = ?, record_id = ? "
            "where rowid in (select rowid from mart_deadlines order by rowid limit 1)",
            [first.codice_ente, first.record_id],
        )
    used = source.use(own_home)
    found = AppTest.from_file(str(APP), default_timeout=60)
    _open(found, "regole", regola="R14.3")
    found.selectbox("rilievo").select_index(1).run()
    told = [text.value for text in found.markdown if text.value.startswith("**Scadenze della stessa")]
    assert len(told) == 1
    assert told[0].count("\n- ") == 1
    found.selectbox("rilievo").select_index(2).run()
    assert not [text for text in found.markdown if text.value.startswith("**Scadenze della stessa")]
    used.close()


def test_what_needs_attention_leads_to_its_list(app: AppTest) -> None:
    app.run()
    overdue = next(link for link in app.get("page_link") if "scadenz" in link.proto.label.lower())
    assert "stato=scadute" in overdue.proto.query_string


@pytest.mark.parametrize(
    ("page", "choice"),
    [("compartecipazione", "prestazione"), ("governance", "livello"), ("qualita", "comune")],
)
def test_rows_of_a_comparison_lead_to_their_own(app: AppTest, page: str, choice: str) -> None:
    _open(app, page, periodo="2022")
    links = [
        re.search(rf"[?&]{choice}=([^&)#]+)", str(cell))
        for table in app.table
        for cell in table.value.iloc[:, 0]
        if str(cell).startswith("[")
    ]
    codes = {found[1] for found in links if found}
    assert len(codes) > 1
    for code in codes:
        app.query_params[choice] = code
        app.run()
        assert not app.exception
        assert app.query_params[choice] == code


def test_a_pseudonym_is_short_on_the_page_and_whole_in_its_column() -> None:
    column = Column("record_id", "Identificativo", "", "codice")
    pseudonym = "0123456789abcdef" * 4
    shown = Table("t", pd.DataFrame({"record_id": [pseudonym, "P1"]}), (column,), pd.Series([False, False]))
    assert read(html_of(shown)).value.Identificativo.tolist() == ["0123456789ab…", "P1"]
    assert column.show(pseudonym) == pseudonym
