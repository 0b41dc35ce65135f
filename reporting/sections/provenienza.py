"""Where the figures come from: release, deliveries with their fingerprints, reconciliation."""

from collections.abc import Sequence
from dataclasses import replace

from osservatorio.italian import join_words, number
from osservatorio.settings import SETTING_LABELS
from reporting import queries
from reporting.context import Context
from reporting.model import Block, Format, Paragraph, Row, Section, Table, Value, present, text_column
from reporting.sections.qualita import body_name, body_of, extract_title, kinds_of, lead_deliveries
from reporting.text import count, sentences, upper_first, verb

QUALITY, RECONCILIATION = "mart_data_quality", "mart_reconciliation"
SHORT = 16  # hexadecimal digits of a fingerprint in print
COMPARED = ("declared", "computed", "difference")
UNITS = {  # how the figures of each unit are shown
    "minori": (Format.INTEGER, "Minori in carico: cifre pubblicate e calcolate"),
    "euro": (Format.EURO, "Risorse: cifre pubblicate e calcolate"),
}


def pubblicazione(
    context: Context, extracts: Sequence[str] | None = None, *, is_listed: bool = True
) -> Section:
    """Which release the figures come from and which files it is made of, with their fingerprints.

    Of all extracts or of those that a report rests on; where the list would be long, `is_listed` False leaves it
    to the workbook. A municipality's edition lists that body's own deliveries.
    """
    lists = _deliveries(context, extracts, is_listed)
    blocks = present(Paragraph(_what_is_listed(context, extracts, lists)), _facts(context), *lists)
    return Section("pubblicazione", "Pubblicazione e consegne", blocks, is_appendix=True)


def sola_pubblicazione(context: Context) -> Section:
    """Which release the figures come from, without its deliveries: a file may be about a handful of persons."""
    told = (
        f"La pubblicazione è fatta con {count(len(context.manifest['deliveries']), 'consegna', 'consegne')}. L'elenco, "
        "con l'impronta di ogni file, è nei documenti dell'Ufficio di Piano."
    )
    return Section("pubblicazione", "Pubblicazione", (Paragraph(told), _facts(context)), is_appendix=True)


def _facts(context: Context) -> Table:
    """What identifies the release."""
    manifest = context.manifest
    settings = manifest.get("settings", {})
    return Table(
        "pubblicazione",
        "La pubblicazione da cui vengono i numeri",
        "Pubblicazione",
        (),
        (text_column("fact", "Voce", 1.6), text_column("value", "Valore", 4.4)),
        tuple(
            Row((label,), (label, value))
            for label, value in (
                ("Pubblicazione", context.release.id),
                ("Data di riferimento", context.as_of_text),
                ("Impronta del contenuto (SHA-256)", manifest["content_sha256"]),
                ("Chiave degli pseudonimi", manifest["key_id"]),
                ("Consegne", number(len(manifest["deliveries"]))),
                *(
                    (SETTING_LABELS[name], str(value))
                    for name, value in settings.items()
                    if name in SETTING_LABELS
                ),
            )
        ),
    )


def _what_is_listed(context: Context, extracts: Sequence[str] | None, lists: list[Table]) -> str:
    """Of what the release is made, and which of its deliveries are listed here and which in the workbook."""
    town = context.municipality
    about = f" del Comune di {town.name}" if town else ""
    kinds = kinds_of(context, extracts)
    whole = f"le consegne{kinds}{about}" if kinds or about else "tutte le consegne"
    sheet = "nel foglio «Consegne» della cartella di calcolo che accompagna questo documento"
    made_of = count(len(context.manifest["deliveries"]), "consegna", "consegne")
    if not lists:
        listed = f"Non risultano consegne{kinds}{about}."
    elif any(table.in_print for table in lists):
        listed = (
            f"Qui ci sono le consegne{kinds}{about} estratte {context.in_period}, con le prime {SHORT} cifre "
            f"dell'impronta; {whole}, di ogni periodo e con l'impronta intera, sono {sheet}."
        )
    else:
        listed = f"{upper_first(whole)}, con l'impronta intera, sono {sheet}."
    return sentences(
        f"La pubblicazione è fatta con {made_of}. L'impronta dice se un file è rimasto quello consegnato: basta "
        "ricalcolarla.",
        listed,
        lead_deliveries(context),
    )


