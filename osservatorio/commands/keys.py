"""`osservatorio keys`: the key of the pseudonyms, that of the archives where they are encrypted, the secret of the sign-in."""

import getpass
import sys
from typing import Annotated

import typer

from osservatorio.commands.common import HomeOption, home_for_writing, progress_bar, say
from osservatorio.commands.help_it import ItalianCommand, new_group
from osservatorio.commands.recording import recorded
from osservatorio.italian import number

app = new_group("Le chiavi: quella che trasforma codici fiscali e identificativi, e quella degli archivi.")


@app.callback()
def keys() -> None:
    """Le chiavi: quella che trasforma codici fiscali e identificativi, e quella degli archivi."""


@app.command("new", cls=ItalianCommand)
def new(
    home: HomeOption = None,
    plain: Annotated[
        bool, typer.Option("--in-chiaro", help="Non cifrare gli archivi, anche dove si può.")
    ] = False,
    for_sinba: Annotated[
        bool, typer.Option("--sinba", help="Crea la chiave degli identificativi della rilevazione SINBA.")
    ] = False,
) -> None:
    """Crea le chiavi (una volta sola: poi vanno conservate)."""
    if for_sinba:
        _new_for_sinba(home)
        return
    from osservatorio.encryption import ARCHIVE_KEY_FILE, is_encrypted_home
    from osservatorio.keys import KEY_FILE, new_key
    from osservatorio.locking import exclusive

    place = home_for_writing(home)
    with recorded(place, "keys new") as facts, exclusive(place, "keys new"):
        key = new_key(place, encrypted=not plain)
        facts["chiave"] = key.id
    say(f"Chiave {key.id} creata in «{place.keys / KEY_FILE}».")
    if is_encrypted_home(place):
        say(
            f"Gli archivi di questa cartella saranno cifrati, con la chiave «{place.keys / ARCHIVE_KEY_FILE}»."
        )
    say(
        f"Conserva una copia di «{place.keys}» in un luogo sicuro, separato dai dati: senza, le persone non si "
        "riconoscono più" + (" e gli archivi non si aprono." if is_encrypted_home(place) else ".")
    )


def _new_for_sinba(home: HomeOption) -> None:
    from osservatorio.beneficiaries import new_beneficiary_key
    from osservatorio.locking import exclusive

    place = home_for_writing(home)
    with recorded(place, "keys new", scopo="sinba"), exclusive(place, "keys new"):
        path = new_beneficiary_key(place)
    say(f"Chiave della rilevazione SINBA creata in «{path}».")
    say(
        f"Conserva una copia di «{place.keys}» in un luogo sicuro, separato dai dati: senza, gli stessi minori avrebbero "
        "un altro identificativo da un anno all'altro."
    )


@app.command("rotate", cls=ItalianCommand)
def rotate(home: HomeOption = None) -> None:
    """Cambia la chiave degli pseudonimi. Trasforma i dati già caricati, senza doverli riconsegnare."""
    from osservatorio.keys import KEY_FILE
    from osservatorio.locking import exclusive
    from osservatorio.rotation import rotate as rotate_key
    from osservatorio.settings import Settings

    place = home_for_writing(home)
    with (
        recorded(place, "keys rotate") as facts,
        exclusive(place, "keys rotate"),
        progress_bar() as progress,
    ):
        done = rotate_key(place, settings=Settings.of(place), progress=progress)
        facts.update({"chiave": done.key.id, "nuova": done.is_new_key, "pseudonimi": done.pseudonyms})
    if done.is_new_key:
        say(f"Chiave {done.key.id} creata al posto della precedente in «{place.keys / KEY_FILE}».")
    else:
        say(
            f"L'archivio era di prima di una rotazione: l'ho riportato alla chiave in uso, {done.key.id}. "
            "Per crearne una nuova ripeti il comando."
        )
    say(f"Pseudonimi trasformati: {number(done.pseudonyms)}, in {number(done.tables)} tabelle.")
    say("Nessun file va riconsegnato. Adesso:")
    say(f"  1. copia «{place.keys}» nel luogo sicuro, separato dai dati, e distruggi la copia di prima;")
    if done.earlier_releases:
        say(
            f"  2. esegui «osservatorio run CARTELLA»: le pubblicazioni ({number(len(done.earlier_releases))}) hanno "
            "ancora gli pseudonimi di prima, e quella in uso viene rifatta;"
        )
        say(
            "  3. cancella le pubblicazioni e le copie di sicurezza di prima («osservatorio purge --altre-chiavi»)."
        )
    else:
        say("  2. cancella le copie di sicurezza fatte prima, che hanno ancora gli pseudonimi di prima.")


@app.command("encrypt", cls=ItalianCommand)
def encrypt(home: HomeOption = None) -> None:
    """Cifra gli archivi di una cartella dei dati nata in chiaro."""
    from osservatorio.encrypting import encrypt_home
    from osservatorio.encryption import ARCHIVE_KEY_FILE
    from osservatorio.locking import exclusive
    from osservatorio.settings import Settings

    place = home_for_writing(home)
    with (
        recorded(place, "keys encrypt") as facts,
        exclusive(place, "keys encrypt"),
        progress_bar() as progress,
    ):
        files = encrypt_home(place, settings=Settings.of(place), progress=progress)
        facts["archivi"] = len(files)
    say(f"Archivi cifrati: {number(len(files))}. La chiave è «{place.keys / ARCHIVE_KEY_FILE}».")
    say(
        f"Conserva una copia di «{place.keys}» in un luogo sicuro, separato dai dati: senza, gli archivi non si aprono. "
        "Le copie di sicurezza fatte prima sono ancora in chiaro: cancellale."
    )


@app.command("sign-in", cls=ItalianCommand)
def sign_in(
    home: HomeOption = None,
    end_all: Annotated[
        bool,
        typer.Option("--termina-accessi", help="Fa uscire tutti: per continuare dovranno accedere di nuovo."),
    ] = False,
) -> None:
    """Registra il segreto con cui il fornitore di identità riconosce il cruscotto."""
    from osservatorio.access.secrets import CLIENT_FILE, end_sessions, keep_client_secret

    place = home_for_writing(home)
    if end_all:
        with recorded(place, "keys sign-in", cosa="fine degli accessi"):
            was_there = end_sessions(place)
        say(
            "Tutti gli accessi sono terminati: riavvia il cruscotto."
            if was_there
            else "Nessuno aveva ancora effettuato l'accesso."
        )
        return
    secret = _typed("Segreto del cliente (client secret): ")
    with recorded(place, "keys sign-in", cosa="segreto del fornitore"):
        keep_client_secret(place, secret)
    say(
        f"Segreto registrato in «{place.keys / CLIENT_FILE}»: lo legge solo chi possiede la cartella dei dati."
    )


def _typed(question: str) -> str:
    """A secret that is typed without being shown, or the first line of what another program sends."""
    if sys.stdin.isatty():
        return getpass.getpass(question)
    return sys.stdin.readline().rstrip("\r\n")
