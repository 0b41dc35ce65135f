"""Qualità dei dati: what was delivered, what was left out and why, the verdict of the checks, what to do."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from osservatorio.contracts import load_contracts
from osservatorio.italian import join_words, number
from osservatorio.reference import lead_municipality
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
    present,
    text_column,
)
from reporting.queries import AMBITO
from reporting.text import count, lower_first, sentences, verb

MART = "mart_data_quality"
ROWS = ("rows_delivered", "rows_accepted", "rows_quarantined", "rows_waiting")
ELSEWHERE = "nei rapporti dell'Ufficio di Piano"
MOST_BROKEN, FEWER = 10, 5  # rows of the table: of all extracts, of those of one report
OUTCOMES = {
    "superato": (Tone.SUCCESS, "Controlli sui dati superati"),
    "superato_con_avvisi": (Tone.WARNING, "Controlli sui dati superati, con avvisi"),
    "bloccato": (Tone.DANGER, "Controlli sui dati non superati"),
}


def qualita(
    context: Context, extracts: Sequence[str] | None = None, *, with_examples: bool = True
) -> Section:
    """The section on what was delivered and how good it is, of all extracts or of those that a report rests on.

    A municipality's edition tells of that body's own deliveries. Without examples no single row is spoken of, nor what
    the checks saw in it.
    """
    by_body = _delivered(
        context,
        "codice_ente",
        extracts,
        "qualita_ente",
        "Righe consegnate per ente",
        "Qualità per ente",
        body_name,
    )
    by_extract = _delivered(
        context,
        "extract",
        extracts,
        "qualita_estratto",
        "Righe consegnate per estrazione",
        "Qualità per estrazione",
        extract_title,
    )
    blocks = present(
        verdict_callout(context) if with_examples else verdict_callout(context, ELSEWHERE),
        Paragraph(sentences(_sentence(context, by_extract, extracts), lead_deliveries(context))),
        by_body if context.place == AMBITO else None,
        by_extract,
        *(_broken(context, extracts) if by_extract and with_examples else ()),
        *((Heading("Gli avvisi dei controlli"), *_warnings(context)) if with_examples else ()),
    )
    return Section("qualita", "Qualità dei dati", blocks)


def body_of(context: Context) -> str | None:
    """The body whose deliveries an edition tells of; None for all of them."""
    return None if context.place == AMBITO else context.place


def kinds_of(context: Context, extracts: Sequence[str] | None) -> str:
    """« di reclami, questionari e controlli»: which deliveries are told of; nothing for all of them."""
    names = [lower_first(extract_title(context, name)) for name in extracts or ()]
    return f" di {join_words(names)}" if names else ""


def lead_deliveries(context: Context) -> str:
    """In an edition, which of the municipality's figures come from somebody else's deliveries."""
    town, lead = context.municipality, lead_municipality()
    if town is None or town == lead or not town.is_associated:
        return ""
    return (
        f"I dati dei servizi associati li consegna per tutti il Comune capofila, {lead.name}: "
        f"le sue consegne non sono contate qui."
    )


def warnings_of(context: Context) -> list[dict[str, str | None]]:
    """The warnings of the checks: all, or in an edition those on that body and those on everybody."""
    warnings = context.manifest["verdict"].get("warnings", [])
    body = body_of(context)
    return [item for item in warnings if body is None or item.get("codice_ente") in (None, body)]


def verdict_callout(context: Context, listed: str = "nella sezione «Qualità dei dati»") -> Callout:
    """The verdict of the checks as a banner: how many, how many failed, where to read more (`listed`)."""
    verdict = context.manifest["verdict"]
    tone, title = OUTCOMES.get(
        verdict["outcome"], (Tone.WARNING, f"Esito dei controlli: {verdict['outcome']}")
    )
    warnings = warnings_of(context)
    lines = [f"Sui dati sono stati svolti {number(verdict['checks'])} controlli."]
    if warnings:
        bodies = sorted(
            {body_name(context, item["codice_ente"]) for item in warnings if item.get("codice_ente")}
        )
        where = f" Riguardano: {join_words(bodies)}." if bodies else ""
        lines.append(
            f"{count(len(warnings), 'segnalazione dice', 'segnalazioni dicono')} dove leggere i numeri con "
            f"cautela: l'elenco e che cosa fare sono {listed}.{where}"
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
    extracts: Sequence[str] | None,
    key: str,
    title: str,
    sheet: str,
    label: Callable[[Context, str | None], str],
) -> Table | None:
    found = queries.delivered_rows(context.release, dimension, body_of(context), extracts)
    records = [record for record in found if record["rows_delivered"]]
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


def _sentence(context: Context, table: Table | None, extracts: Sequence[str] | None) -> str:
    town = context.municipality
    who = f"Il Comune di {town.name} ha" if town else "Gli enti hanno"
    if table is None:
        return f"Non risulta alcuna consegna{kinds_of(context, extracts)}{f' del Comune di {town.name}' if town else ''}."
    delivered, accepted, quarantined, waiting = (
        sum(row.values[table.position(name)] or 0 for row in table.rows) for name in ROWS
    )
    sentence = (
        f"{who} consegnato {count(delivered, 'riga', 'righe')}: {count(accepted, 'accettata', 'accettate')}"
    )
    if not quarantined:
        return f"{sentence}, nessuna in quarantena."
    left_out = verb(quarantined, "cioè lasciata fuori", "cioè lasciate fuori")
    sentence += f" e {number(quarantined)} in quarantena, {left_out} dai numeri finché l'ente non corregge."
    if waiting:
        only = verb(
            waiting,
            "aspetta solo il record a cui si riferisce",
            "aspettano solo il record a cui si riferiscono",
        )
        sentence += f" Di queste, {number(waiting)} {only}."
    back = "al Comune" if town else "agli enti"
    return f"{sentence} L'elenco da rimandare {back} si ottiene con «osservatorio quarantine»."


def _broken(context: Context, extracts: Sequence[str] | None) -> list[Block]:
    limit = FEWER if extracts else MOST_BROKEN
    records = queries.broken_rules(context.release, limit, body_of(context), extracts)
    heading = Heading("Le regole non rispettate più spesso")
    if not records:
        return [heading, Paragraph("Non risultano regole non rispettate.")]
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
    first = f"Le {limit} combinazioni" if len(records) == limit else "Le combinazioni"
    return [
        heading,
        Table(
            "qualita_regole",
            "Regole non rispettate più spesso, con un esempio",
            "Regole non rispettate",
            (MART,),
            (replace(columns[0], format=Format.TEXT), *columns[1:]),
            rows,
            note=f"{first} di regola ed estrazione con più righe in quarantena; "
            "l'esempio dice che cosa correggere.",
        ),
    ]


def _warnings(context: Context) -> list[Block]:
    warnings = warnings_of(context)
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
