"""What the commands of the statutory returns do: produce, record, say what was written and what is missing."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from osservatorio.commands.common import print_json, progress_bar, say
from osservatorio.commands.recording import facts_of_files, recorded
from osservatorio.home import Home
from osservatorio.italian import number, quantity

if TYPE_CHECKING:
    from reporting.returns.produced import Produced
    from reporting.returns.sinba.gaps import Gaps


def export_sinba(home: Home, year: str, release_id: str | None, *, as_json: bool) -> None:
    """Write the national return and what is missing from it."""
    from osservatorio.catalogue import find_release
    from osservatorio.commands.generate import DEMO_MARK
    from osservatorio.locking import exclusive
    from reporting.returns.sinba.produce import produce
    from reporting.returns.years import year_of

    period = year_of(year)
    chosen = find_release(home, release_id) if release_id else None

    def tell(workbook: Path, gaps: "Gaps", lines: list[str]) -> None:
        if not as_json:
            _tell_gaps(workbook, gaps, lines)

    with (
        recorded(home, "export sinba", periodo=period.code) as facts,
        exclusive(home, "export sinba"),
        progress_bar(quiet=as_json) as bar,
    ):
        produced = produce(
            home,
            period.code,
            release_id=chosen,
            is_demo=(home.root / DEMO_MARK).exists(),
            tell=tell,
            progress=bar,
        )
        facts.update(
            {
                "pubblicazione": produced.release,
                "minori": produced.gaps.records,
                "trasmessi": produced.written,
                **facts_of_files(*produced.files),
            }
        )
    if as_json:
        print_json(
            {
                "release_id": produced.release,
                "folder": str(produced.folder),
                "files": [str(path) for path in produced.files],
                "records": produced.gaps.records,
                "written": produced.written,
                "incomplete": produced.gaps.incomplete,
                "adults": produced.gaps.adults,
                "lacking": [
                    {"codice_ente": body, "field": name, "records": count}
                    for (body, name), count in sorted(produced.gaps.lacking.items())
                ],
            }
        )
        return
    if produced.xml is None:
        say("Nessun minore ha tutti i campi obbligatori: non c'è ancora un file da trasmettere.")
    else:
        say(f"Rilevazione: {produced.xml}")
        say(
            f"  {quantity(produced.written, 'minore', 'minori')}, verificati con lo schema «{produced.schema.name}»."
        )
    if produced.gaps.incomplete and produced.xml is not None:
        say("  È parziale: completa ciò che manca e ripeti il comando prima di trasmetterla.")
    if produced.office.is_invented:
        say(
            "  Dimostrazione: i codici dell'ente e delle prestazioni sono inventati, la piattaforma non li accetterebbe."
        )
    say("Il file contiene dati di singoli minori: si trasmette soltanto alla piattaforma e non si diffonde.")


def _tell_gaps(workbook: Path, gaps: "Gaps", lines: list[str]) -> None:
    say(f"Minori in carico nell'anno: {number(gaps.records)}.")
    if gaps.adults:
        say(f"Fuori dalla rilevazione perché già maggiorenni: {number(gaps.adults)}.")
    if gaps.incomplete:
        say(
            f"Con campi obbligatori da completare: {number(gaps.incomplete)}. Per ente e campo, minori in cui manca:"
        )
        for line in lines:
            say(f"  {line}")
    say(f"Che cosa manca: {workbook}")


def export_survey(
    home: Home,
    name: str,
    produce: "Callable[..., Produced]",
    year: str,
    release_id: str | None,
    *,
    as_json: bool,
) -> None:
    """Write the files of a survey."""
    from osservatorio.catalogue import find_release
    from reporting.returns.years import year_of

    period = year_of(year)
    chosen = find_release(home, release_id) if release_id else None
    with recorded(home, f"export {name}", periodo=period.code) as facts:
        produced = produce(home, period.code, release_id=chosen)
        facts.update({"pubblicazione": produced.release, **facts_of_files(*produced.files)})
    if as_json:
        print_json(
            {
                "release_id": produced.release,
                "folder": str(produced.folder),
                "files": [str(path) for path in produced.files],
                "figures": dict(produced.figures),
            }
        )
        return
    say(f"Rilevazione: {produced.folder}")
    for path in produced.files:
        say(f"  {path.name}")
    for label, value in produced.figures.items():
        say(f"{label}: {number(value)}")
    say(
        "Numeri esatti, coperti dal segreto statistico: servono a compilare la rilevazione e non si diffondono."
    )
