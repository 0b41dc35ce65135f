"""Releases out of the ordinary: hostile texts, nothing delivered, a running semester, no year before."""

import re
from collections.abc import Callable

import openpyxl
import pandas as pd
import pytest
from pypdf import PdfReader
from report_release import FakeRelease

from osservatorio.home import Home
from osservatorio.reference import SEEDS
from reporting.model import Callout, Chart, Paragraph, Report, Table
from reporting.produce import produce, read_report

HOSTILE = '=cmd|calc #strong[x] *y* $z$ <script>alert(1)</script> `raw` \\ @a https://x.it "q" 😀 \x07'
EMPTY = (
    "mart_complaints",
    "mart_complaints_by_category",
    "mart_satisfaction",
    "mart_controls",
    "mart_expenditure",
    "mart_budget",
    "mart_caseload_profile",
    "mart_data_quality",
    "mart_reconciliation",
)


def _texts(report: Report, key: str) -> str:
    section = next(section for section in report.sections if section.key == key)
    return " ".join(block.text for block in section.blocks if isinstance(block, Paragraph))


def test_texts_of_the_data_stay_inert(home_with: Callable):
    def hostile(release: FakeRelease) -> None:
        towns = pd.read_csv(SEEDS / "municipalities.csv", dtype={"municipality_code": str})
        towns.loc[towns["municipality_code"] == "108039", "name"] = HOSTILE
        release.seeds["municipalities"] = towns
        release.manifest["verdict"]["warnings"][0]["message"] = HOSTILE

    produced = produce(home_with(hostile), "semestrale", "2022-S1")
    book = openpyxl.load_workbook(produced.files["xlsx"])
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert [cell for cell in cells if str(cell.value).startswith("=cmd|calc #strong[x]")]
    assert {
        link.location.split("!")[0] for sheet in book for link in sheet._hyperlinks if link.target
    } == set()
    casistica = " ".join(page.extract_text() for page in PdfReader(produced.files["pdf"]).pages[3:5])
    assert "#strong[x]" in casistica
    assert "<script>" in casistica


def test_nothing_delivered_gives_sentences(home_with: Callable):
    def nothing(release: FakeRelease) -> None:
        for mart in EMPTY:
            release.marts[mart] = []
        release.manifest["deliveries"] = []
        release.manifest["verdict"] = {
            "outcome": "superato",
            "publishable": True,
            "checks": 5,
            "warnings": [],
        }

    place = home_with(nothing)
    report = read_report(place, "semestrale", "2022-S1")
    assert all(table.rows for table in report.tables)
    assert "non risultano reclami" in _texts(report, "reclami")
    assert "non si è conclusa alcuna rilevazione" in _texts(report, "soddisfazione")
    assert "non risultano controlli" in _texts(report, "controlli")
    assert "non risultano spese" in _texts(report, "risorse")
    assert "Non risulta alcuna consegna" in _texts(report, "qualita")
    assert "Non ci sono cifre pubblicate" in _texts(report, "riconciliazione")
    produced = produce(place, "semestrale", "2022-S1")
    assert produced.files["pdf"].stat().st_size > 0


def test_no_acts_at_all(home_with: Callable):
    def nothing(release: FakeRelease) -> None:
        release.marts["mart_service_usage"] = []

    report = read_report(
        home_with(nothing), "semestrale", "2020-S2"
    )  # every semester of the caseload may be reported
    assert "non risultano interventi" in _texts(report, "interventi")


def test_nobody_in_care_in_the_semester(home_with: Callable):
    counts = ("open_at_start", "opened", "closed", "open_at_end", "minors_at_end", "minors_in_period")

    def nobody(release: FakeRelease) -> None:
        release.marts["mart_caseload_by_municipality"] = [
            {**row, **dict.fromkeys(counts, 0), "minors_per_1000": None, "cases_per_fte": None}
            for row in release.marts["mart_caseload_by_municipality"]
        ]

    report = read_report(home_with(nobody), "semestrale", "2022-S1")
    assert "non risultano prese in carico" in _texts(report, "casistica")
    section = next(section for section in report.sections if section.key == "casistica")
    assert not [block for block in section.blocks if isinstance(block, Table | Chart)]


def test_questionnaires_sent_and_none_returned(home_with: Callable):
    empty = ("mean_score", "mean_low", "mean_high", "satisfied_rate", "satisfied_low", "satisfied_high")

    def none_returned(release: FakeRelease) -> None:
        release.marts["mart_satisfaction"] = [
            {**row, **dict.fromkeys(empty), "returned": 0, "response_rate": 0.0, "answers": 0, "satisfied": 0}
            for row in release.marts["mart_satisfaction"]
        ]

    report = read_report(home_with(none_returned), "semestrale", "2022-S1")
    assert "non ne è tornato nessuno" in _texts(report, "soddisfazione")
    section = next(section for section in report.sections if section.key == "soddisfazione")
    assert not [block for block in section.blocks if isinstance(block, Chart)]


def test_few_answers_are_called_few(home_with: Callable):
    def few(release: FakeRelease) -> None:
        for row in release.marts["mart_satisfaction"]:
            row.update(returned=2, answers=6, satisfied=5, satisfied_rate=5 / 6, is_small=True)

    text = _texts(read_report(home_with(few), "semestrale", "2022-S1"), "soddisfazione")
    assert "numeri piccoli" in text
    assert "solo indicativo" in text


def test_reasons_given_once_are_not_called_frequent(home_with: Callable):
    def once(release: FakeRelease) -> None:
        for row in release.marts["mart_complaints_by_category"]:
            row["received"] = min(row["received"], 1)

    report = read_report(home_with(once), "semestrale", "2022-S1")
    assert "Nessun motivo ricorre" in _texts(report, "reclami")


def test_a_running_semester_says_so(home: Home):
    report = read_report(home, "semestrale", "2022-S2")
    assert any(notice.title == "Semestre non concluso" for notice in report.notices)
    assert any("in corso" in fact.text for fact in report.facts)


def test_a_semester_without_a_year_before(home: Home):
    report = read_report(home, "semestrale", "2021-S1")
    assert not [c.key for table in report.tables for c in table.columns if c.key.endswith("_before")]
    assert "rispetto al" not in _texts(report, "casistica")
    assert any("nessuno" in fact.text for fact in report.facts if fact.label == "Confronto")


@pytest.mark.parametrize(
    ("outcome", "title"),
    [
        ("superato", "Controlli sui dati superati"),
        ("superato_con_avvisi", "Controlli sui dati superati, con avvisi"),
        ("bloccato", "Controlli sui dati non superati"),
    ],
)
def test_the_verdict_stands_on_the_summary(home_with: Callable, outcome: str, title: str):
    def judged(release: FakeRelease) -> None:
        release.manifest["verdict"]["outcome"] = outcome

    report = read_report(home_with(judged), "semestrale", "2022-S1")
    summary = next(section for section in report.sections if section.is_summary)
    assert [block.title for block in summary.blocks if isinstance(block, Callout)] == [title]


def test_no_identifier_reaches_the_report(report: Report):
    """Figures stand under codes of municipalities, services, categories: never of people."""
    for table in report.tables:
        for row in table.rows:
            assert not any(re.fullmatch(r"[0-9a-f]{64}", part) for part in row.key), table.key
