"""The tables of the errata: earlier reports, figures that changed by kind, deliveries that can have moved them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from osservatorio.circumstances import Circumstance
from osservatorio.compare_texts import DELIVERY_CHANGES, circumstance, delivery_numbers, moved_counts
from osservatorio.italian import join_words, number
from reporting.context import Context
from reporting.errata.amendments import Amendment
from reporting.errata.corrections import Correction, figures
from reporting.errata.earlier import MOST, EarlierReport, Outcome
from reporting.model import Block, Column, Format, Heading, Paragraph, Row, Table, text_column
from reporting.text import count

SHOWN, SHOWN_DELIVERIES = 12, 25  # in print: of each report and kind of figure; deliveries
KINDS = {  # how figures are set apart: their keys, and what a table of them is called
    Format.INTEGER: ("conteggi", "conteggi"),
    Format.DECIMAL: ("misure", "tassi, ore, giorni e medie"),
    Format.PERCENT: ("quote", "quote percentuali"),
    Format.EURO: ("importi", "importi in euro"),
}
OUTCOMES = {
    Outcome.PROVISIONAL: "provvisorio: il periodo non era concluso; non si confronta",
    Outcome.GONE: "la pubblicazione è stata eliminata: non si può più confrontare",
    Outcome.UNREADABLE: "il file della pubblicazione non si legge: non si può confrontare",
    Outcome.NO_DATA: "il periodo non è più nei dati: non si può confrontare",
    Outcome.OTHER_VERSION: "fatto da un'altra versione del programma: non si può confrontare",
    Outcome.TOO_OLD: f"non confrontato: si guardano gli ultimi {MOST} periodi",
}


def reports_table(context: Context, reports: Sequence[EarlierReport], found: Sequence[Amendment]) -> Table:
    by_period = {each.report.period.code: each for each in found}
    rows = []
    for report in reports:
        each = by_period.get(report.period.code)
        rows.append(
            Row(
                (report.period.code, report.release_id),
                (
                    report.period.label.capitalize(),
                    report.produced_on,
                    report.release_id,
                    report.as_of,
                    figures(report.then, context.release.manifest) if report.then else None,
                    len(each.items) if each else None,
                    _what_changed(each) if each else OUTCOMES[report.outcome],
                ),
            )
        )
    return Table(
        "errata_rapporti",
        "I rapporti precedenti e quante loro cifre sono cambiate",
        "Errata, rapporti",
        (),
        (
            text_column("report", "Rapporto", 1.2),
            _column("produced", "Prodotto il", Format.DATE),
            text_column("release", "Pubblicazione", 2.0, form=Format.CODE),
            _column("as_of", "Dati al", Format.DATE),
            _column("shown", "Cifre confrontate", Format.INTEGER),
            _column("changed", "Cifre cambiate", Format.INTEGER),
            text_column("why", "Che cosa è cambiato", 2.2),
        ),
        tuple(rows),
    )


def _what_changed(each: Amendment) -> str:
    """Deliveries by what became of them, then what changed besides."""
    parts = []
    for change, (one, many) in {
        "arrived": ("consegna arrivata", "consegne arrivate"),
        "changed": ("consegna con altri conteggi", "consegne con altri conteggi"),
        "left": ("consegna non più compresa", "consegne non più comprese"),
    }.items():
        size = sum(item.change == change for item in each.deliveries)
        if size:
            parts.append(count(size, one, many))
    kinds: dict[str, list[Circumstance]] = {}
    for item in each.circumstances:
        kinds.setdefault(item.kind, []).append(item)
    for kind, items in kinds.items():
        if kind in ("models", "macros"):
            what = ("definizione di tabella", "definizioni di tabelle")
            parts.append(
                count(len(items), *what) if kind == "models" else count(len(items), "formula", "formule")
            )
        else:
            for item in items:
                label, before, after = circumstance(item)
                parts.append(f"{label[:1].lower()}{label[1:]} da {before} a {after}")
    return f"{join_words(parts).capitalize()}." if parts else "Nulla."


def figure_tables(form: Format, found: Sequence[Amendment], numbers: dict[str, int]) -> list[Table]:
    """The largest differences of one kind of figure for print; for the workbook all of them, where there is more to say."""
    key, name = KINDS[form]
    chosen = [
        (each, sorted((item for item in each.items if item.format is form), key=lambda item: item.order))
        for each in found
    ]
    chosen = [(each, items) for each, items in chosen if items]
    if not chosen:
        return []
    whole = Table(
        f"errata_{key}",
        f"Cifre cambiate: {name}",
        f"Errata, {key}",
        tuple(dict.fromkeys(mart for _, items in chosen for item in items for mart in item.table.marts)),
        _columns(form),
        tuple(_row(each, item, numbers) for each, items in chosen for item in items),
        group="report",
    )
    is_cut = any(len(items) > SHOWN for _, items in chosen)
    if not is_cut and are_printed(numbers):
        return [whole]
    printed = replace(
        whole,
        key=f"{whole.key}_stampa",
        title=f"Le maggiori differenze: {name}" if is_cut else whole.title,
        sheet=f"Errata, {key}, maggiori" if is_cut else f"Errata, {key}, in breve",
        rows=tuple(_row(each, item, numbers) for each, items in chosen for item in items[:SHOWN]),
        note=_note(chosen) if is_cut else "",
    )
    if not are_printed(numbers):
        printed = _without_deliveries(printed)
    return [printed, replace(whole, title=f"Tutte le cifre cambiate: {name}", in_print=False)]


def are_printed(numbers: dict[str, int]) -> bool:
    """Whether the list of the deliveries stands in print: without it their numbers beside a figure say nothing."""
    return len(numbers) <= SHOWN_DELIVERIES


def _without_deliveries(table: Table) -> Table:
    return replace(
        table,
        columns=table.columns[:-1],
        rows=tuple(replace(row, values=row.values[:-1]) for row in table.rows),
    )


def _note(chosen: Sequence[tuple[Amendment, Sequence[Correction]]]) -> str:
    parts = [
        f"{number(min(SHOWN, len(items)))} di {number(len(items))} ({each.report.period.label})"
        for each, items in chosen
    ]
    return f"Le differenze più grandi: {'; '.join(parts)}."


def _columns(form: Format) -> tuple[Column, ...]:
    gap = Format.DECIMAL if form is Format.PERCENT else form
    label = "Differenza (punti)" if form is Format.PERCENT else "Differenza"
    return (
        text_column("report", "Rapporto", 1.0),
        text_column("table", "Tabella", 1.5),
        text_column("row", "Riga", 1.6),
        text_column("measure", "Voce", 1.7),
        _column("then", "Allora", form),
        _column("now", "Oggi", form),
        _column("difference", label, gap),
        text_column("deliveries", "Consegne", 0.9),
    )


def _row(each: Amendment, item: Correction, numbers: dict[str, int]) -> Row:
    places = [numbers[name] for name in each.deliveries_of(item)]
    return Row(
        (each.report.period.code, each.report.release_id, item.table.key, *item.codes, item.column.key),
        (
            each.name.capitalize(),
            item.table.title,
            item.row,
            item.measure,
            item.then,
            item.now,
            item.difference,
            f"n. {delivery_numbers(places)}" if places else "",
        ),
    )


def delivery_blocks(found: Sequence[Amendment], numbers: dict[str, int]) -> list[Block]:
    """The deliveries that can have moved the figures: the first in print where they are many, all in the workbook."""
    changes = {change.delivery["delivery_id"]: change for each in found for change in each.deliveries}
    rows = tuple(
        Row(
            (name,),
            (
                place,
                changes[name].delivery["file"],
                changes[name].delivery["extract"],
                _extracted(changes[name].delivery),
                DELIVERY_CHANGES[changes[name].change],
                moved_counts(changes[name]),
            ),
        )
        for name, place in numbers.items()
    )
    if not rows:
        return []
    table = Table(
        "errata_consegne",
        "Le consegne che possono aver mosso le cifre",
        "Errata, consegne",
        (),
        (
            _column("number", "N.", Format.INTEGER),
            text_column("file", "File", 2.6),
            text_column("extract", "Estratto", 1.2),
            _column("day", "Estrazione", Format.DATE),
            text_column("change", "Esito", 0.9),
            text_column("rows", "Righe", 1.5),
        ),
        rows,
        in_print=are_printed(numbers),
    )
    if table.in_print:
        return [table]
    text = (
        f"Le consegne che possono aver mosso le cifre sono {number(len(rows))}: il foglio «Errata, consegne» della "
        "cartella di calcolo le elenca con il loro numero."
    )
    return [Heading("Le consegne"), Paragraph(text), table]


def _extracted(delivery: dict[str, Any]) -> date | None:
    return date.fromisoformat(delivery["last_extraction"]) if delivery.get("last_extraction") else None


def _column(key: str, label: str, form: Format) -> Column:
    """A column of the errata itself, which no mart has."""
    return Column(key, label, form, "", label)
