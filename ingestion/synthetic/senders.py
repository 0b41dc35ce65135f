"""Who sends files, and in which manner: format, encoding, separator, notation of dates, numbers and headers."""

from dataclasses import dataclass, field
from typing import Literal

from osservatorio.reference import lead_municipality, municipalities

PARTNER = "partner"
PLANNING_OFFICE = "ufficio_di_piano"


@dataclass(frozen=True)
class Manner:
    """How an office writes its files. `left_out`: optional columns that it never fills, absent from its files."""

    file_format: Literal["csv", "xlsx"] = "csv"
    encoding: str = "utf-8"
    separator: str = ";"
    line_end: str = "\n"
    date: str = "%d/%m/%Y"
    month: str = "%m/%Y"
    decimal_comma: bool = True
    thousands: bool = False
    yes_no: tuple[str, str] = ("S", "N")
    header: Literal["plain", "upper", "title"] = "plain"
    left_out: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Sender:
    """An office: its name in file names, the body it delivers for, the prefix of its identifiers."""

    name: str
    body_code: str
    prefix: str
    manner: Manner


ISO = Manner(separator=",", date="%Y-%m-%d", month="%Y-%m", decimal_comma=False)
WINDOWS = Manner(encoding="cp1252", line_end="\r\n")

# One manner per municipality, in the order of their codes (and again from the first, if they were more).
MANNERS = (
    Manner(
        encoding="cp1252",
        line_end="\r\n",
        header="upper",
        left_out=frozenset({"situazione_chiusura", "settore"}),
    ),
    Manner(left_out=frozenset({"disabilita"})),
    Manner(left_out=frozenset({"composizione_famiglia", "condizione_lavoro"})),
    ISO,
    Manner(separator=",", date="%Y-%m-%d", month="%Y-%m", decimal_comma=False, yes_no=("SI", "NO")),
    Manner(
        encoding="cp1252",
        line_end="\r\n",
        date="%d-%m-%Y",
        thousands=True,
        yes_no=("sì", "no"),
        header="title",
        left_out=frozenset({"condizione_minore"}),
    ),
    Manner(file_format="xlsx", header="upper"),
    Manner(encoding="utf-8-sig", yes_no=("SI", "NO")),
    Manner(header="title"),
    Manner(file_format="xlsx", header="title", left_out=frozenset({"fonte", "data_verifica"})),
)


def all_senders() -> dict[str, Sender]:
    """The offices by name: every municipality, the partner, the Ufficio di Piano (both deliver for the lead body)."""
    towns = sorted(municipalities().values(), key=lambda town: town.code)
    senders = [
        Sender(town.slug, town.code, town.slug[:3].upper(), MANNERS[place % len(MANNERS)])
        for place, town in enumerate(towns)
    ]
    lead = lead_municipality().code
    senders.append(Sender(PARTNER, lead, "PAR", Manner(file_format="xlsx")))
    senders.append(Sender(PLANNING_OFFICE, lead, "UDP", Manner()))
    return {sender.name: sender for sender in senders}
