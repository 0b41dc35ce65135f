"""Errata: which earlier reports are looked at, which of their figures changed, and that nothing later changes it."""

import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader
from report_release import FakeRelease

from osservatorio.audit import append
from osservatorio.home import Home
from osservatorio.produced_reports import produced_reports
from osservatorio.release import manifest_path, release_path
from reporting.errata.earlier import MOST
from reporting.model import Paragraph, Report, Section, Table
from reporting.produce import produce, read_report
from reporting.sections.errata_tables import SHOWN

FIRST, SECOND, THIRD = (f"2022-09-30-00000000000{number}" for number in (1, 2, 3))
MADE = datetime(2022, 10, 3, 8).astimezone()  # the first release
HOUR = timedelta(hours=1)
MEDA = "108030"
LINEAGE = {
    "mart_complaints": ["reclami"],
    "mart_service_usage": ["interventi"],
    "mart_budget": ["spese"],
    "mart_caseload_by_municipality": ["prese_in_carico"],
}
Change = Callable[[FakeRelease], None]


def release(home: Home, name: str, hours: int, change: Change = lambda _: None) -> None:
    """A release made so many hours after the first, with the figures that a function has changed."""
    made = FakeRelease(home)
    made.manifest |= {
        "release_id": name,
        "created_at": (MADE + hours * HOUR).isoformat(),
        "as_of": name[:10],
        "lineage": LINEAGE,
        "keys": {"mart_data_quality": ["delivery_id", "extract", "rule"]},
    }
    change(made)
    made.write()


def report(
    home: Home, name: str, hours: float, stem: str = "semestrale_2022-S1", event: str = "semestrale"
) -> None:
    """The log tells that a report was produced from a release, so many hours after the first release."""
    append(
        home,
        event=f"report {event}",
        phase="fatto",
        at=MADE + hours * HOUR,
        user="prova",
        facts={"cartella": name, f"{stem}.pdf": "ab" * 32, f"{stem}.xlsx": "cd" * 32},
    )


def complaints(place: str, period: str = "2022-S1", **figures: int) -> Change:
    """Other figures in the complaints of a municipality, and two deliveries that came: hers, and of another extract."""

    def change(made: FakeRelease) -> None:
        for row in made.marts["mart_complaints"]:
            if (row["municipality_code"], row["service_code"], row["period"]) == (place, "TUTTI", period):
                row |= figures
        for extract in ("reclami", "spese"):
            made.manifest["deliveries"] = [
                *made.manifest["deliveries"],
                {
                    "delivery_id": f"d-{extract}-{place}",
                    "file": f"{extract}__tardivi_{place}.csv",
                    "extract": extract,
                    "sha256": "ef" * 32,
                    "rows_read": 1,
                    "accepted": 1,
                    "quarantined": 0,
                    "first_extraction": "2022-09-30",
                    "last_extraction": "2022-09-30",
                    "municipalities": [place],
                    "moves": {place: "1"},
                },
            ]

    return change


@pytest.fixture(scope="module")
def corrected_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(tmp_path_factory.mktemp("corrected") / "home")
    release(home, FIRST, 0)
    report(home, FIRST, 1)
    release(home, SECOND, 2, complaints(MEDA, received=7))
    return home.root


@pytest.fixture
def home(corrected_home: Path, tmp_path: Path) -> Home:
    """Two releases: after the first a report was produced, then Meda's complaints were corrected."""
    return Home(shutil.copytree(corrected_home, tmp_path / "home"))


def section(home: Home, period: str = "2022-S1", **options) -> Section | None:
    made: Report = read_report(home, "semestrale", period, **options)
    return next((section for section in made.sections if section.key == "errata"), None)


def table(found: Section, key: str) -> Table:
    return next(block for block in found.blocks if isinstance(block, Table) and block.key == key)


def rows(found: Section, key: str) -> list[dict]:
    of = table(found, key)
    return [dict(zip([c.key for c in of.columns], row.values, strict=True)) for row in of.rows]


def outcomes(home: Home, period: str = "2022-S1", **options) -> list[tuple[str, object]]:
    """Of each earlier report its release, and how many figures changed or why that cannot be told."""
    found = section(home, period, **options)
    if found is None:
        return []
    return [
        (row["release"], row["why"] if row["changed"] is None else row["changed"])
        for row in rows(found, "errata_rapporti")
    ]


def test_without_earlier_reports_there_is_no_errata(home):
    assert section(home, release_id=FIRST) is None
    assert section(home, "2021-S2") is None  # only of later periods


def test_a_corrected_figure_then_and_now_and_the_delivery_that_moved_it(home):
    found = section(home)
    before = next(
        row["received"]
        for row in FakeRelease(home).marts["mart_complaints"]
        if (row["municipality_code"], row["service_code"], row["period"]) == (MEDA, "TUTTI", "2022-S1")
    )
    (row,) = rows(found, "errata_conteggi")
    assert (row["row"], row["measure"], row["then"], row["now"]) == (
        "Meda",
        "Reclami ricevuti",
        before or None,
        7,
    )
    assert row["table"] == "Reclami per Comune"
    (delivery,) = rows(found, "errata_consegne")  # the one of expenses cannot have moved complaints
    assert (delivery["file"], row["deliveries"]) == (f"reclami__tardivi_{MEDA}.csv", "n. 1")
    assert delivery["day"] == date(2022, 9, 30)


