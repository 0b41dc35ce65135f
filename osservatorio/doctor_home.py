"""Checks of a home: the folder, its rights, the space, the key, whether what it holds is encrypted."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from osservatorio.doctor import Answer, Check, Patient
from osservatorio.encryption import EXTRA, can_encrypt, is_encrypted, is_encrypted_home
from osservatorio.errors import UserError
from osservatorio.files import is_open_to_others
from osservatorio.home import Home
from osservatorio.italian import number
from osservatorio.keys import NEXT_FILE, landing_key_id, load_key
from osservatorio.volumes import is_volume_encrypted

LEAST_FREE = 300e6  # bytes that a run of an ordinary Ambito needs
REBUILD = 3  # a rebuild wants room for the candidate, what it spills and the release beside it


def check_folder(patient: Patient) -> Iterator[Answer]:
    """The home is a folder where the program can write."""
    root = patient.home.root
    if not root.exists():
        yield (
            "avviso",
            f"La cartella dei dati «{root}» non esiste ancora.",
            "La crea «osservatorio keys new».",
        )
    elif not root.is_dir():
        yield "errore", f"«{root}» non è una cartella.", "Indica un'altra cartella con --home."
    elif _can_write(root):
        yield "ok", f"La cartella dei dati è «{root}» e si può scrivere.", None
    else:
        yield (
            "errore",
            f"Nella cartella dei dati «{root}» non si può scrivere.",
            "Controlla i permessi della cartella e che il disco non sia in sola lettura.",
        )


def _can_write(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def check_rights(patient: Patient) -> Iterator[Answer]:
    """Nobody else reads the keys; nobody else reads the data."""
    home = patient.home
    if not home.root.is_dir():
        return
    if os.name != "posix":
        yield (
            "avviso",
            "Su questo sistema i permessi dei file non si possono controllare da qui.",
            "Tieni la cartella dei dati nella cartella personale di chi la usa.",
        )
        return
    keys = [home.keys, *sorted(home.keys.glob("*.key*"))] if home.keys.is_dir() else []
    exposed = [path for path in keys if is_open_to_others(path)]
    for path in exposed:
        mode = "700" if path.is_dir() else "600"
        yield "errore", f"Altri utenti possono leggere «{path}».", f"Esegui: chmod {mode} '{path}'"
    if is_open_to_others(home.root):
        yield (
            "avviso",
            f"Altri utenti di questo computer possono entrare nella cartella dei dati «{home.root}».",
            f"Se non devono leggerla, esegui: chmod 700 '{home.root}'",
        )
    elif not exposed:
        yield "ok", "Solo chi possiede la cartella dei dati può leggerla.", None


def check_space(patient: Patient) -> Iterator[Answer]:
    """There is room to build once more what is landed."""
    place = patient.home.root
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    landing = patient.home.landing.stat().st_size if patient.home.landing.exists() else 0
    needed = LEAST_FREE + REBUILD * landing
    said = f"Spazio libero {_megabytes(free)}, per costruire di nuovo ne servono circa {_megabytes(needed)}."
    if free >= needed:
        yield "ok", said, None
    else:
        outcome = "errore" if free < LEAST_FREE + landing else "avviso"
        yield outcome, said, "Libera spazio sul disco o sposta la cartella dei dati su un disco più grande."


def _megabytes(size: float) -> str:
    return f"{number(size / 1e6)} MB"


def check_key(patient: Patient) -> Iterator[Answer]:
    """The key is there, can be read, and is the one of the data."""
    home = patient.home
    if not home.root.is_dir():
        return
    key = load_key(home)
    landed_under = None
    with suppress(UserError):  # an archive that does not open is told by the check of the archives
        landed_under = landing_key_id(home)
    if (home.keys / NEXT_FILE).exists():
        yield (
            "avviso",
            "Un cambio della chiave è rimasto a metà.",
            "Il prossimo «osservatorio run» o «osservatorio keys rotate» lo conclude.",
        )
    elif landed_under not in (None, key.id):
        yield (
            "errore",
            f"La chiave {key.id} non è quella con cui sono stati caricati i dati ({landed_under}).",
            f"Ripristina la chiave {landed_under} dalla copia di sicurezza in «{home.keys}».",
        )
        return
    yield "ok", f"Chiave {key.id}: conservane una copia fuori da questo computer.", None


def check_encryption(patient: Patient) -> Iterator[Answer]:
    """What is at rest is encrypted, by the archives themselves or by the volume."""
    home = patient.home
    if not home.root.is_dir():
        return
    if is_encrypted_home(home):
        plain = [path for path in _archives(home) if not is_encrypted(path)]
        if plain:
            yield (
                "avviso",
                f"La cartella è cifrata, ma {len(plain)} archivi non lo sono ancora (il primo è «{plain[0].name}»).",
                "Esegui «osservatorio keys encrypt».",
            )
        elif can_encrypt():
            yield "ok", "Gli archivi sono cifrati.", None
        else:
            yield (
                "errore",
                "Gli archivi sono cifrati e questa installazione può solo leggerli.",
                f"Installa «{EXTRA}».",
            )
        return
    remedy = f"Attiva la cifratura del disco (BitLocker, FileVault, LUKS) oppure installa «{EXTRA}» ed esegui «osservatorio keys encrypt»."
    match is_volume_encrypted(home.root):
        case True:
            yield "ok", "La cartella dei dati sta su un volume cifrato.", None
        case False:
            yield "avviso", "La cartella dei dati sta su un volume che non risulta cifrato.", remedy
        case None:
            yield (
                "avviso",
                "Non verificabile: da qui non si può sapere se il volume della cartella dei dati è cifrato.",
                f"Chiedilo a chi gestisce il computer. {remedy}",
            )


def _archives(home: Home) -> list[Path]:
    return [path for path in (home.landing, *sorted(home.releases.glob("*.duckdb"))) if path.exists()]


CHECKS: dict[str, Check] = {
    "Cartella dei dati": check_folder,
    "Permessi": check_rights,
    "Spazio": check_space,
    "Chiave": check_key,
    "Cifratura": check_encryption,
}
