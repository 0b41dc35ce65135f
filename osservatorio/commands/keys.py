"""`osservatorio keys`: the key of the pseudonyms."""

from osservatorio.commands.common import HomeOption, home_for_writing, say
from osservatorio.commands.help_it import ItalianCommand, new_group

app = new_group("La chiave degli pseudonimi. Trasforma codici fiscali e identificativi.")


@app.callback()
def keys() -> None:
    """La chiave degli pseudonimi. Trasforma codici fiscali e identificativi."""


@app.command("new", cls=ItalianCommand)
def new(home: HomeOption = None) -> None:
    """Crea la chiave degli pseudonimi (una volta sola: poi va conservata)."""
    from osservatorio.keys import KEY_FILE, new_key

    place = home_for_writing(home)
    key = new_key(place)
    say(f"Chiave {key.id} creata in «{place.keys / KEY_FILE}».")
    say(
        "Conservane una copia in un luogo sicuro, separato dai dati: senza, le persone non si riconoscono più."
    )
