"""What needs attention in a period and place: plain facts of the marts, each with the page that explains it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from dashboards import queries, verdict
from dashboards.frames import without
from dashboards.pages import PAGES, PageInfo
from dashboards.view import View
from osservatorio import italian
from osservatorio.periods import SEMESTER, YEAR


@dataclass(frozen=True)
class Notice:
    """One thing to look at: an Italian sentence, the page where to look, and what must be chosen there to see it."""

    text: str
    page: PageInfo
    choices: Mapping[str, str] = field(default_factory=dict)


def notices(view: View) -> list[Notice]:
    """What needs attention for what is chosen, the most urgent first; empty when there is nothing."""
    return [
        *_data(view),
        *_deadlines(view),
        *_complaints(view),
        *_controls(view),
        *_money(view),
        *_caseload(view),
    ]


def _data(view: View) -> Iterator[Notice]:
    found = len(verdict.warnings(view.release))
    if found:
        what = "un avviso" if found == 1 else f"{found} avvisi"
        yield Notice(
            f"I controlli sui dati hanno lasciato {what}: da rivedere con chi ha consegnato.",
            PAGES["qualita"],
        )
    figures = queries.reconciliation(view.release)
    apart = int(figures.difference.fillna(0).ne(0).sum())
    if apart:
        what = (
            "una cifra pubblicata non coincide" if apart == 1 else f"{apart} cifre pubblicate non coincidono"
        )
        yield Notice(f"Riconciliazione: {what} con quelle calcolate.", PAGES["qualita"])


def _deadlines(view: View) -> Iterator[Notice]:
    chosen = view.selection
    listed = queries.deadlines(
        view.release,
        is_overdue=True,
        municipality_code=None if chosen.is_whole_ambito else chosen.municipality,
    )
    if view.release.ambito and not listed.is_here:  # the list stays with the Ambito, its counts do not
        counts = queries.deadline_counts(view.release, municipality_code=chosen.municipality)
        overdue = int(counts.overdue.sum())
    else:
        overdue = listed.count()
    if overdue:
        what = (
            "c'è una scadenza passata e non ancora sbrigata"
            if overdue == 1
            else f"ci sono {italian.number(overdue)} scadenze passate e non ancora sbrigate"
        )
        yield Notice(f"Alla data di riferimento {what}.", PAGES["regole"], {"stato": "scadute"})


def _complaints(view: View) -> Iterator[Notice]:
    for row in queries.complaints(view.release, **view.selection.grain).itertuples():
        if row.open_at_end:
            what = (
                "c'era ancora un reclamo"
                if row.open_at_end == 1
                else f"c'erano ancora {row.open_at_end} reclami"
            )
            yield Notice(f"Alla fine del periodo {what} senza risposta.", PAGES["reclami"])
        if row.answered_within_term < row.term_assessable:
            yield Notice(
                f"Risposte ai reclami entro il termine: {row.answered_within_term} su {row.term_assessable}.",
                PAGES["reclami"],
            )


def _controls(view: View) -> Iterator[Notice]:
    chosen = view.at(SEMESTER, YEAR)
    for row in queries.controls(view.release, **chosen.grain).itertuples():
        if row.closed_findings < row.with_findings:
            yield Notice(
                f"Controlli con rilievi, {chosen.period.label}: chiusi {row.closed_findings} su {row.with_findings}.",
                PAGES["controlli"],
            )


def _money(view: View) -> Iterator[Notice]:
    chosen = view.at(YEAR)
    areas = queries.budget(view.release, year=int(chosen.period.code), municipality_code=chosen.municipality)
    for row in areas[areas.residual < 0].itertuples():
        yield Notice(
            f"{row.area_name}, {chosen.period.label}: la spesa supera le risorse di {italian.euro(-row.residual, 0)}.",
            PAGES["risorse"],
        )


def _caseload(view: View) -> Iterator[Notice]:
    """The municipality whose caseload has grown most since the year before."""
    chosen = view.selection
    if not (chosen.is_whole_ambito and chosen.is_complete):
        return
    now = queries.caseload(view.release, **chosen.period_grain, service_code=chosen.service)
    before = queries.caseload(
        view.release,
        period_type=chosen.period.type,
        period=chosen.period.year_before.code,
        service_code=chosen.service,
    )
    towns = without(now, municipality_code=queries.ALL_MUNICIPALITIES)
    both = towns.merge(
        before[["municipality_code", "minors_at_end"]], on="municipality_code", suffixes=("", "_before")
    )
    growth = pd.Series(both.minors_at_end - both.minors_at_end_before)
    if len(growth) and growth.max() > 0:
        town = both.municipality_name[growth.idxmax()]
        what = "un minore in carico" if growth.max() == 1 else f"{growth.max()} minori in carico"
        yield Notice(f"{town}: {what} in più di un anno prima, l'aumento maggiore.", PAGES["casistica"])