def _deliveries(context: Context, extracts: Sequence[str] | None, is_listed: bool) -> list[Table]:
    """The files extracted in the period, for print, and all of them, for the workbook."""
    counts = ("rows_delivered", "rows_accepted", "rows_quarantined")
    names = ("codice_ente", "extract", "file_name", "last_extraction", *counts)
    records = queries.deliveries_of(context.release, ("delivery_id", *names), body_of(context), extracts)
    fingerprints = {item["delivery_id"]: item["sha256"] for item in context.manifest["deliveries"]}
    records = sorted(
        (record for record in records if record["delivery_id"] in fingerprints),
        key=lambda record: (record["extract"], record["file_name"], record["delivery_id"]),
    )
    period = context.period
    recent = [
        r for r in records if r["last_extraction"] and period.start <= r["last_extraction"] <= period.end
    ]
    file_name, *rows = (context.column(QUALITY, name) for name in ("file_name", *counts))
    short = Table(
        "consegne_periodo",
        f"Le consegne estratte {context.in_period}",
        "Consegne del periodo",
        (QUALITY,),
        (replace(file_name, weight=2.2), *rows, text_column("sha256", "Impronta", 0.8, form=Format.CODE)),
        tuple(
            Row(
                (record["delivery_id"],),
                (
                    record["file_name"],
                    *(record[name] for name in counts),
                    fingerprints[record["delivery_id"]][:SHORT],
                ),
            )
            for record in recent
        ),
    )
    whole = Table(
        "consegne",
        "Le consegne di ogni periodo, con la loro impronta",
        "Consegne",
        (QUALITY,),
        (
            *(context.head(QUALITY, name) for name in names[:2]),
            *(context.column(QUALITY, name) for name in names[2:]),
            text_column("sha256", "Impronta SHA-256", 2.0, form=Format.CODE),
        ),
        tuple(
            Row(
                (record["delivery_id"],),
                (
                    body_name(context, record["codice_ente"]),
                    extract_title(context, record["extract"]),
                    *(record[name] for name in names[2:]),
                    fingerprints[record["delivery_id"]],
                ),
            )
            for record in records
        ),
        in_print=False,
    )
    return [table for table in ((short, whole) if is_listed else (whole,)) if table.rows]


def riconciliazione(context: Context) -> Section:
    """The figures that the source documents publish, beside those computed from the deliveries.

    A municipality's edition has its own and those of the whole Ambito.
    """
    names = ("what", *COMPARED)
    records = context.read(
        RECONCILIATION,
        ("sort_order", "unit", *names, "source_document"),
        {"municipality_code": context.places},
    )
    blocks: list[Block | None] = [Paragraph(_agreement(records))]
    for unit, (form, title) in UNITS.items():
        rows = tuple(
            Row((str(record["sort_order"]),), tuple(record[name] for name in names))
            for record in records
            if record["unit"] == unit
        )
        columns = (
            replace(context.column(RECONCILIATION, "what"), weight=4.4),
            *(replace(context.column(RECONCILIATION, name), format=form) for name in COMPARED),
        )
        table = Table(
            f"riconciliazione_{unit}", title, f"Riconciliazione, {unit}", (RECONCILIATION,), columns, rows
        )
        blocks.append(table if rows else None)
    documents = join_words(sorted({str(record["source_document"]) for record in records}))
    blocks.append(Paragraph(f"Le cifre pubblicate vengono da: {documents}.") if records else None)
    return Section(
        "riconciliazione",
        "Riconciliazione con le cifre pubblicate",
        present(*blocks),
        is_appendix=True,
    )


def _agreement(records: list[dict[str, Value]]) -> str:
    known = [record for record in records if record["difference"] is not None]
    apart = [record for record in known if record["difference"]]
    missing = len(records) - len(known)
    if not records:
        return "Non ci sono cifre pubblicate con cui confrontare i dati."
    if not known:
        return "Le consegne non coprono le date delle cifre pubblicate: non c'è ancora nulla da confrontare."
    if not apart:
        same = verb(len(known), "La sola cifra pubblicata che si può", "Le cifre pubblicate che si possono")
        agree = verb(len(known), "coincide con quella calcolata", "coincidono tutte con quelle calcolate")
        how_many = f", {number(len(known))}," if len(known) > 1 else ""
        sentence = f"{same} confrontare{how_many} {agree}."
    else:
        agree = verb(len(apart), "non coincide", "non coincidono")
        sentence = f"Su {number(len(known))} cifre pubblicate, {number(len(apart))} {agree}: la tabella dice di quanto."
    if missing:
        other = verb(missing, "Un'altra riguarda", f"Altre {number(missing)} riguardano")
        sentence += f" {other} date o anni non coperti dalle consegne."
    return sentence
