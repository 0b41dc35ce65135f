"""What the office says once: its own codes in the national system and, in a file to fill, those of its services."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from osservatorio.errors import UserError, reason_it
from osservatorio.files import write_atomically
from osservatorio.home import Home
from osservatorio.inert import inert
from osservatorio.italian import join_words
from osservatorio.reference import lead_municipality
from osservatorio.settings import Settings
from reporting.queries import Record
from reporting.returns.sinba.layout import Layout

FOLDER = "rilevazioni"
SERVICES_FILE = "sinba_prestazioni.csv"
SECTION = "sinba"
_HEADER = ("codice_servizio", "servizio", "codice_prestazione")
MAX_BYTES = 200_000
# Setting -> attribute of the layout's Ente.
ATTRIBUTES = {
    "codice_ente": "Codice",
    "denominazione": "Denominazione",
    "codice_catastale": "Indirizzo",
    "cf_operatore": "CFOperatore",
}


@dataclass(frozen=True)
class Office:
    """Who sends the return (attributes of Ente) and the national codes of each service. `missing` says what the office
    has not told yet, in words. `is_invented`: those of the demonstration, which no platform would take.
    """

    body: Mapping[str, str]
    services: Mapping[str, tuple[str, ...]]
    missing: tuple[str, ...] = ()
    is_invented: bool = False


def services_file(home: Home) -> Path:
    return home.root / FOLDER / SERVICES_FILE


def office_of(home: Home, layout: Layout, services: Sequence[Record], *, is_demo: bool) -> Office:
    """What the home says; a file of services to fill is written where there is none. Never raises for what is missing.

    `services` are the services of the year's spells. Raises UserError for a file that cannot be read.
    """
    body, missing = _body(Settings.of(home).sinba, layout)
    path = services_file(home)
    if is_demo and not path.exists() and len(body) < len(ATTRIBUTES):
        return _invented(body, services)
    given = _read(path, layout) if path.exists() else {}
    lacking = [row["name"] for row in services if not given.get(row["service_code"])]
    if lacking:
        _add_rows(path, services, given)
        missing = (
            *missing,
            f"in «{path}» il codice della prestazione di {join_words([f'«{name}»' for name in lacking])}",
        )
    return Office(body, given, missing)


def require_complete(office: Office) -> Office:
    """The office, when it has told all that a return needs. Raises UserError otherwise."""
    if office.missing:
        raise UserError(
            f"Per scrivere la rilevazione SINBA manca: {'; '.join(office.missing)}. I codici sono quelli assegnati "
            "dall'INPS all'ente e alle sue prestazioni: non si possono ricavare dai dati. Completa, poi ripeti il comando."
        )
    return office


def _body(settings: Mapping[str, str], layout: Layout) -> tuple[dict[str, str], tuple[str, ...]]:
    lead = lead_municipality()
    usual = {"denominazione": f"Comune di {lead.name}", "codice_catastale": lead.cadastral_code}
    said = usual | dict(settings)
    body = {attribute: said[name] for name, attribute in ATTRIBUTES.items() if name in said}
    required = {each.name for each in layout.body if each.required}
    lacking = [f"«{name}»" for name, attribute in ATTRIBUTES.items() if attribute in required - set(body)]
    if not lacking:
        return body, ()
    return body, (f"in «impostazioni.toml», sezione [{SECTION}], {join_words(lacking)}",)


def _invented(body: Mapping[str, str], services: Sequence[Record]) -> Office:
    """For the demonstration: values that say what they are."""
    codes = {row["service_code"]: (f"PROVA-{place:02d}",) for place, row in enumerate(services, start=1)}
    return Office(
        {"Codice": "PROVA", "CFOperatore": "AAAAAA00A00A000A"} | dict(body), codes, is_invented=True
    )


def _read(path: Path, layout: Layout) -> dict[str, tuple[str, ...]]:
    """Service -> its codes; several in one cell are separated by a space."""
    advice = f"dev'essere un CSV con le colonne {join_words(_HEADER)}, separate da punto e virgola"
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError(f"Il file «{path}» è troppo grande: {advice}.")
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = reason_it(error) if isinstance(error, OSError) else "non è un testo UTF-8"
        raise UserError(f"Il file «{path}» non si legge ({why}): {advice}.") from error
    rows = csv.DictReader(io.StringIO(text), delimiter=";")
    if set(_HEADER) - set(rows.fieldnames or ()):
        raise UserError(f"Il file «{path}» non va bene: {advice}.")
    found: dict[str, tuple[str, ...]] = {}
    for number, row in enumerate(rows, start=2):
        codes = tuple((row["codice_prestazione"] or "").split())
        for code in codes:
            if not layout.fits(layout.service_code, code) or not code.isascii() or not code.isprintable():
                limits = layout.service_code
                raise UserError(
                    f"In «{path}», riga {number}, il codice «{code}» non va bene: ha da {limits.min_length} a "
                    f"{limits.max_length} caratteri; più codici si separano con uno spazio."
                )
        found[(row["codice_servizio"] or "").strip()] = codes
    return found


def _add_rows(path: Path, services: Sequence[Record], given: Mapping[str, tuple[str, ...]]) -> None:
    """The file with a row for each service: what is filled stays, what is not has an empty code."""
    names = {row["service_code"]: row["name"] for row in services}
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEADER)
    for code in [*names, *(each for each in given if each not in names)]:
        writer.writerow([inert(code), inert(names.get(code, "")), " ".join(given.get(code, ()))])
    try:
        write_atomically(path, text.getvalue().encode("utf-8-sig"))
    except OSError as error:
        raise UserError(
            f"Non riesco a scrivere «{path}» ({reason_it(error)}): controlla i permessi."
        ) from error
