"""Every row of the marts that governance reads, recomputed apart from the warehouse."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from comparing import check
from dbt_landings import build
from deadlines_in_pandas import HORIZON, Due, all_due, counts
from landed_records import read_current
from records_in_pandas import ALL, AMBITO, Records, with_totals
from rules_delivered import EXTRACTS, Delivered, of_frames
from rules_landing import random_landing
from test_money_in_pandas import TEAMS, expenses_of

from osservatorio.database import connect
from osservatorio.home import Home
from osservatorio.release import Release, open_release

MIDYEAR = "2022-11-15"
MARTS = ("mart_deadlines", "mart_deadline_counts", "mart_meetings")


class Case:
    """A release and what its deliveries say."""

    def __init__(self, release: Path, delivered: Delivered) -> None:
        self.as_of = delivered.as_of
        self.delivered = delivered
        self.due = all_due(delivered)
        with connect(release, read_only=True) as con:
            self.deadlines = con.execute(
                """select deadline_kind, codice_ente, record_id, municipality_code, service_code, due_date, detail,
                    days_left, is_overdue from mart_deadlines"""
            ).fetchall()
            self.counts = con.execute(
                """select deadline_kind, municipality_code, overdue, upcoming, deadlines, oldest_due_date,
                    next_due_date from mart_deadline_counts"""
            ).fetchall()
            self.meetings = con.execute(
                """select codice_ente, record_id, municipality_code, level, meeting_date, days_since, decisions,
                    decisions_done, decisions_open, minutes_approved_date from mart_meetings"""
            ).fetchall()


@pytest.fixture(scope="module", params=["the demonstration", "a random landing in the middle of a semester"])
def case(request, demo_home: Path, records: Records, tmp_path_factory) -> Case:
    if request.param == "the demonstration":
        with open_release(Home(demo_home)) as release:
            as_of, path = date.fromisoformat(str(release.as_of)), release.path
        frames = {extract: records.plain(extract) for extract in EXTRACTS}
        return Case(path, of_frames(frames, as_of))
    landing = random_landing(tmp_path_factory.mktemp("deadlines") / "random")
    selected = [f"+{mart}" for mart in MARTS]
    built = build(landing, MIDYEAR, "--select", *selected, "--exclude-resource-type", "unit_test", "test")
    assert built.succeeded, built.failed()
    as_of = date.fromisoformat(MIDYEAR)
    return Case(built.release, of_frames(read_current(landing, EXTRACTS, as_of), as_of))


def test_every_deadline_agrees(case: Case):
    found = {Due(*row[:7]) for row in case.deadlines}
    assert len(found) == len(case.deadlines)
    assert found == case.due
    for *_, day, _, left, is_overdue in case.deadlines:
        assert left == (day - case.as_of).days
        assert is_overdue == (day < case.as_of)


def test_every_count_agrees(case: Case):
    assert {row[:2]: row[2:] for row in case.counts} == counts(case.due, case.as_of)


def test_every_meeting_agrees(case: Case):
    expected = {
        (
            row.codice_ente,
            row.id_riunione,
            row.town,
            row.livello,
            row.data_riunione,
            (case.as_of - row.data_riunione).days,
            row.decisioni,
            row.decisioni_attuate,
            None if row.decisioni is None else row.decisioni - (row.decisioni_attuate or 0),
            row.verbale_approvato_il,
        )
        for row in case.delivered.rows("riunioni")
    }
    assert expected
    assert set(case.meetings) == expected


def test_the_cases_try_every_kind(case: Case):
    """A recomputation of nothing would prove little."""
    kinds = {due.kind for due in case.due}
    assert kinds >= set(HORIZON) - {"progetto_verifica"}


def test_no_day_of_birth_can_be_told(case: Case):
    """What is said of who turns 18 is the same for everybody of that month."""
    days = {row[5] for row in case.deadlines if row[0] == "diciotto_anni"}
    assert days
    assert all((day + pd.Timedelta(days=1)).day == 1 for day in days)


def test_budget_progress(records: Records, release: Release):
    key = ["period_type", "period", "municipality_code", "area"]
    items = expenses_of(records)
    items = items[~items["is_fee"]].assign(day=items["data_competenza"])
    resources = records["risorse"].rename(columns={"anno": "year", "importo": "allotted"})
    resources["shared"] = resources["area"] != TEAMS
    names = ["year", "municipality", "area", "shared"]
    money = pd.concat([resources[[*names, "allotted"]], items[[*names, "day", "committed", "spent"]]])
    own = money[~money["shared"]]
    money = pd.concat([own, money.assign(municipality=AMBITO)]).rename(
        columns={"municipality": "municipality_code"}
    )
    semesters = records.periods("semester")
    semesters = semesters[semesters["start"] <= records.as_of]
    semesters = semesters.assign(
        year=semesters["start"].dt.year, until=semesters["end"].clip(upper=records.as_of)
    )
    money["year"] = money["year"].astype(int)
    rows = money.merge(semesters, on="year")
    rows = with_totals(rows[rows["day"].isna() | (rows["day"] <= rows["until"])], area=ALL)
    expected = rows.groupby([*key, "until"])[["allotted", "committed", "spent"]].sum().reset_index()
    first = pd.to_datetime(expected["until"].dt.year.astype(str) + "-01-01")
    days = (expected["until"] - first).dt.days + 1
    expected["share_elapsed"] = days / expected["until"].dt.is_leap_year.map({True: 366, False: 365})
    expected["execution_rate"] = expected["spent"] / expected["allotted"].where(expected["allotted"] > 0)
    expected["execution_gap"] = expected["execution_rate"] - expected["share_elapsed"]
    check(release, "mart_budget_progress", expected.drop(columns="until"), key=key)


def test_at_the_end_of_the_year_it_is_the_budget(release: Release):
    """The last semester of a year says what the budget of the year says."""
    rows = release.rows(
        """select progress.spent = budget.spent and progress.allotted = budget.allotted
        from mart_budget_progress as progress
        inner join mart_budget as budget using (year, municipality_code, area)
        where progress.period_end = make_date(progress.year, 12, 31) and progress.is_complete"""
    )
    assert len(rows) > 10
    assert all(is_same for (is_same,) in rows)
