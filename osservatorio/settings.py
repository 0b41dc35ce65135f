"""Settings of a run: limits of the machine, thresholds of the house, terms of retention."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from osservatorio.database import DEFAULT_MEMORY_LIMIT
from osservatorio.errors import UserError
from osservatorio.fiscal_code import FISCAL_CODE
from osservatorio.home import Home
from osservatorio.italian import join_words
from osservatorio.settings_file import FILE_NAME, NO_END, Check, read_settings_file

ENV_MEMORY = "OSSERVATORIO_MEMORY"
ENV_THREADS = "OSSERVATORIO_THREADS"
MOST_YEARS = 200
LEAST_THRESHOLD = 3  # Regole deontologiche per trattamenti a fini statistici, G.U. 14/1/2019, art. 5
MOST_THRESHOLD = 50
MOST_CHARACTERS = 200
LICENCES = ("CC-BY-4.0", "IODL-2.0")  # those of the open data, by the names that people write

_UNITS = {"KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}
_MEMORY = re.compile(r"\s*\d+(\.\d+)?\s*([KMGT]i?B)\s*", re.IGNORECASE)


def is_memory_size(value: object) -> bool:
    """Whether a text is an amount of memory, as «4GB»."""
    return isinstance(value, str) and bool(_MEMORY.fullmatch(value))


def memory_bytes(text: str) -> float:
    """«1200MB» -> bytes."""
    number = text.strip().rstrip("KMGTiBkmgtb ")
    return float(number) * _UNITS[text.strip()[len(number) :].strip().upper()]


def memory_share(limit: str, part: float, least: str = "0MB") -> str:
    """A part of the memory granted, for an engine that works beside others, but no less than `least`: «1200MB», 0.25 ->
    «300MB». What is no amount stays as it is."""
    if not is_memory_size(limit):
        return limit
    return f"{max(part * memory_bytes(limit), memory_bytes(least)) / 1e6:.0f}MB"


def _whole(first: int, last: int) -> Check:
    def check(value: object) -> str | None:
        is_right = isinstance(value, int) and not isinstance(value, bool) and first <= value <= last
        return None if is_right else f"un numero intero da {first} a {last}"

    return check


def _threshold(value: object) -> str | None:
    expected = _whole(LEAST_THRESHOLD, MOST_THRESHOLD)(value)
    return (
        expected and f"{expected} (meno di {LEAST_THRESHOLD} minori non si può, Regole deontologiche, art. 5)"
    )


def _memory(value: object) -> str | None:
    return None if is_memory_size(value) else 'una quantità di memoria fra virgolette, come "4GB"'


def _licence(value: object) -> str | None:
    names = [f'"{name}"' for name in LICENCES]
    return None if value in LICENCES else f"una licenza fra {join_words(names)}"


def _text(value: object) -> str | None:
    is_right = isinstance(value, str) and 0 < len(value.strip()) <= MOST_CHARACTERS and value.isprintable()
    return None if is_right else f"un testo fra virgolette, di una riga e al più {MOST_CHARACTERS} caratteri"


def _like(pattern: str, expected: str) -> Check:
    def check(value: object) -> str | None:
        return None if isinstance(value, str) and re.fullmatch(pattern, value) else expected

    return check


def _term(value: object) -> str | None:
    return (
        None if value == NO_END else (_whole(0, MOST_YEARS)(value) and f'un numero di anni oppure "{NO_END}"')
    )


# Section and name in the file -> field of Settings.
FIELDS = {
    "calcolo": {"memoria": "memory_limit", "processori": "threads"},
    "indicatori": {
        "giorni_risposta_reclami": "complaint_answer_days",
        "ore_settimanali_tempo_pieno": "full_time_weekly_hours",
    },
    "riservatezza": {"soglia": "disclosure_threshold"},
}
# What people read for a setting that figures depend on.
SETTING_LABELS = {
    "complaint_answer_days": "Giorni per rispondere a un reclamo",
    "full_time_weekly_hours": "Ore settimanali del tempo pieno",
}
RETENTION = "conservazione"
DEADLINES = "scadenze"
OPEN_DATA = "dati_aperti"
SINBA = "sinba"
ACCESS = "accesso"  # how people sign in to the dashboard
ACCESS_ROLES = "accesso_ruoli"  # value of the provider's claim -> role
_claim = _like(r"[\w.:/-]{1,100}", 'il nome di un attributo del fornitore di identità, come "email"')
_CHECKS: dict[str, Mapping[str, Check] | Check] = {
    "calcolo": {"memoria": _memory, "processori": _whole(1, 1024)},
    "indicatori": {"giorni_risposta_reclami": _whole(1, 366), "ore_settimanali_tempo_pieno": _whole(1, 60)},
    "riservatezza": {"soglia": _threshold},
    RETENTION: _term,
    DEADLINES: _whole(0, 366),
    OPEN_DATA: {
        "licenza": _licence,
        "titolare": _text,
        "codice_ipa": _like(r"[A-Za-z0-9_]{1,20}", 'un codice dell\'Indice delle PA, come "c_i625"'),
        "ufficio": _text,
        "contatto": _like(
            r"[\w.+-]+@[\w-]+(\.[\w-]+)+", 'l\'indirizzo di posta di un ufficio, come "ufficio@comune.it"'
        ),
        "indirizzo": _like(
            r"https?://[\w.-]+(/[\w.~%-]+)*/?",
            'l\'indirizzo in cui si copiano le cartelle degli anni, come "https://www.comune.it/dati-aperti"',
        ),
    },
    SINBA: {
        "codice_ente": _like(
            r"[A-Za-z0-9_./-]{1,32}", "il codice dell'ente assegnato dall'INPS, fra virgolette"
        ),
        "denominazione": _text,
        "codice_catastale": _like(r"[A-Z][0-9]{3}", 'il codice catastale del Comune della sede, come "I625"'),
        "cf_operatore": _like(FISCAL_CODE, "il codice fiscale di chi trasmette, in maiuscolo fra virgolette"),
    },
    ACCESS: {
        "indirizzo": _text,
        "fornitore": _text,
        "cliente": _text,
        "persona": _claim,
        "ruolo": _claim,
        "comune": _claim,
        "ambito": _claim,
        "durata_ore": _whole(1, 72),
        "contatto": _text,
    },
    ACCESS_ROLES: _text,
}


def _threads() -> int:
    given = os.environ.get(ENV_THREADS, "")
    if not given:
        return os.cpu_count() or 1
    if not given.isdigit() or int(given) < 1:
        raise UserError(f"{ENV_THREADS} vale «{given}»: scrivi un numero intero da 1 in su.")
    return int(given)


@dataclass(frozen=True)
class Settings:
    """What a run may use and the thresholds that models read as variables.

    `complaint_answer_days` is the general term of L. 241/1990; `full_time_weekly_hours` the week of a
    full-time professional in the co-design document; `disclosure_threshold` the fewest minors that a published figure
    may be about. `retention` holds the terms, in years, that the home sets in place of those of the program (None:
    never deleted); `deadlines` the days after a period's end in which the home sends each kind of report, in place of
    those of the program. `open_data` is what the home says of its open data: licence, holder, contact, address; `sinba`
    who sends the national return on minors in care. `access` and `access_roles` are how people sign in to the
    dashboard, read by `osservatorio.access`.
    """

    memory_limit: str = field(default_factory=lambda: os.environ.get(ENV_MEMORY, DEFAULT_MEMORY_LIMIT))
    threads: int = field(default_factory=_threads)
    complaint_answer_days: int = 30
    full_time_weekly_hours: int = 36
    disclosure_threshold: int = 5
    retention: Mapping[str, int | None] = field(default_factory=dict)
    deadlines: Mapping[str, int] = field(default_factory=dict)
    open_data: Mapping[str, str] = field(default_factory=dict)
    sinba: Mapping[str, str] = field(default_factory=dict)
    access: Mapping[str, str | int] = field(default_factory=dict)
    access_roles: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, home: Home) -> "Settings":
        """The settings of a home: those of its file, where it has one. The environment comes before the file.

        Raises UserError when the file cannot be understood.
        """
        content = read_settings_file(home.root / FILE_NAME, _CHECKS)
        given = {
            field_name: content[section][name]
            for section, names in FIELDS.items()
            for name, field_name in names.items()
            if name in content.get(section, {})
        }
        for variable, field_name in ((ENV_MEMORY, "memory_limit"), (ENV_THREADS, "threads")):
            if os.environ.get(variable):
                given.pop(field_name, None)
        terms = {
            name: None if years == NO_END else years for name, years in content.get(RETENTION, {}).items()
        }
        return cls(
            **given,
            retention=terms,
            deadlines=content.get(DEADLINES, {}),
            open_data=content.get(OPEN_DATA, {}),
            sinba=content.get(SINBA, {}),
            access=content.get(ACCESS, {}),
            access_roles=content.get(ACCESS_ROLES, {}),
        )

    def model_variables(self) -> dict[str, Any]:
        """The settings that change figures: part of a release's manifest."""
        return {
            "complaint_answer_days": self.complaint_answer_days,
            "full_time_weekly_hours": self.full_time_weekly_hours,
        }
