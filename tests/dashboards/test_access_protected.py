"""The page of the protected tables: what left in the pack and nothing more, and the documents as they were produced."""

import csv
import io
import math
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from doors import OF_ROLE, claims, kept
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboards.access import session
from dashboards.downloads import to_csv, to_xlsx
from dashboards.pages import PAGES
from dashboards.protected import WITHHELD, Figures, ProtectedView
from dashboards.server import APP
from dashboards.tables import Column, Table
from osservatorio import protected
from osservatorio.access.roles import Role
from osservatorio.commands.recording import recorded
from osservatorio.errors import UserError
from osservatorio.fingerprint import file_digest
from osservatorio.home import Home
from osservatorio.produced_reports import FOLDER
from osservatorio.protected import ProtectedTables

SIGN = "[c]"


@pytest.fixture(scope="module")
def pack_home(pack_of_2022: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home where the pack of 2022 was made, and an exact report beside it."""
    home = Home(shutil.copytree(pack_of_2022.root, tmp_path_factory.mktemp("fascicolo") / "home"))
    (made,) = home.reports.rglob("assemblea_2022.xlsx")
    (made.parent / "semestrale_2022-S1.xlsx").write_bytes(b"exact")
    return home


@pytest.fixture(scope="module")
def tables(pack_home: Home) -> ProtectedTables:
    (export,) = protected.exports(pack_home)
    return protected.protected_tables(pack_home, export)


@pytest.fixture
def door(pack_home: Home, tmp_path: Path) -> Iterator[session.Doorkeeper]:
    with kept(tmp_path, pack_home) as (keeper, _):
        yield keeper


def _as_it_left(home: Home) -> dict[tuple, tuple[str, bool]]:
    """Every cell of the pack's CSV: table, codes and measure -> what it shows, whether it is withheld."""
    (path,) = home.reports.rglob("assemblea_2022.csv")
    rows = csv.DictReader(io.StringIO(path.read_text("utf-8")))
    fixed = ("tabella", "misura", "valore", "oscurato")
    return {
        (
            row["tabella"],
            tuple(sorted(v for k, v in row.items() if k not in fixed and v)),
            row["misura"],
        ): (row["valore"], row["oscurato"] == "si")
        for row in rows
    }


def test_the_screen_has_the_cells_that_left_and_no_others(pack_home: Home, tables: ProtectedTables) -> None:
    left = _as_it_left(pack_home)
    withheld = shown = 0
    for table in tables.tables:
        for (place, measure), cell in table.cells.items():
            if measure == "ore_erogate":  # told in hours here, in minutes there
                continue
            value, is_withheld = left[table.key, tuple(sorted(place)), measure]
            assert cell.is_withheld is is_withheld, (table.key, place, measure)
            assert (cell.value is None) is is_withheld
            if is_withheld:
                withheld += 1
            else:
                shown += 1
                assert math.isclose(float(value), float(cell.value or 0), rel_tol=1e-9, abs_tol=1e-9)
    assert withheld > 20
    assert shown > 200
    assert tables.withheld == sum(is_withheld for _, is_withheld in left.values())


@pytest.mark.parametrize("role", [Role.GOVERNANCE, Role.ASSEMBLY])
def test_the_page_shows_the_sign_for_what_is_withheld(
    door: session.Doorkeeper, tables: ProtectedTables, role: Role
) -> None:
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.user = claims(OF_ROLE[role])
    app.query_params["tema"] = "Casistica"
    app._page_hash = calc_hash("protette")
    app.run()
    assert not app.exception
    assert app.title[0].value == "Tavole protette"
    assert "oscurato" in app.info[0].value
    crossed = next(table for table in tables.tables if table.key == "minori_comune_servizio")
    frame = next(
        t.value for t in app.table if "Tutti i servizi" in t.value.columns and len(t.value.columns) > 4
    )
    found = frame.astype(str).stack()
    year = list(crossed.frame.codes)[-1]
    expected = sum(cell.is_withheld for (place, _), cell in crossed.cells.items() if place[0] == year)
    assert expected > 0
    shown = [text.replace("\\", "") for text in found]
    assert sum(text in (SIGN, "inf") for text in shown) == expected, "the sign stands for them on screen"
    labels = [element.proto.label for element in app.get("download_button")]
    assert "Scarica XLSX" in labels
    assert "Scarica CSV" in labels


def test_a_municipality_is_not_shown_them(door: session.Doorkeeper) -> None:
    """With its own exact figures it would work out the withheld ones of the others."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.user = claims(OF_ROLE[Role.MUNICIPALITY])
    app._page_hash = calc_hash("protette")
    app.run()
    assert "non è compresa" in app.warning[0].value
    assert len(app.table) == 0


def test_a_register_that_cannot_be_trusted_is_told_without_places(
    door: session.Doorkeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Home) -> list:
        raise UserError("Il registro «/srv/dati/disclosure» non è come è stato scritto.")

    monkeypatch.setattr(protected, "exports", broken)
    for role, told in ((Role.GOVERNANCE, "avvisa l"), (Role.OFFICE, "disclosure")):
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.user = claims(OF_ROLE[role])
        app._page_hash = calc_hash("protette")
        app.run()
        assert told in app.info[0].value
        assert ("srv" in app.info[0].value) is (role is Role.OFFICE)


def test_only_documents_of_protected_kinds_as_they_were_produced_are_handed_on(pack_home: Home) -> None:
    ids = frozenset(path.name for path in pack_home.reports.iterdir())
    found = protected.documents(pack_home, ids)
    assert {document.path.name for document in found} == {"assemblea_2022.xlsx", "assemblea_2022.csv"}
    assert protected.documents(pack_home, frozenset()) == []
    (sheet,) = [document for document in found if document.format == "xlsx"]
    content = sheet.path.read_bytes()
    assert protected.content_of(sheet) == content
    sheet.path.write_bytes(content + b" ")
    try:
        assert {document.format for document in protected.documents(pack_home, ids)} == {"csv"}
        with pytest.raises(UserError, match="non è più come è stato prodotto"):
            protected.content_of(sheet)
    finally:
        sheet.path.write_bytes(content)


def test_a_file_made_before_its_kind_was_protected_is_not_handed_on(pack_home: Home) -> None:
    """Its digest is in the audit log, its release is shown, its kind is protected now: its figures were exact."""
    (release_id,) = [path.name for path in pack_home.reports.iterdir()]
    path = pack_home.reports / release_id / "governance_2022-S1.xlsx"
    path.write_bytes(b"exact")
    facts = {FOLDER: release_id, path.name: file_digest(path)}
    before = pack_home.audit_log.read_bytes()
    try:
        with recorded(pack_home, "report governance", periodo="2022-S1") as told:
            told.update(facts)
        found = protected.documents(pack_home, frozenset([release_id]))
        assert {document.kind for document in found} == {"assemblea"}
        early = before.replace(b'"at":"20', b'"at":"19')
        pack_home.audit_log.write_bytes(early)
        assert protected.documents(pack_home, frozenset([release_id])) == []
    finally:
        path.unlink()
        pack_home.audit_log.write_bytes(before)


def test_files_say_the_sign_and_where_they_come_from(tables: ProtectedTables) -> None:
    import openpyxl

    view = ProtectedView(PAGES["protette"], tables.export, tables.threshold)
    columns = (
        Column("riga", "Comune", "Il Comune.", "testo"),
        Figures("minori", "Minori", "I minori.", "intero", SIGN),
        Figures("quota", "Quota", "La quota.", "percentuale", SIGN),
    )
    frame = pd.DataFrame({"riga": ["Meda", "Seveso"], "minori": [WITHHELD, 7.0], "quota": [0.5, WITHHELD]})
    table = Table("Prova", frame, columns, pd.Series([False, False]))
    text = to_csv(table, view.context({"anno": "2022"})).decode("utf-8-sig")
    assert "Meda;[c];50,00%" in text
    assert "Seveso;7;[c]" in text
    assert "Fascicolo per l'Assemblea dei Sindaci, anno 2022" in text
    assert "Soglia;5 minori" in text
    assert "inf" not in text.lower().replace("informa", "")
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(table, view.context({}))))
    cells = [cell.value for row in book["Dati"].iter_rows(min_row=4) for cell in row]
    assert cells == ["Meda", SIGN, 0.5, "Seveso", 7, SIGN]
