"""Marts in memory: cut as a query would cut them, and never changed by who reads them."""

import inspect

import numpy as np
import pandas as pd
import pytest

from dashboards import busy, queries, warming
from dashboards.queries import whole_marts
from dashboards.queries.whole_marts import WholeMart
from osservatorio.home import Home
from osservatorio.release import Release

CUTS = [
    (queries.caseload, "mart_caseload_by_municipality", {"period": "2022-S1", "service_code": "adm"}),
    (queries.caseload, "mart_caseload_by_municipality", {"period": "2022-S1", "municipality_code": "niente"}),
    (queries.budget, "mart_budget", {"year": 2022, "municipality_code": "AMBITO"}),
    (queries.profile, "mart_caseload_profile", {"period_type": "year", "dimension": "sex"}),
    (queries.satisfaction, "mart_satisfaction", {"phase": "TUTTE"}),
]


@pytest.mark.parametrize(("read", "mart", "equal"), CUTS)
def test_a_cut_has_the_rows_of_the_query(release: Release, read, mart: str, equal: dict) -> None:
    where = " and ".join(f"{column} = ?" for column in equal)
    wanted = release.query(f"select * from {mart} where {where}", list(equal.values()))
    found = read(release, **equal)
    assert list(found.columns) == list(wanted.columns)
    assert found.index.equals(pd.RangeIndex(len(found)))
    if wanted.empty:
        assert found.empty
        return
    every = list(wanted.columns)
    pd.testing.assert_frame_equal(
        found.sort_values(every).reset_index(drop=True), wanted.sort_values(every).reset_index(drop=True)
    )


def test_a_missing_value_equals_none_and_an_unknown_column_is_an_error() -> None:
    mart = WholeMart(pd.DataFrame({"code": ["a", None, "a"], "number": [1.0, np.nan, 2.0]}))
    assert list(mart.rows({"code": "a"}).number) == [1, 2]
    for nothing in (np.nan, "b"):
        assert mart.rows({"code": nothing}).empty
    assert mart.rows({"number": 2}).code.tolist() == ["a"]
    assert len(mart.rows({})) == 3
    with pytest.raises(KeyError):
        mart.rows({"altro": 1})


def test_what_somebody_changes_is_theirs_alone() -> None:
    mart = WholeMart(pd.DataFrame({"code": ["a", "b"], "number": [1, 2]}))
    for equal in ({}, {"code": "a"}):
        mine = mart.rows(equal)
        mine["number"] = 9
        mine["new"] = 1
        again = mart.rows(equal)
        assert again.number.iloc[0] == 1
        assert list(again.columns) == ["code", "number"]


def test_only_so_many_cuts_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_marts, "_MOST_CUTS", 3)
    mart = WholeMart(pd.DataFrame({"number": range(10)}))
    for number in range(10):
        assert mart.rows({"number": number}).number.tolist() == [number]
    assert len(mart._cuts) == 3


def test_the_marts_made_ready_are_all_that_pages_keep_whole() -> None:
    """A query that keeps a whole mart and is not made ready would be slow for the first who asks."""
    readers = {
        value
        for module in (queries.care, queries.duties, queries.figures, queries.people, queries.sharing)
        for name, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and "rows_of(" in inspect.getsource(value)
    }
    assert readers == set(queries.OF_WHOLE_MARTS)


def test_what_is_made_ready_waits_for_a_page(fake_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert busy.wait(0)
    with busy.running():
        assert not busy.wait(0.01)
        with busy.running():
            pass
        assert not busy.wait(0)
    assert busy.wait(0)
    order: list[str] = []
    monkeypatch.setattr(busy, "wait", lambda seconds: order.append("wait"))
    monkeypatch.setattr(warming, "_steps", lambda: iter([lambda: order.append("step")] * 2))
    warming.warm()
    assert order == ["wait", "step", "wait", "step"]
