"""`osservatorio generate` and `osservatorio demo`: synthetic deliveries and the whole job over them."""

import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from osservatorio.commands.common import (
    Globals,
    HomeOption,
    home_for_demo,
    print_table,
    progress_bar,
    say,
)
from osservatorio.commands.recording import facts_of, recorded
from osservatorio.commands.report import say_where, write_report
from osservatorio.commands.run import print_run
from osservatorio.errors import EXIT_DONE, UserError
from osservatorio.home import Home
from osservatorio.italian import number

ScaleOption = Annotated[
    float,
    typer.Option(
        "--scale", help="1 = l'Ambito (tre anni); 100 = una regione; le righe crescono in proporzione."
    ),
]
SeedOption = Annotated[int | None, typer.Option("--seed", help="Seme: lo stesso seme dà gli stessi file.")]
DirtyOption = Annotated[
    float, typer.Option("--dirty", help="Quota di righe guaste aggiunte, che finiranno in quarantena.")
]
YearsOption = Annotated[
    str, typer.Option("--years", metavar="ANNI", help="Anni coperti, per esempio 2021-2023.")
]
DEMO_MARK = "dati_dimostrativi.txt"
DEMO_PERIOD = "2022-S1"


def _years(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"\s*(\d{4})(?:\s*-\s*(\d{4}))?\s*", text)
    if not match or (match[2] and int(match[2]) < int(match[1])):
        raise UserError(f"Gli anni «{text}» non sono riconosciuti: scrivi per esempio 2021-2023 oppure 2022.")
    return int(match[1]), int(match[2] or match[1])


def _generate(out: Path, years: str, scale: float, seed: int | None, dirty: float) -> Any:
    from ingestion.synthetic.generate import generate as generate_deliveries

    options = {} if seed is None else {"seed": seed}
    with progress_bar() as progress:
        return generate_deliveries(
            out, years=_years(years), scale=scale, dirty=dirty, progress=progress, **options
        )


def generate(
    out: Annotated[Path, typer.Option("--out", metavar="CARTELLA", help="Cartella in cui scrivere i file.")],
    years: YearsOption = "2021-2023",
    scale: ScaleOption = 1,
    seed: SeedOption = None,
    dirty: DirtyOption = 0.002,
) -> None:
    """Genera consegne sintetiche. Sono simili alle vere e servono a prove e dimostrazioni."""
    summary = _generate(out, years, scale, seed, dirty)
    total = sum(summary.rows_by_extract.values())
    say(f"Scritti {number(summary.files)} file con {number(total)} righe in «{out}».")
    say(f"Righe guaste aggiunte di proposito: {number(summary.spoiled_rows)}.")


def _prepare_demo_home(home: Home, scale: float, seed: int | None) -> None:
    """A home that holds real data is never mixed with synthetic ones, nor two demonstrations with each other."""
    mark = home.root / DEMO_MARK
    text = (
        "Questa cartella contiene dati sintetici della dimostrazione: si può cancellare.\n"
        f"Scala {scale:g}, seme {'predefinito' if seed is None else seed}.\n"
    )
    if home.landing.exists():
        if not mark.exists():
            raise UserError(
                f"La cartella «{home.root}» contiene già dati che non sono dimostrativi: "
                "indica un'altra cartella con --home."
            )
        if mark.read_text("utf-8") != text:
            home.landing.unlink()
    home.prepare()
    mark.write_text(text, "utf-8")


def demo(
    home: HomeOption = None,
    scale: ScaleOption = 1,
    seed: SeedOption = None,
) -> None:
    """Prova tutto il lavoro su dati sintetici. Li genera, li carica, pubblica e produce il rapporto semestrale."""
    from osservatorio.beneficiaries import has_beneficiary_key, new_beneficiary_key
    from osservatorio.keys import KEY_FILE, new_key
    from osservatorio.pipeline import run
    from osservatorio.settings import Settings

    place = home_for_demo(home)
    _prepare_demo_home(place, scale, seed)
    if not (place.keys / KEY_FILE).exists():
        new_key(place)
    if not has_beneficiary_key(place):
        new_beneficiary_key(place)
    deliveries = place.root / "consegne"
    say("1/4 Genero le consegne sintetiche…")
    summary = _generate(deliveries, "2021-2023", scale, seed, 0.002)
    say(
        f"    {number(summary.files)} file, {number(sum(summary.rows_by_extract.values()))} righe in «{deliveries}»"
    )
    say("2/4 Carico, controllo, costruisco e pubblico…")
    with recorded(place, "demo") as facts, progress_bar() as progress:
        result = run(
            place, deliveries, now=datetime.now().astimezone(), settings=Settings.of(place), progress=progress
        )
        facts.update(facts_of(result))
    print_run(result, details=False)
    if result.exit_code != EXIT_DONE:
        raise typer.Exit(result.exit_code)
    say("3/4 Produco il rapporto semestrale…")
    files = write_report(place, "semestrale", DEMO_PERIOD)
    say("4/4 Riconciliazione con i dati pubblicati nei documenti dell'Ambito:")
    print_reconciliation(place)
    say()
    say(f"Pubblicazione:      {result.release_id}")
    say_where(files)
    option = f" --home {home or Globals.home}" if home or Globals.home else ""
    program = Path(sys.argv[0])
    name = program if program.stem == "osservatorio" else "osservatorio"
    say(f"Per il cruscotto:   {name} dashboard{option}")


def print_reconciliation(home: Home) -> None:
    """The published figures beside those computed: every difference should be zero."""
    from osservatorio.release import open_release

    with open_release(home) as release:
        rows = release.rows(
            "select what, declared, computed, difference from mart_reconciliation order by sort_order"
        )
    print_table(
        ["dato pubblicato", "dichiarato", "calcolato", "differenza"],
        [
            [what, number(declared), number(computed), number(difference)]
            for what, declared, computed, difference in rows
        ],
        right=[1, 2, 3],
    )
