"""`osservatorio status`: what was loaded, what each delivery did to the records already known, what is in use."""

from collections.abc import Sequence
from typing import Any

from osservatorio.commands.common import (
    HomeOption,
    JsonOption,
    home_for_reading,
    print_json,
    print_table,
    say,
)
from osservatorio.commands.run import print_deliveries, print_verdict
from osservatorio.errors import UserError
from osservatorio.italian import number

SHOWN_ROWS = 40
# Field of a delivery -> title of its column, and what it means.
COLUMNS = {
    "new": ("nuovi", "record che prima non c'erano"),
    "updated": ("aggiornati", "versioni più recenti di record già noti: valgono queste"),
    "withdrawn": ("annullati", "record ritirati con stato_record «annullato»"),
    "left_out": ("tolti", "record ritirati da una sostituzione completa, che non li contiene"),
    "older": ("superati", "versioni arrivate dopo una più recente: vale quella, queste restano nella storia"),
    "repeated": ("ripetuti", "righe con la chiave di un'altra riga dello stesso file: vale la più recente"),
    "healed": (
        "entrati poi",
        "righe che aspettavano un altro record e sono entrate da sole quando è arrivato",
    ),
    "waiting": ("in attesa", "righe che aspettano un record a cui si riferiscono"),
    "open": ("da correggere", "righe in quarantena"),
    "replaced": (
        "riconsegnati",
        "righe in quarantena di cui una consegna successiva ha portato di nuovo il record",
    ),
    "other_bodies": (
        "di altri enti",
        "righe di un ente diverso da quello che il nome del file indica: in quarantena",
    ),
    "purged": ("cancellati", "righe cancellate alla fine del termine di conservazione"),
}
ORDINARY = (
    "new",
    "updated",
    "waiting",
    "open",
)  # of a delivery that only does these, the last ones are shown
SAID_ELSEWHERE = ("new", "waiting", "open")


def status(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Dice che cosa è stato caricato. Mostra ogni consegna con il suo esito e la pubblicazione in uso."""
    from ingestion.status import deliveries_status
    from osservatorio.database import connect
    from osservatorio.release import current_release_id, read_manifest

    place = home_for_reading(home)
    if not place.landing.exists():
        raise UserError(f"In «{place.root}» non è stato caricato nulla: esegui «osservatorio run CARTELLA».")
    with connect(place.landing, read_only=True) as con:
        deliveries = deliveries_status(con)
    release_id = current_release_id(place)
    verdict = read_manifest(place, release_id)["verdict"] if release_id else None
    if as_json:
        print_json({"deliveries": deliveries, "verdict": verdict, "release_id": release_id})
        return
    print_deliveries(deliveries, details=True)
    _print_versions([delivery for delivery in deliveries if delivery["outcome"] == "landed"])
    if verdict:
        print_verdict(verdict)
    say(f"Pubblicazione in uso: {release_id or 'nessuna'}.")


def _print_versions(landed: Sequence[dict[str, Any]]) -> None:
    """What the deliveries did to the records: totals with their meaning, then the deliveries that did more than add."""
    totals = {name: sum(delivery.get(name) or 0 for delivery in landed) for name in COLUMNS}
    used = [name for name, total in totals.items() if total]
    if not used:
        return
    say()
    say("Che cosa hanno portato le consegne:")
    print_table(
        ["", "righe", ""],
        [[COLUMNS[name][0], number(totals[name]), COLUMNS[name][1]] for name in used],
        right=[1],
    )
    notable = _notable(landed)
    if notable:
        shown = [name for name in used if any(d.get(name) for d in notable[:SHOWN_ROWS])]
        say()
        say("Le consegne che chiedono attenzione, o che hanno cambiato record già noti (dalla più recente):")
        print_table(
            ["file", *(COLUMNS[name][0] for name in shown)],
            [
                [d["file"], *(number(d[name]) if d.get(name) else "" for name in shown)]
                for d in notable[:SHOWN_ROWS]
            ],
            right=range(1, len(shown) + 1),
        )
        if len(notable) > SHOWN_ROWS:
            say(
                f"… e altri {number(len(notable) - SHOWN_ROWS)} file («osservatorio status --json» li dice tutti)."
            )
    _print_bodies(landed)
    say()


def _notable(landed: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The deliveries of which there is something to say: what is out of the ordinary first, then the latest."""
    found = [
        d for d in reversed(landed) if any(d.get(name) for name in COLUMNS if name not in SAID_ELSEWHERE)
    ]
    return sorted(found, key=lambda d: not any(d.get(name) for name in COLUMNS if name not in ORDINARY))


def _print_bodies(landed: Sequence[dict[str, Any]]) -> None:
    """The files that hold rows of several bodies."""
    from osservatorio.reference import municipalities

    towns = municipalities()
    mixed = [delivery for delivery in landed if delivery["bodies"]]
    if mixed:
        say()
        say("File con righe di più enti:")
    for delivery in mixed[:SHOWN_ROWS]:
        counts = ", ".join(
            f"{towns[code].name if code in towns else code} {number(rows)}"
            for code, rows in delivery["bodies"].items()
        )
        say(f"  - «{delivery['file']}»: {counts}.")
