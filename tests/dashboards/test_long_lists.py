"""A working list of thousands of rows is shown a few at a time, is read whole only for a file, and says so."""

import csv
import io
from collections.abc import Iterator

import duckdb
import pandas as pd
import pytest
import streamlit as st
from fake_release import build_fake_home
from opening import go_to
from streamlit.testing.v1 import AppTest

from dashboards import downloads, queries, source
from dashboards.components import MOST_ROWS
from dashboards.server import APP
from osservatorio.home import Home
from osservatorio.release import Release, current_release_id, open_release, release_path

MANY = 130


@pytest.fixture(scope="module")
def long_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose findings are 130, all of one rule and municipality, beside those of the others."""
    home = build_fake_home(tmp_path_factory.mktemp("lunghi"), release_id="elenchi-lunghi")
    with duckdb.connect(str(release_path(home, current_release_id(home) or ""))) as con:
        con.execute("delete from mart_rule_findings where rule_id = 'R14.3'")
        con.execute(
            "insert into mart_rule_findings by name select * exclude (n) replace ('R14.3' as rule_id, 'X' || n as record_id, "
            "'108030' as municipality_code, 'Meda' as municipality_name, '108030' as codice_ente) "
            "from (from mart_rule_findings limit 1), range(?) as numbers(n)",
            [MANY],
        )
    return home


@pytest.fixture
def page(long_home: Home) -> Iterator[AppTest]:
    source.use(long_home)
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["regola"] = "R14.3"
    yield go_to(app, "regole").run()
    source.use(long_home).close()


def _shown(app: AppTest) -> list[str]:
    listed = next(table.value for table in app.table if "Come rimediare" in table.value.columns)
    return listed.iloc[:, 0].tolist()


def _told(app: AppTest) -> list[str]:
    return [text.value for text in app.caption]


def test_rows_are_shown_by_fifty_and_the_buttons_turn_to_the_others(page: AppTest) -> None:
    first = _shown(page)
    assert len(first) == MOST_ROWS
    assert "Righe 1–50 di 130" in _told(page)
    name = "pagina_elenco_dei_rilievi"
    assert page.button(f"chevron_left_{name}").disabled
    page.button(f"chevron_right_{name}").click().run()
    second = _shown(page)
    assert not {row.split("]")[0] for row in first} & {row.split("]")[0] for row in second}
    assert "Righe 51–100 di 130" in _told(page)
    page.button(f"chevron_right_{name}").click().run()
    assert len(_shown(page)) == MANY - 2 * MOST_ROWS
    assert page.button(f"chevron_right_{name}").disabled
    address = page.query_params[name]
    page.selectbox("esito").select("not_assessable").run()
    assert page.query_params[name] == address, "the address is what it was"
    rows = _shown(page) if any("Come rimediare" in table.value.columns for table in page.table) else []
    assert len(rows) in (0, MOST_ROWS), "another list starts at its beginning"


@pytest.mark.parametrize("page_asked", ["-1", "9.ffff", "1e9", "2", "x" * 300, "99999999999999999999.0000"])
def test_a_page_that_is_not_there_is_the_first(page: AppTest, page_asked: str) -> None:
    page.query_params["pagina_elenco_dei_rilievi"] = page_asked
    page.run()
    assert not page.exception
    assert "Righe 1–50 di 130" in _told(page)


def test_the_file_has_every_row(page: AppTest, long_home: Home) -> None:
    with open_release(long_home) as release:
        listed = queries.rule_findings(release, rule_id="R14.3")
        assert listed.count() == len(listed.whole()) == MANY
        assert listed.where(outcome="non esiste").count() == 0
    button = next(
        one for one in page.get("download_button") if one.proto.label == "CSV" and "rilievi" in one.proto.id
    )
    assert button.proto.deferred_file_id


def test_a_list_too_long_for_a_workbook_says_so(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MOST_IN_XLSX", 100)
    page.run()
    labels = [one.proto.label for one in page.get("download_button") if "elenco_dei_rilievi" in one.proto.id]
    assert labels == ["CSV"]
    assert any(text.startswith("L'elenco ha più di 100 righe: si scarica in CSV") for text in _told(page))


def test_a_page_never_reads_more_rows_of_a_list_than_it_shows(
    long_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[tuple[str, int]] = []
    plain = Release.query

    def told(self: Release, sql: str, *rest: object) -> pd.DataFrame:
        found = plain(self, sql, *rest)
        read.append((sql, len(found)))
        return found

    monkeypatch.setattr(Release, "query", told)
    st.cache_resource.clear()
    source.use(long_home)
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["regola"] = "R14.3"
    app.query_params["periodo"] = "2023-S1"
    for name in ("panoramica", "regole", "governance", "compartecipazione"):
        app.switch_page(f"app_pages/{name}.py")
        app.run()
        assert not app.exception
    lists = ("mart_rule_findings", "mart_deadlines", "mart_meetings", "mart_cost_sharing_mismatches")
    of_lists = [rows for sql, rows in read if any(f"from {name} " in sql for name in lists)]
    assert len(of_lists) >= 6
    assert max(of_lists) <= MOST_ROWS
    assert not any(" core." in sql for sql, _ in read), "facts are read by the simulator alone"
    source.use(long_home).close()


def test_the_csv_of_a_long_list_is_whole(long_home: Home) -> None:
    from dashboards.tables import table

    with open_release(long_home) as release:
        whole = queries.rule_findings(release, rule_id="R14.3").whole()
        made = downloads.to_csv(
            table(release, "mart_rule_findings", whole, ["record_id", "event_date"], "Elenco"),
            downloads.Context("Regole", release.id, release.as_of, {}),
        )
    rows = list(csv.reader(io.StringIO(made.decode("utf-8-sig")), delimiter=";"))
    assert sum(bool(row) and row[0].startswith("X") for row in rows) == MANY
