"""`osservatorio report status` and `report calendar`: how far the reports are, what is due and by when."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from osservatorio.commands.common import (
    HomeOption,
    JsonOption,
    home_for_reading,
    print_json,
    print_table,
    say,
)
from osservatorio.commands.desk import TownOption, desk_of
from osservatorio.italian import date_it, long_date, quantity

if TYPE_CHECKING:
    from osservatorio.documents import Desk, Job
    from osservatorio.reference import Municipality
    from osservatorio.release import Release
    from reporting.due.readiness import Readiness

PeriodOption = Annotated[
    str | None,
    typer.Argument(
        metavar="[PERIODO]",
        help="Un semestre come 2022-S1 o un anno come 2022 (altrimenti tutti quelli conclusi).",
    ),
]


def status(
    period: PeriodOption = None,
    town: TownOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Dice a che punto sono i rapporti. Dati, testi da scrivere, file prodotti e file da produrre di nuovo."""
    from osservatorio.reference import find_municipality
    from osservatorio.release import open_release

    desk = desk_of(home_for_reading(home))
    chosen = find_municipality(town) if town else None
    desk.pick_up()
    with open_release(desk.home) as release:
        reports = [desk.readiness(release, job) for job in _jobs(desk, release, period, chosen)]
        release_id, as_of = release.id, release.as_of
    if as_json:
        print_json({"pubblicazione": release_id, "rapporti": [report.as_json() for report in reports]})
        return
    say(f"Pubblicazione in uso: {release_id}, dati al {date_it(as_of)}.")
    if not reports:
        say("Nessun rapporto da mostrare: nessun periodo concluso è nella pubblicazione.")
        return
    say()
    if period:
        for report in reports:
            _print_report(report)
        return
    print_table(
        ["rapporto", "periodo", "edizione", "dati", "testi", "file"],
        [
            [
                report.kind.key,
                report.period.code,
                report.edition,
                str(report.data),
                _texts_in_short(report),
                _files_in_short(report),
            ]
            for report in reports
        ],
    )
    say()
    say("«osservatorio report status PERIODO» dice quali testi mancano e dove sono i file.")


def calendar(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Dice che cosa va consegnato ed entro quando. Per ogni rapporto, a che punto è e che cosa manca."""
    from osservatorio.release import open_release

    desk = desk_of(home_for_reading(home))
    desk.pick_up()
    today = datetime.now().date()
    with open_release(desk.home) as release:
        due = desk.calendar(release, today)
        release_id, as_of = release.id, release.as_of
    if as_json:
        content = {"oggi": today.isoformat(), "pubblicazione": release_id}
        print_json({**content, "scadenze": [item.as_json() for item in due]})
        return
    if not due:
        say("La pubblicazione in uso non contiene ancora periodi di cui rendere conto.")
        return
    say(f"Oggi {long_date(today)}; pubblicazione in uso {release_id}, dati al {date_it(as_of)}.")
    say()
    print_table(
        ["entro il", "rapporto", "periodo", "stato", "che cosa manca"],
        [
            [
                date_it(item.day),
                item.report.kind.key,
                item.report.period.code,
                f"{item.state}{', in ritardo' if item.is_late else ''}",
                _missing_in_short(item.report) or "niente",
            ]
            for item in due
        ],
    )
    say()
    days = {item.report.kind.key: item.days for item in due}
    say(
        "La coprogettazione chiede questi rapporti senza fissare un termine: i giorni dalla fine del periodo sono "
        f"della casa ({', '.join(f'{kind} {count}' for kind, count in days.items())}) e si cambiano nella sezione "
        "[scadenze] di impostazioni.toml."
    )


def _jobs(desk: "Desk", release: "Release", period: str | None, town: "Municipality | None") -> "list[Job]":
    from osservatorio.periods import parse_period

    asked = parse_period(period) if period else None
    today = datetime.now().date()
    found = []
    for kind in desk.kinds().values():
        if town and not kind.has_editions:
            continue
        if asked:
            periods = [asked] if asked.type == kind.period_type else []
        else:
            periods = [p for p in reversed(desk.periods(release, kind.key)) if p.end < today]
        for one in periods:
            job = desk.job(kind.key, one.code)
            towns = [town] if town else [None, *desk.editions(job)]
            found += [desk.job(kind.key, one.code, each) for each in towns]
    return found


def _texts_in_short(report: "Readiness") -> str:
    if not report.texts:
        return "–"
    return f"{len(report.texts) - len(report.waiting)} su {len(report.texts)}"


def _missing_in_short(report: "Readiness") -> str:
    parts = [] if report.data == "completi" else ["dati"]
    if report.problems:
        parts.append("proposte da correggere")
    if report.waiting:
        parts.append(quantity(len(report.waiting), "testo", "testi"))
    formats = [file.format.upper() for file in report.files if file.state != "aggiornato"]
    return ", ".join([*parts, *formats])


def _files_in_short(report: "Readiness") -> str:
    states: dict[str, list[str]] = {}
    for file in report.files:
        states.setdefault(str(file.state), []).append(file.format.upper())
    return "; ".join(f"{state}: {', '.join(formats)}" for state, formats in states.items())


def _print_report(report: "Readiness") -> None:
    say(f"{report.kind.name}, {report.period.label}, {report.edition}")
    say(f"  dati   {report.data}")
    for place, text in enumerate(report.texts):
        saved = f", {text.saved.at:%d/%m/%Y %H:%M} da {text.saved.author}" if text.saved else ""
        say(f"  {'testi' if place == 0 else '     '}  {text.key}: {text.state}{saved}")
        if text.problem:
            say(f"         {text.problem}")
    for place, file in enumerate(report.files):
        where = f": {file.path}" if file.path else ""
        say(f"  {'file' if place == 0 else '    '}   {file.format.upper()} {file.state}{where}")
    for problem in report.problems:
        say(f"  {problem}")
    for name in report.unused:
        say(f"  «{name}» non è un testo di questo rapporto: non vi compare.")
    say(f"  manca  {'; '.join(report.missing) or 'niente: è pronto'}")
    say()
