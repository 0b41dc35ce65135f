"""`osservatorio ambiti`: the figures of many Ambiti in one release."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from osservatorio.commands.common import (
    HomeOption,
    JsonOption,
    home_for_reading,
    home_for_writing,
    print_json,
    print_table,
    progress_bar,
    say,
)
from osservatorio.commands.help_it import ItalianCommand, new_group
from osservatorio.commands.recording import recorded
from osservatorio.italian import quantity

app = new_group("Le tavole di più Ambiti in una sola pubblicazione, per chi li segue tutti.")


@app.callback()
def ambiti() -> None:
    """Le tavole di più Ambiti in una sola pubblicazione, per chi li segue tutti."""


@app.command("publish", cls=ItalianCommand)
def publish(
    folders: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CODICE=]CARTELLA...",
            help="Cartelle dei dati degli Ambiti. Il codice serve dove l'elenco dei Comuni non dice il capofila.",
        ),
    ] = None,
    home: HomeOption = None,
    listed: Annotated[
        Path | None,
        typer.Option("--elenco", metavar="FILE", help="File CSV con le colonne «codice;nome;cartella»."),
    ] = None,
    taken_out: Annotated[
        list[str] | None,
        typer.Option("--togli", metavar="CODICE", help="Ambito da togliere; si può ripetere."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Pubblica insieme le tavole di più Ambiti, senza i dati delle persone. Un Ambito rinnovato sostituisce solo le
    proprie righe."""
    from osservatorio.ambiti.asked import Asked, all_asked
    from osservatorio.ambiti.publication import publish_together
    from osservatorio.locking import exclusive
    from osservatorio.settings import Settings

    place = home_for_writing(home)
    asked: list[Asked] = []
    if folders or listed or not taken_out:
        asked = all_asked(folders or [], listed.expanduser().absolute() if listed else None)
    with recorded(place, "ambiti publish") as facts, exclusive(place, "ambiti publish"):
        with progress_bar(quiet=as_json) as bar:
            done = publish_together(
                place,
                asked,
                taken_out=tuple(taken_out or ()),
                settings=Settings.of(place),
                now=datetime.now().astimezone(),
                progress=bar,
            )
        facts.update(
            {
                "ambiti": len(done.ambiti),
                "rinnovati": ", ".join(done.brought)[:200],
                "tolti": ", ".join(done.taken_out)[:200],
                "pubblicazione": done.release_id,
                "nuova": done.is_new,
            }
        )
    if as_json:
        print_json(
            {
                "release_id": done.release_id,
                "is_new": done.is_new,
                "ambiti": [asdict(one) for one in done.ambiti.values()],
                "brought": list(done.brought),
                "taken_out": list(done.taken_out),
            }
        )
        return
    if done.note:
        say(f"Avviso: {done.note}")
    what = quantity(len(done.ambiti), "Ambito", "Ambiti")
    say(
        f"Pubblicata {done.release_id}: {what}."
        if done.is_new
        else f"Era già pubblicata {done.release_id}: {what}, niente di diverso."
    )
    others = len(done.ambiti) - len(done.brought)
    if done.brought and others:
        say(f"  {quantity(others, 'altro Ambito è rimasto uguale', 'altri Ambiti sono rimasti uguali')}.")


@app.command("list", cls=ItalianCommand)
def list_ambiti(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Elenca gli Ambiti della pubblicazione in uso, con la pubblicazione da cui viene ciascuno."""
    from osservatorio.ambiti.contents import ambiti_of
    from osservatorio.errors import UserError
    from osservatorio.release import current_release_id, read_manifest

    place = home_for_reading(home)
    release_id = current_release_id(place)
    found = ambiti_of(read_manifest(place, release_id)) if release_id else {}
    if not found:
        raise UserError(
            f"«{place.root}» non contiene tavole di più Ambiti: pubblicale con «osservatorio ambiti publish»."
        )
    if as_json:
        print_json({"release_id": release_id, "ambiti": [asdict(one) for one in found.values()]})
        return
    print_table(
        ["codice", "Ambito", "sua pubblicazione", "dati al", "consegnati fino al"],
        [[one.code, one.name, one.release_id, one.as_of, one.data_until] for one in found.values()],
    )