def test_the_summary_tells_of_it_and_the_reports_are_listed(home):
    found = section(home)
    (row,) = rows(found, "errata_rapporti")
    assert (row["release"], row["produced"], row["as_of"]) == (FIRST, date(2022, 10, 3), date(2022, 9, 30))
    assert row["shown"] > 500
    assert row["why"] == "2 consegne arrivate."
    assert found.lead.startswith("È cambiata 1 cifra del rapporto precedente (primo semestre 2022)")
    summary = next(s for s in read_report(home, "semestrale", "2022-S1").sections if s.is_summary)
    assert found.lead in str(summary.blocks)


def test_unchanged_figures_are_told_too(tmp_path):
    home = Home(tmp_path / "home")
    release(home, FIRST, 0)
    report(home, FIRST, 1)
    release(home, SECOND, 2, lambda made: made.manifest["deliveries"].pop())
    found = section(home)
    assert outcomes(home) == [(FIRST, 0)]
    (paragraph,) = [block for block in found.blocks if isinstance(block, Paragraph)]
    assert paragraph.text.endswith("Le cifre confrontate non sono cambiate.")
    assert not found.lead


def test_what_is_produced_later_changes_no_byte(home):
    produced = produce(home, "semestrale", "2022-S1")
    first = {name: path.read_bytes() for name, path in produced.files.items()}
    assert b"Errata" in first["xlsx"] or "Errata" in "".join(
        page.extract_text() for page in PdfReader(produced.files["pdf"]).pages
    )
    report(home, SECOND, 3)
    report(home, FIRST, 4)
    report(home, FIRST, 4, "semestrale_2021-S2")
    release(home, THIRD, 5, complaints(MEDA, received=9))
    report(home, THIRD, 6)
    again = produce(home, "semestrale", "2022-S1", release_id=SECOND)
    assert {name: path.read_bytes() for name, path in again.files.items()} == first


def test_of_each_period_the_last_version_counts(home):
    report(home, SECOND, 3)
    report(home, FIRST, 4)  # printed once more: the version of the second release stays the last
    release(home, THIRD, 5, complaints(MEDA, received=9))
    assert outcomes(home) == [(SECOND, 1)]
    (row,) = rows(section(home), "errata_conteggi")
    assert (row["then"], row["now"], row["difference"]) == (7, 9, 2)


def test_earlier_periods_and_the_own_one_but_no_later_ones(home):
    report(home, SECOND, 3, "semestrale_2021-S2")
    report(home, SECOND, 3, "semestrale_2022-S1")
    release(home, THIRD, 5, complaints(MEDA, period="2021-S2", received=9, answered=8))
    assert outcomes(home, "2021-S2") == [(SECOND, 2)]
    # Of 2022-S1 the third release says what the first did: the second one's correction was taken back.
    assert outcomes(home, "2022-S1") == [(SECOND, 2), (SECOND, 1)]


def test_other_kinds_and_editions_are_not_looked_at(home):
    report(home, FIRST, 1, "annuale_2022", "annuale")
    report(home, FIRST, 1, "semestrale_2022-S1_meda")
    assert outcomes(home) == [(FIRST, 1)]
    assert outcomes(home, comune="seregno") == []
    (found,) = outcomes(home, comune="meda")
    # Meda had no complaints then: the table of hers beside the Ambito's is new, with all its figures.
    assert found == (FIRST, 8)


def test_a_provisional_report_is_replaced_and_not_corrected(home):
    report(home, FIRST, 1, "semestrale_2022-S2")
    ((_, first), (_, second)) = outcomes(home, "2022-S2")
    assert (first, second) == (1, "provvisorio: il periodo non era concluso; non si confronta")


def test_a_release_that_was_purged_can_no_longer_be_compared(home):
    for path in (release_path(home, FIRST), manifest_path(home, FIRST)):
        path.unlink()
    assert outcomes(home) == [(FIRST, "la pubblicazione è stata eliminata: non si può più confrontare")]
    (paragraph,) = [block for block in section(home).blocks if isinstance(block, Paragraph)]
    assert paragraph.text.endswith("Non si può confrontare.")


def test_a_release_that_lacks_a_mart_or_is_damaged_is_told_apart(home):
    report(home, FIRST, 1.5, "semestrale_2021-S2")
    release_path(home, FIRST).write_bytes(b"non e' un archivio")
    assert {why for _, why in outcomes(home)} == {
        "il file della pubblicazione non si legge: non si può confrontare"
    }
    release_path(home, FIRST).unlink()
    release(home, FIRST, 0, lambda made: made.marts.pop("mart_controls"))
    assert {why for _, why in outcomes(home, release_id=SECOND)} == {
        "fatto da un'altra versione del programma: non si può confrontare"
    }


