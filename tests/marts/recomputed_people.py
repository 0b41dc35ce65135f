"""Staffing, hours against the co-design and governance, worked out from the current records."""

from typing import Any

import pandas as pd
from current_tables import Tables, bounds, periods_of, weeks, with_totals

Cells = dict[tuple[Any, ...], dict[str, Any]]
# The co-design: direction 32 and offices 36 hours a week, supervision 50 hours a year.
WEEKLY = {"direzione": 32, "amministrativi": 36}
YEARLY_SUPERVISION = 50
SUPERVISION = ("supervisione_clinica", "supervisione_metodologica")


def staffing(tables: Tables, as_of: pd.Timestamp) -> Cells:
    hours = tables["ore_operatori"].merge(
        tables["operatori"][["id_operatore", "profilo"]], on="id_operatore", how="left"
    )
    hours["profilo"] = hours["profilo"].fillna("non_indicato")
    hours = hours.join(periods_of(pd.to_datetime(hours["mese"])))
    hours = with_totals(hours, town="AMBITO", codice_servizio="TUTTI", profilo="TUTTE")
    cells = {}
    for (kind, period, *place), rows in hours.groupby(
        ["period_type", "period", "town", "codice_servizio", "profilo"]
    ):
        worked = float(rows["ore"].sum())
        cells[kind, period, *place] = {
            "hours": worked,
            "hours_per_week": worked / weeks(period),
            "fte": worked / 36 / weeks(period),
            "professionals": rows.loc[rows["ore"] > 0, "id_operatore"].nunique(),
        }
    return cells


def _periods(first: pd.Timestamp, as_of: pd.Timestamp) -> list[tuple[str, str]]:
    days = pd.Series(pd.date_range(f"{first.year}-01-01", f"{as_of.year}-12-31", freq="MS"))
    return sorted(set(periods_of(days).itertuples(index=False, name=None)))


def contract_hours(tables: Tables, as_of: pd.Timestamp) -> Cells:
    worked = tables["ore_operatori"].assign(day=lambda rows: pd.to_datetime(rows["mese"]))
    sessions = tables["formazione"]
    supervision = sessions[sessions["tipo"].isin(SUPERVISION)]
    cells = {}
    for kind, period in _periods(worked["day"].min(), as_of):
        first, last = bounds(period)
        for service, weekly in WEEKLY.items():
            mine = worked[(worked["codice_servizio"] == service) & worked["day"].between(first, last)]
            cells[kind, period, service] = _compared(float(mine["ore"].sum()), weekly * weeks(period), period)
    for kind, period in _periods(sessions["data_sessione"].min(), as_of):
        if kind == "year":
            held = supervision[supervision["data_sessione"].between(*bounds(period))]
            cells[kind, period, "supervisione"] = _compared(
                float(held["ore"].sum()), YEARLY_SUPERVISION, period
            )
    return cells


def _compared(hours: float, owed: float, period: str) -> dict[str, float]:
    owed = round(owed, 2)
    return {
        "hours": hours,
        "contract_hours": owed,
        "difference": round(hours - owed, 2),
        "coverage_rate": hours / owed,
        "hours_per_week": hours / weeks(period),
    }


def governance(tables: Tables, as_of: pd.Timestamp) -> Cells:
    meetings, sessions = tables["riunioni"], tables["formazione"]
    start = min(meetings["data_riunione"].min(), sessions["data_sessione"].min())
    cells = {}
    for kind, period in _periods(start, as_of):
        first, last = bounds(period)
        held = sessions[sessions["data_sessione"].between(first, last)]
        is_supervision = held["tipo"].isin(SUPERVISION)
        for level in ("governance", "tecnico", "TUTTE"):
            mine = meetings[meetings["data_riunione"].between(first, last)]
            if level != "TUTTE":
                mine = mine[mine["livello"] == level]
            months = {m for m in pd.period_range(first, last, freq="M") if m.end_time.normalize() <= as_of}
            decisions, done = mine["decisioni"].sum(), mine["decisioni_attuate"].sum()
            known = first.year >= meetings["data_riunione"].min().year
            total = level == "TUTTE"
            cells[kind, period, level] = {
                "meetings": len(mine) if known else None,
                "months_without_meeting": len(months - set(mine["data_riunione"].dt.to_period("M")))
                if known
                else None,
                "cases_examined": int(mine["casi_esaminati"].sum()) if known else None,
                "decisions": int(decisions) if known else None,
                "decisions_done": int(done) if known else None,
                "decisions_done_rate": done / decisions if decisions else None,
                "supervision_hours": float(held.loc[is_supervision, "ore"].sum()) if total else None,
                "supervision_contract_hours": YEARLY_SUPERVISION if total and kind == "year" else None,
                "training_hours": float(held.loc[~is_supervision, "ore"].sum()) if total else None,
            }
    return cells
