"""Every cell of mart_rule_compliance and every row of mart_rule_findings, recomputed apart from the warehouse."""

import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from dbt_landings import build
from landed_records import read_current
from records_in_pandas import Records
from rules_delivered import EXTRACTS, Delivered, of_frames
from rules_in_pandas import AMBITO, NO, SKIP, UNKNOWN, YES, Judged, judge_all
from rules_landing import random_landing

from osservatorio.database import connect
from osservatorio.home import Home
from osservatorio.keys import load_key
from osservatorio.reference import municipalities
from osservatorio.release import open_release

WHOLE_PERIODS = {"C-DIR": 6, "C-AMM": 6, "C-TEC": 6, "C-SUP": 12}
MIDYEAR = "2022-11-15"
RULES = [
    "R05.1",
    "R10.1",
    "R13.1",
    "R14.3",
    "R16.1",
    "R21.1",
    "R23.1",
    "R26.1",
    "R31.2a",
    "R31.2c",
    "R34.1",
    "R40.2",
    "R41.1",
    "R42.1",
    "R43.1j",
    "R46.3",
    "R47.4",
    "R47.6",
    "C-ASS",
    "C-PSI",
    "C-CV",
    "C-DIR",
    "C-SUP",
    "C-AMM",
    "C-TEC",
    "C-REC",
    "L-24M",
]


ON_STAFF = ("C-ASS", "C-PSI", "C-CV")  # rules on operators, whose ids the warehouse knows as pseudonyms


class Case:
    """A release and what its deliveries say; `pseudonym` gives the warehouse's name of an operator."""

    def __init__(self, release: Path, delivered: Delivered, pseudonym: Callable[[str], str] = str) -> None:
        self.as_of = delivered.as_of
        self.judged = [
            row._replace(record=pseudonym(row.record)) if row.rule in ON_STAFF else row
            for row in judge_all(delivered)
            if row.town
        ]
        with connect(release, read_only=True) as con:
            self.compliance = con.execute(
                """select period_type, period, municipality_code, rule_id, checked, compliant, not_compliant,
                    not_assessable, not_applicable, compliance_rate, is_not_recorded from mart_rule_compliance"""
            ).fetchall()
            self.findings = con.execute(
                "select rule_id, codice_ente, municipality_code, record_id, event_date, outcome from mart_rule_findings"
            ).fetchall()


@pytest.fixture(scope="module", params=["the demonstration", "a random landing in the middle of a semester"])
def case(request, demo_home: Path, records: Records, tmp_path_factory) -> Case:
    if request.param == "the demonstration":
        with open_release(Home(demo_home)) as release:
            as_of, path = date.fromisoformat(str(release.as_of)), release.path
        (secret,) = load_key(Home(demo_home)).chain

        def pseudonym(operator: str) -> str:
            return hmac.new(secret, f"id_operatore:{operator}".encode(), hashlib.sha256).hexdigest()

        frames = {extract: records.plain(extract) for extract in EXTRACTS}
        return Case(path, of_frames(frames, as_of), pseudonym)
    landing = random_landing(tmp_path_factory.mktemp("rules") / "random")
    built = build(
        landing,
        MIDYEAR,
        "--select",
        "+mart_rule_compliance",
        "+mart_rule_findings",
        "--exclude-resource-type",
        "unit_test",
        "test",
    )
    assert built.succeeded, built.failed()
    as_of = date.fromisoformat(MIDYEAR)
    return Case(built.release, of_frames(read_current(landing, EXTRACTS, as_of), as_of))


def cells(judged: list[Judged]) -> dict[tuple[str, str, str, str], Counter[str]]:
    """Outcomes by period, place and rule, with their totals."""
    counted: dict[tuple[str, str, str, str], Counter[str]] = defaultdict(Counter)
    for row in judged:
        periods = [("year", str(row.day.year))]
        if WHOLE_PERIODS.get(row.rule) != 12:
            periods.append(("semester", f"{row.day.year}-S{1 if row.day.month < 7 else 2}"))
        for kind, period in periods:
            for town in {row.town, AMBITO}:
                for rule in (row.rule, "TUTTE"):
                    counted[kind, period, town, rule][row.outcome] += 1
    return counted


def test_every_cell_agrees(case: Case):
    expected = cells(case.judged)
    for kind, period, town, rule, checked, *counts, rate, _ in case.compliance:
        of_cell = expected.pop((kind, period, town, rule), Counter())
        where = (period, town, rule)
        assert counts == [of_cell[outcome] for outcome in (YES, NO, UNKNOWN, SKIP)], where
        assert checked == of_cell[YES] + of_cell[NO] + of_cell[UNKNOWN], where
        told = of_cell[YES] + of_cell[NO]
        assert rate == (pytest.approx(of_cell[YES] / told) if told else None), where
    left = {key for key in expected if int(key[1][:4]) <= case.as_of.year}
    assert not left, "cells that the mart does not have"


def test_the_rows_are_dense(case: Case):
    """Every rule in every semester and year, place by place; those on whole periods under the Ambito alone."""
    keys = {row[:4] for row in case.compliance}
    assert len(keys) == len(case.compliance)
    places = defaultdict(set)
    for kind, period, town, rule in keys:
        places[kind, period, rule].add(town)
    for kind, period in {key[:2] for key in keys}:
        for rule in (*RULES, "TUTTE"):
            found = places.get((kind, period, rule), set())
            if WHOLE_PERIODS.get(rule) == 12 and kind == "semester":
                assert found == set()
            else:
                assert found == ({AMBITO} if rule in WHOLE_PERIODS else {*municipalities(), AMBITO})


def test_what_was_never_recorded_is_told(case: Case):
    known: dict[tuple[str, str], set[bool]] = defaultdict(set)
    for row in case.judged:
        for town in {row.town, AMBITO}:
            if row.known is not None:
                known[town, row.rule].add(row.known)
    for _, period, town, rule, *_, is_not_recorded in case.compliance:
        assert is_not_recorded == (known[town, rule] == {False}), (period, town, rule)


def test_every_finding_agrees(case: Case):
    expected = {
        (row.rule, row.body, row.town, row.record, row.day, row.outcome)
        for row in case.judged
        if row.outcome in (NO, UNKNOWN)
    }
    assert len(case.findings) == len(expected)
    assert set(case.findings) == expected


def test_the_cases_try_every_outcome_that_can_occur(case: Case):
    """A recomputation that never met a breach would prove little: each rule is met both kept and broken."""
    outcomes = defaultdict(set)
    for row in case.judged:
        outcomes[row.rule].add(row.outcome)
    assert sorted(outcomes) == sorted(RULES)
    kept_and_broken = {rule for rule in RULES if {YES, NO} <= outcomes[rule]}
    assert len(kept_and_broken) >= 24, sorted(set(RULES) - kept_and_broken)