def test_a_release_of_the_past_is_not_set_beside_younger_figures(tmp_path):
    """The office asks for June again after it reported from December: the report is the one that June would have had."""
    home = Home(tmp_path / "home")
    release(home, FIRST, 0)
    report(home, FIRST, 1)
    release(home, "2022-06-30-000000000009", 2, complaints(MEDA, received=7))
    assert section(home) is None


def test_only_so_many_reports_are_compared(home, monkeypatch):
    monkeypatch.setattr("reporting.errata.earlier.MOST", 1)
    report(home, FIRST, 1, "semestrale_2021-S2")
    ((_, first), (_, second)) = outcomes(home)
    assert (first, second) == (f"non confrontato: si guardano gli ultimi {MOST} periodi", 1)


def test_figures_of_a_year_that_was_not_over_are_not_corrections(home):
    def spend_more(made: FakeRelease) -> None:
        for row in made.marts["mart_budget"]:
            row["spent"] = row["spent"] + 1000

    report(home, SECOND, 3)
    release(home, THIRD, 4, spend_more)
    assert outcomes(home) == [(SECOND, 1)]  # of complaints, which the third release has as the first did
    report(home, THIRD, 5, "semestrale_2021-S2")
    release(home, "2022-09-30-000000000004", 6)
    found = section(home)
    assert {row["table"] for row in rows(found, "errata_importi")} >= {
        "Risorse della coprogettazione per area, anno 2021"
    }
    assert not [row for row in rows(found, "errata_importi") if "2022" in row["table"]]


def test_shares_differ_in_points_and_only_when_they_read_otherwise(tmp_path):
    home = Home(tmp_path / "home")

    def rate(value: float) -> Change:
        def change(made: FakeRelease) -> None:
            for row in made.marts["mart_service_usage"]:
                if (row["municipality_code"], row["service_code"], row["intervention_type"]) == (
                    MEDA,
                    "TUTTI",
                    "TUTTI",
                ):
                    row["delivery_rate"] = value

        return change

    release(home, FIRST, 0, rate(0.8804))
    report(home, FIRST, 1)
    release(home, SECOND, 2, rate(0.88041))
    assert outcomes(home) == [(FIRST, 0)]
    release(home, THIRD, 3, rate(0.8796))
    assert outcomes(home) == [(FIRST, 0)]  # «88,0%» both times
    release(home, "2022-09-30-000000000004", 4, rate(0.8744))
    (row,) = rows(section(home), "errata_quote")
    assert (row["then"], row["now"], row["difference"]) == (
        Decimal("0.880"),
        Decimal("0.874"),
        Decimal("-0.600"),
    )


def test_many_corrections_the_biggest_in_print_and_all_in_the_workbook(tmp_path):
    home = Home(tmp_path / "home")
    release(home, FIRST, 0)
    report(home, FIRST, 1)

    def more(made: FakeRelease) -> None:
        for place, row in enumerate(made.marts["mart_caseload_by_municipality"]):
            row["opened"] += 1 + place % 7

    release(home, SECOND, 2, more)
    found = section(home)
    whole, printed = table(found, "errata_conteggi"), table(found, "errata_conteggi_stampa")
    assert not whole.in_print
    assert printed.in_print
    assert len(printed.rows) == SHOWN < len(whole.rows)
    place = whole.position("difference")
    sizes = [abs(row.values[place]) for row in whole.rows]
    assert sizes == sorted(sizes, reverse=True)
    assert printed.rows == whole.rows[:SHOWN]
    ((_, changed),) = outcomes(home)
    assert changed == len(whole.rows)
    keys = [row.key for row in whole.rows]
    assert len(keys) == len(set(keys))
    produced = produce(home, "semestrale", "2022-S1")
    text = "".join(page.extract_text() for page in PdfReader(produced.files["pdf"]).pages)
    assert "Errata: cifre corrette rispetto ai rapporti precedenti" in text
    book = openpyxl.load_workbook(produced.files["xlsx"])
    (sheet,) = [name for name in book.sheetnames if name.endswith(" Errata, conteggi")]
    assert book[sheet].max_row >= len(whole.rows)


def test_the_log_tells_reports_and_nothing_else(home):
    append(
        home,
        event="releases compare xlsx",
        phase="fatto",
        at=MADE,
        user="x",
        facts={"cartella": FIRST, "a_2022.xlsx": "0"},
    )
    append(home, event="report semestrale", phase="inizio", at=MADE, user="x", facts={"periodo": "2022-S1"})
    append(
        home,
        event="report semestrale",
        phase="fatto",
        at=MADE,
        user="x",
        facts={"cartella": "../x", "semestrale_2022-S1.pdf": "0"},
    )
    report(home, FIRST, 2)
    with home.audit_log.open("ab") as file:
        file.write(b'{"event":"report semestrale"\n[]\n')
    (found,) = produced_reports(home)
    assert (found.kind, found.period_code, found.slug, found.release_id) == (
        "semestrale",
        "2022-S1",
        "",
        FIRST,
    )
    assert found.at == MADE + HOUR  # the first time
