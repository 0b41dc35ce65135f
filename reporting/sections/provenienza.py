"""Where the figures come from: release, deliveries with their fingerprints, reconciliation."""

from dataclasses import replace

from osservatorio.italian import join_words, number
from osservatorio.settings import SETTING_LABELS
from reporting import queries
from reporting.context import Context
from reporting.model import Block, Format, Paragraph, Row, Section, Table, Value, text_column
from reporting.sections.qualita import body_name, extract_title
from reporting.text import count

QUALITY, RECONCILIATION = "mart_data_quality", "mart_reconciliation"
SHORT = 16  # hexadecimal digits of a fingerprint in print
COMPARED = ("declared", "computed", "difference")
UNITS = {  # how the figures of each unit are shown
    "minori": (Format.INTEGER, "Minori in carico: cifre pubblicate e calcolate"),
    "euro": (Format.EURO, "Risorse: cifre pubblicate e calcolate"),
}


def pubblicazione(context: Context) -> Section:
    """Which release the figures come from and which files it is made of, with their fingerprints."""
    manifest = context.manifest
    settings = manifest.get("settings", {})
    facts = Table(
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
    text = (
        f"La pubblicazione è fatta con {count(len(manifest['deliveries']), 'consegna', 'consegne')}. L'impronta dice "
        "se un file è rimasto quello consegnato: basta ricalcolarla. Qui ci sono le consegne estratte nel semestre, "
        f"con le prime {SHORT} cifre dell'impronta; tutte le altre, con l'impronta intera, sono nel foglio «Consegne» "
        "della cartella di calcolo che accompagna questo documento."
    )
    blocks: list[Block | None] = [Paragraph(text), facts, *_deliveries(context)]
    return Section(
        "pubblicazione",
        "Pubblicazione e consegne",
        tuple(block for block in blocks if block),
        is_appendix=True,
    )


def _deliveries(context: Context) -> list[Table]:
    """The files extracted in the semester, for print, and all of them, for the workbook."""
    counts = ("rows_delivered", "rows_accepted", "rows_quarantined")
    names = ("codice_ente", "extract", "file_name", "last_extraction", *counts)
    records = context.read(QUALITY, ("delivery_id", *names), {"rule": queries.TUTTE})
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
        "consegne_semestre",
        "Le consegne estratte nel semestre",
        "Consegne del semestre",
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
        "Tutte le consegne della pubblicazione, con la loro impronta",
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
    return [table for table in (short, whole) if table.rows]


def riconciliazione(context: Context) -> Section:
    """The figures that the source documents publish, beside those computed from the deliveries."""
    names = ("what", *COMPARED)
    records = context.read(RECONCILIATION, ("sort_order", "unit", *names, "source_document"), {})
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
    documents = join_words(sorted({f"«{record['source_document']}»" for record in records}))
    blocks.append(Paragraph(f"Le cifre pubblicate vengono da: {documents}.") if records else None)
    return Section(
        "riconciliazione",
        "Riconciliazione con le cifre pubblicate",
        tuple(block for block in blocks if block),
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
    sentence = (
        f"Tutte le {number(len(known))} cifre pubblicate che si possono confrontare coincidono con quelle calcolate."
        if not apart
        else f"{number(len(apart))} cifre su {number(len(known))} non coincidono: la tabella dice di quanto."
    )
    if missing:
        sentence += f" Altre {number(missing)} riguardano date o anni non coperti dalle consegne."
    return sentence
