"""Checks of the installation: Python, libraries, memory, settings, telemetry."""

import os
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires, version

from osservatorio.doctor import Answer, Check, Patient
from osservatorio.settings import ENV_MEMORY, Settings, is_memory_size, memory_bytes

PACKAGE = "osservatorio"
REINSTALL = "Reinstalla Osservatorio con «make demo» o con le istruzioni del manuale."
OPTIONAL = {"encrypted": "cifratura degli archivi"}
LEAST_MEMORY = 500e6  # bytes: below, ingesting a large delivery has little room
# Variables of libraries that send usage data away, and the values that let them.
TELEMETRY = {
    "DBT_SEND_ANONYMOUS_USAGE_STATS": ("1", "true", "t", "yes", "y"),
    "GX_ANALYTICS_ENABLED": ("1", "true", "t", "yes", "y"),
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": ("1", "true", "t", "yes", "y"),
}


def check_python(_: Patient) -> Iterator[Answer]:
    """The interpreter is one that the program runs on."""
    from packaging.specifiers import SpecifierSet

    wanted = metadata(PACKAGE)["Requires-Python"] or ">=3.11"
    found = ".".join(map(str, sys.version_info[:3]))
    if found in SpecifierSet(wanted):
        yield "ok", f"Python {found}.", None
    else:
        yield "errore", f"Python {found}: il programma vuole {wanted}.", REINSTALL


def check_libraries(_: Patient) -> Iterator[Answer]:
    """Every library is there, in a version that the program knows."""
    from packaging.requirements import Requirement

    wanted = [Requirement(text) for text in requires(PACKAGE) or ()]
    needed = [r for r in wanted if r.marker is None or r.marker.evaluate({"extra": ""})]
    sound = True
    for requirement in needed:
        found = _installed(requirement.name)
        if found is None:
            yield "errore", f"Manca la libreria {requirement.name}.", REINSTALL
        elif not requirement.specifier.contains(found, prereleases=True):
            yield (
                "avviso",
                f"La libreria {requirement.name} è alla versione {found}, il programma è provato con {requirement.specifier}.",
                REINSTALL,
            )
        else:
            continue
        sound = False
    if sound:
        main = ", ".join(
            f"{name} {_installed(name)}" for name in ("duckdb", "dbt-core", "great-expectations", "streamlit")
        )
        yield "ok", f"{len(needed)} librerie, tutte nelle versioni previste ({main}).", None
    for extra, purpose in OPTIONAL.items():
        own = [r for r in wanted if r.marker and r.marker.evaluate({"extra": extra}) and r not in needed]
        if own and all((found := _installed(r.name)) and r.specifier.contains(found) for r in own):
            yield "ok", f"Componente facoltativo «{extra}» ({purpose}) installato.", None


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def check_engine(_: Patient) -> Iterator[Answer]:
    """DuckDB starts and computes with the settings of the house."""
    from osservatorio.database import connect

    with connect(None) as con:
        row = con.execute("select version(), sum(range) from range(1000)").fetchone()
    if row and row[1] == 499500:
        yield "ok", f"Il motore di calcolo DuckDB {row[0]} funziona.", None
    else:
        yield "errore", "Il motore di calcolo DuckDB dà un risultato sbagliato.", REINSTALL


def check_settings(patient: Patient) -> Iterator[Answer]:
    """The settings can be read and suit the machine."""
    settings = Settings.of(patient.home)
    if not is_memory_size(settings.memory_limit):
        yield (
            "errore",
            f"La memoria concessa è scritta «{settings.memory_limit}», che non è una quantità.",
            f"Scrivi {ENV_MEMORY} come 2GB.",
        )
        return
    limit, physical = memory_bytes(settings.memory_limit), _physical_memory()
    if physical and limit > physical:
        yield (
            "avviso",
            f"La memoria concessa ({settings.memory_limit}) è più di quella del computer ({physical / 1e9:.1f} GB).",
            f"Abbassa {ENV_MEMORY} o «memoria» nelle impostazioni: la metà di quella del computer va bene.",
        )
    elif limit < LEAST_MEMORY:
        yield (
            "avviso",
            f"La memoria concessa ({settings.memory_limit}) è poca per consegne grandi.",
            f"Alza {ENV_MEMORY} o «memoria» nelle impostazioni, per esempio a 1200MB.",
        )
    elif settings.threads > 4 * (os.cpu_count() or 1):
        yield (
            "avviso",
            f"I processori concessi ({settings.threads}) sono molti più di quelli del computer ({os.cpu_count()}).",
            "Abbassa OSSERVATORIO_THREADS o «processori» nelle impostazioni.",
        )
    else:
        yield "ok", f"Memoria concessa {settings.memory_limit}, processori {settings.threads}.", None


def _physical_memory() -> float | None:
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return None


def check_telemetry(_: Patient) -> Iterator[Answer]:
    """No variable of the environment lets a library send usage data away."""
    on = [name for name, values in TELEMETRY.items() if os.environ.get(name, "").strip().lower() in values]
    if on:
        yield (
            "avviso",
            f"L'ambiente accende l'invio di statistiche delle librerie ({', '.join(on)}); Osservatorio lo spegne comunque.",
            "Togli quelle variabili dall'ambiente.",
        )
    else:
        yield "ok", "Nessuna libreria invia statistiche d'uso.", None


CHECKS: dict[str, Check] = {
    "Python": check_python,
    "Librerie": check_libraries,
    "Motore di calcolo": check_engine,
    "Impostazioni": check_settings,
    "Telemetria": check_telemetry,
}
