"""Errata: the figures of earlier reports of the same kind that have been corrected since."""

from collections.abc import Sequence

from osservatorio.italian import number
from reporting.context import Context
from reporting.errata.amendments import Amendment, amendments, numbered_deliveries
from reporting.errata.earlier import EarlierReport
from reporting.model import Block, Paragraph, Section
from reporting.sections.errata_tables import (
    KINDS,
    are_printed,
    delivery_blocks,
    figure_tables,
    reports_table,
)
from reporting.text import count

TITLE = "Errata: cifre corrette rispetto ai rapporti precedenti"
KEY = "errata"


def errata(context: Context) -> Section | None:
    """The section (an appendix) of what was corrected; None when no report of this kind was produced before."""
    reports = context.earlier()
    if not reports:
        return None
    found = amendments(context, reports)
    numbers = numbered_deliveries(found)
    tables = [table for form in KINDS for table in figure_tables(form, found, numbers)]
    is_whole = all(table.in_print for table in tables)
    blocks: list[Block] = [
        Paragraph(_lead(reports, found, is_whole)),
        reports_table(context, reports, found),
        *([Paragraph(_how_to_read(numbers))] if tables else []),
        *tables,
        *delivery_blocks(found, numbers),
    ]
    return Section(KEY, TITLE, tuple(blocks), _summary(found) if tables else "", is_appendix=True)


def _lead(reports: Sequence[EarlierReport], found: Sequence[Amendment], is_whole: bool) -> str:
    changed = [each for each in found if each.items]
    several = len(reports) > 1
    who = (
        f"Prima di questa pubblicazione {'sono stati prodotti' if several else 'è stato prodotto'} "
        f"{count(len(reports), 'rapporto', 'rapporti')} di questo tipo, per questo periodo o per periodi precedenti. "
    )
    if not found:
        return who + ("Nessuno si può confrontare." if several else "Non si può confrontare.")
    if not changed:
        return who + "Le cifre confrontate non sono cambiate."
    total = sum(len(each.items) for each in changed)
    of_what = f" di {number(len(changed))} rapporti" if len(changed) > 1 else ""
    where = (
        "Le tabelle che seguono le elencano."
        if is_whole
        else "Qui ci sono le differenze più grandi; tutte sono nei fogli «Errata» della cartella di calcolo."
    )
    verb, holds = ("è cambiata", "vale quella") if total == 1 else ("sono cambiate", "valgono quelle")
    return f"{who}Da allora {verb} {count(total, 'cifra', 'cifre')}{of_what}: {holds} di oggi. {where}"


def _summary(found: Sequence[Amendment]) -> str:
    total = sum(len(each.items) for each in found)
    names = [each.report.period.label for each in found if each.items]
    which = (
        f"del rapporto precedente ({names[0]})"
        if len(names) == 1
        else f"di {number(len(names))} rapporti precedenti"
    )
    verb = "è cambiata" if total == 1 else "sono cambiate"
    return f"{verb.capitalize()} {count(total, 'cifra', 'cifre')} {which}: l'errata, in fondo, dice quali e perché."


def _how_to_read(numbers: dict[str, int]) -> str:
    text = (
        "Una cifra è elencata quando si legge diversa da allora, una volta sola anche se compare in più tabelle; non lo "
        "sono quelle di un anno che allora non era concluso, né gli elenchi di consegne e di singoli casi. Il trattino "
        "(–) vuol dire che la riga non c'era o non c'è più. "
    )
    where = (
        "Accanto a ogni cifra ci sono i numeri delle consegne che possono averla mossa"
        if are_printed(numbers)
        else "Le consegne che possono aver mosso ogni cifra sono nella cartella di calcolo"
    )
    return f"{text}{where}: quelle arrivate o cambiate dopo, dello stesso Comune e degli estratti da cui la cifra viene."
