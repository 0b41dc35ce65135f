"""The surveys of the demonstration: their totals are the marts', their files say who may have them."""

import csv
import io
import json
from collections import Counter
from pathlib import Path

import pytest
from openpyxl import load_workbook

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.periods import parse_period
from osservatorio.release import Release, open_release
from reporting.returns import expenditure, out_of_home
from reporting.returns.workbooks import Source

YEAR = "2022"


@pytest.fixture(scope="module")
def release(returns_home: Home):
    with open_release(returns_home) as opened:
        yield opened


@pytest.fixture(scope="module")
def source(release: Release) -> Source:
    return Source.of(release, parse_period(YEAR))


@pytest.fixture(scope="module")
def told(returns_home: Home, osservatorio) -> dict[str, dict]:
    return {
        name: json.loads(osservatorio("export", name, YEAR, "--json", home=returns_home.root).stdout)
        for name in ("minori-fuori-famiglia", "spesa-sociale")
    }


def row_of(release: Release, mart: str, columns: str, where: str) -> tuple:
    (row,) = release.rows(f"select {columns} from {mart} where {where}")
    return row


AMBITO = "municipality_code = 'AMBITO'"


def test_minors_out_of_home_are_those_of_the_marts(release: Release, source: Source):
    """Totals of the table by kind of care against the marts of foster care and of stability."""
    table = out_of_home.survey(source).table("quadro")

    def total(moment: str, care: str, measure: str) -> int:
        values = [table.value((moment, care), f"{group}_{measure}") for group in out_of_home.GROUPS]
        return sum(int(str(value)) for value in values)

    minors, placements = row_of(
        release, "mart_placement_stability", "minors, placements", f"year = 2022 and {AMBITO}"
    )
    assert total("nell_anno", "TUTTE", "minors") == minors > 0
    assert total("nell_anno", "TUTTE", "placements") == placements > 0
    (foster,) = row_of(
        release,
        "mart_foster_care",
        "at_end_intensita_residenziale + at_end_intensita_pronta_accoglienza",
        f"period = '2022' and {AMBITO}",
    )
    assert total("fine", "affido", "placements") == foster > 0
    for care in ("affido", "struttura", "TUTTE"):
        stock = total("inizio", care, "placements") + total("entrati", care, "placements")
        assert stock - total("usciti", care, "placements") == total("fine", care, "placements")


def test_every_table_adds_up_to_its_total(source: Source):
    """By sex nobody stands in two rows; by any dimension the rows are no fewer than the total."""
    report = out_of_home.survey(source)
    for moment, (_, dimensions) in out_of_home.MOMENTS.items():
        for dimension in dimensions:
            table = report.table(f"{moment}_{dimension}")
            for place in range(1, len(table.columns)):
                parts = sum(row.values[place] for row in table.body)
                (total,) = (row.values[place] for row in table.rows if row.is_total)
                if dimension == "sesso":
                    assert parts == total
                elif dimension != "collocazione":
                    assert parts >= total
    kinship = report.table("fine_collocazione")
    assert sum(row.values[1] for row in kinship.body) == report.table("fine_eta").value(
        "TUTTI", "altri_affido"
    )


def test_the_csv_has_every_cell_of_the_mart(told: dict, release: Release):
    path = next(Path(name) for name in told["minori-fuori-famiglia"]["files"] if name.endswith(".csv"))
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), delimiter=";"))
    ((count, minors),) = release.rows(
        "select count(*), sum(minors) from mart_out_of_home_survey where year = 2022"
    )
    assert (len(rows), sum(int(row["Minori"]) for row in rows)) == (count, minors)


def test_social_expenditure_is_that_of_the_marts(release: Release, source: Source):
    report = expenditure.survey(source)
    table = report.table("spesa")
    for town in ("AMBITO", "108039"):
        where = f"year = 2022 and municipality_code = '{town}'"
        spent, committed, users = row_of(
            release,
            "mart_service_costs",
            "total_spent, total_committed, minors_in_year",
            f"{where} and service_code = 'TUTTI'",
        )
        charged, paid = row_of(
            release, "mart_cost_sharing", "charged, paid", f"{where} and prestazione = 'TUTTE'"
        )
        place = (town, "TUTTI")
        assert table.value(place, "spent") == spent > 0
        assert table.value(place, "committed") == committed
        assert table.value(place, "users") == users
        assert (table.value(place, "user_share_due"), table.value(place, "user_share_paid")) == (
            charged,
            paid,
        )
        assert table.value(place, "municipal_share") == spent - paid
        sources = report.table("fonti")
        assert sum(sources.value(place, name) for name in expenditure.SOURCES[1:]) == spent


def test_the_table_per_minor_has_every_minor_once(release: Release, source: Source):
    report = expenditure.minors_table(source)
    rows = [(row.key, row.values) for table in report.tables for row in table.rows]
    (expected,) = row_of(
        release,
        "mart_minor_costs",
        "count(*)",
        "year = 2022 and foster_out_of_home_days + placement_out_of_home_days > 0",
    )
    assert len(rows) == len({key for key, _ in rows}) == expected > 0
    judged = Counter(
        key[0]
        for table in report.tables
        if table.key != "verificare"
        for key, _ in [(r.key, 0) for r in table.rows]
    )
    found = release.rows(
        "select municipality_code, count(*) from mart_minor_costs where year = 2022 "
        "and foster_out_of_home_days + placement_out_of_home_days > 0 "
        "and measure_authority <> 'pubblica_autorita_403' group by 1"
    )
    assert judged == dict(found)
    assert all(row.values[2] for table in report.tables if table.key != "verificare" for row in table.rows)


def test_files_say_that_they_are_reserved_and_hold_no_formula(told: dict):
    for produced in told.values():
        for name in produced["files"]:
            if name.endswith(".xlsx"):
                book = load_workbook(name)
                cover = " ".join(str(cell.value) for row in book["Copertina"].iter_rows() for cell in row)
                assert "segreto statistico" in cover
                assert not any(
                    cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row
                )


def test_exports_are_in_the_audit_log_with_their_digests(told: dict, returns_home: Home):
    log = returns_home.audit_log.read_text("utf-8")
    for name, produced in told.items():
        assert f"export {name}" in log
        assert all(Path(path).name in log for path in produced["files"])


def test_the_same_again_is_the_same(told: dict, returns_home: Home):
    for name, make in (
        ("minori-fuori-famiglia", out_of_home.produce),
        ("spesa-sociale", expenditure.produce),
    ):
        before = {path: Path(path).read_bytes() for path in told[name]["files"]}
        assert {str(path) for path in make(returns_home, YEAR).files} == set(before)
        assert {path: Path(path).read_bytes() for path in before} == before


@pytest.mark.parametrize("make", [out_of_home.survey, expenditure.survey])
def test_a_year_without_anything_is_told(make, release: Release):
    with pytest.raises(UserError, match=r"Nell'anno 2031 non risultano"):
        make(Source.of(release, parse_period("2031")))
