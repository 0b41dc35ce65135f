"""Qualità dei dati: what was delivered, what was left out and why, the verdict of the checks, what to do."""

from collections.abc import Callable
from dataclasses import replace

from osservatorio.contracts import load_contracts
from osservatorio.italian import join_words, number
from reporting import queries
from reporting.context import Context
from reporting.model import (
    Block,
    Callout,
    Format,
    Heading,
    Paragraph,
    Row,
    Section,
    Table,
    Tone,
    Value,
    text_column,
)
from reporting.text import count

MART = "mart_data_quality"
ROWS = ("rows_delivered", "rows_accepted", "rows_quarantined", "rows_waiting")
MOST_BROKEN = 10
OUTCOMES = {
    "superato": (Tone.SUCCESS, "Controlli sui dati superati"),
    "superato_con_avvisi": (Tone.WARNING, "Controlli sui dati superati, con avvisi"),
    "bloccato": (Tone.DANGER, "Controlli sui dati non superati"),
}


def qualita(context: Context) -> Section:
    """Section 8 of the semi-annual report."""
    by_body = _delivered(
        context, "codice_ente", "qualita_ente", "Righe consegnate per ente", "Qualità per ente", body_name
    )
    by_extract = _delivered(
        context,
        "extract",
        "qualita_estratto",
        "Righe consegnate per estrazione",
        "Qualità per estrazione",
        extract_title,
    )
    blocks: list[Block | None] = [
        verdict_callout(context),
        Paragraph(_sentence(by_body)),
        by_body,
        by_extract,
        Heading("Le regole non rispettate più spesso"),
        *_broken(context),
        Heading("Gli avvisi dei controlli"),
        *_warnings(context),
    ]
    return Section("qualita", "Qualità dei dati", tuple(block for block in blocks if block))


def verdict_callout(context: Context) -> Callout:
    """The verdict of the checks as a banner: how many, how many failed, where to read more."""
    verdict = context.manifest["verdict"]
    tone, title = OUTCOMES.get(
        verdict["outcome"], (Tone.WARNING, f"Esito dei controlli: {verdict['outcome']}")
    )
    warnings = verdict.get("warnings", [])
    lines = [f"Sui dati sono stati svolti {number(verdict['checks'])} controlli."]
    if warnings:
        bodies = sorted(
            {body_name(context, item["codice_ente"]) for item in warnings if item.get("codice_ente")}
        )
        where = f" Riguardano: {join_words(bodies)}." if bodies else ""
        lines.append(
            f"{count(len(warnings), 'segnalazione dice', 'segnalazioni dicono')} dove leggere i numeri con "
            f"cautela: l'elenco e che cosa fare sono nella sezione «Qualità dei dati».{where}"
        )
    else:
        lines.append("Nessun avviso.")
    return Callout(tone, title, tuple(lines))


def body_name(context: Context, code: str | None) -> str:
    """The names of the bodies in a delivery: one, or several codes joined by commas."""
    if not code:
        return "Non riconosciuto"
    return join_words([context.labels.label("codice_ente", part.strip()) for part in code.split(",")])


def extract_title(_: Context, code: str | None) -> str:
    """The title of an extract's contract."""
    contract = load_contracts().get(code or "")
    return contract.title if contract else code or "Non riconosciuto"


def _delivered(
    context: Context,
    dimension: str,
    key: str,
    title: str,
    sheet: str,
    label: Callable[[Context, str | None], str],
) -> Table | None:
    records = [r for r in queries.delivered_rows(context.release, dimension) if r["rows_delivered"]]
    if not records:
        return None
    rows = sorted(
        (
            Row(
                (record[dimension] or "",),
                (label(context, record[dimension]), *(record[name] for name in ROWS)),
            )
            for record in records
        ),
        key=lambda row: str(row.values[0]),
    )
    return Table(
        key,
        title,
        sheet,
        (MART,),
        (
            context.head(MART, dimension),
            *(context.column(MART, column) for column in ROWS),
        ),
        tuple(rows),
    )


def _sentence(table: Table | None) -> str:
    if table is None:
        return "Non risulta alcuna consegna."
    delivered, accepted, quarantined, waiting = (
        sum(row.values[table.position(name)] or 0 for row in table.rows) for name in ROWS
    )
    sentence = (
        f"Gli enti hanno consegnato {count(delivered, 'riga', 'righe')}: {number(accepted)} accettate e "
        f"{number(quarantined)} in quarantena, cioè lasciate fuori dai numeri finché l'ente non le corregge."
    )
    if waiting:
        sentence += f" Di queste, {number(waiting)} aspettano solo il record a cui si riferiscono."
    return f"{sentence} L'elenco da rimandare agli enti si ottiene con «osservatorio quarantine»."


def _broken(context: Context) -> list[Block]:
    records = queries.broken_rules(context.release, MOST_BROKEN)
    if not records:
        return [Paragraph("Non risultano regole non rispettate.")]
    weights = {"rule": 1.3, "rows_quarantined": 0.8, "example_message": 3.4, "example_locations": 2.4}
    columns = tuple(
        replace(context.column(MART, name), weight=weight)
        for name, weight in {"extract": 1.2, **weights}.items()
    )
    rows = tuple(
        Row(
            (record["rule"], record["extract"]),
            (extract_title(context, record["extract"]), *(record[name] for name in weights)),
        )
        for record in records
    )
    return [
        Table(
            "qualita_regole",
            "Regole non rispettate più spesso, con un esempio",
            "Regole non rispettate",
            (MART,),
            (replace(columns[0], format=Format.TEXT), *columns[1:]),
            rows,
            note=f"Le {MOST_BROKEN} combinazioni di regola ed estrazione con più righe in quarantena; "
            "l'esempio dice che cosa correggere.",
        )
    ]


def _warnings(context: Context) -> list[Block]:
    warnings = context.manifest["verdict"].get("warnings", [])
    if not warnings:
        return [Paragraph("I controlli non hanno segnalato nulla.")]
    columns = (
        text_column("body", "Ente", 1.3, "L'ente di cui parla l'avviso; nessuno quando riguarda tutti."),
        text_column("extract", "Estrazione", 1.3, "Il tipo di dati di cui parla l'avviso."),
        text_column("message", "Che cosa si è visto", 3.2, "Che cosa ha trovato il controllo."),
        text_column(
            "what_to_do", "Che cosa fare", 3.2, "Il passo da compiere perché i numeri siano completi."
        ),
    )
    rows = tuple(
        Row((item["check"], str(order)), _warning(context, item)) for order, item in enumerate(warnings)
    )
    return [
        Table(
            "qualita_avvisi",
            "Avvisi dei controlli sui dati",
            "Avvisi dei controlli",
            ("verdetto dei controlli",),
            columns,
            rows,
        )
    ]


def _warning(context: Context, item: dict[str, str | None]) -> tuple[Value, ...]:
    body, extract = item.get("codice_ente"), item.get("extract")
    return (
        body_name(context, body) if body else "Tutti",
        extract_title(context, extract) if extract else "Tutti",
        item["message"],
        item["what_to_do"],
    )
