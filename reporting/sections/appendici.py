"""Appendices: the long table, the notes on reading and the definitions."""

from reporting import queries
from reporting.context import Context
from reporting.model import Fact, Format, Heading, Paragraph, Row, Section, Table, present, text_column
from reporting.sections.casistica import casistica_dettaglio
from reporting.text import SMALL, upper_first


def dettaglio(context: Context) -> Section:
    """Every municipality and service with somebody in care."""
    table = casistica_dettaglio(context)
    nothing = Paragraph(f"{upper_first(context.in_period)} non risultano prese in carico {context.where}.")
    title = f"Casistica {context.by_town_and('servizio')}"
    return Section("dettaglio", title, (table or nothing,), is_appendix=True)


CONFIDENTIALITY = Fact(
    "Riservatezza",
    "Il documento contiene numeri esatti, anche di pochi casi, ed è destinato all'Ufficio di Piano: non va pubblicato né "
    "inoltrato. Non contiene nomi, codici fiscali o altri identificativi delle persone.",
)


def note_e_definizioni(
    context: Context,
    sections: tuple[Section, ...],
    *,
    are_printed: bool = True,
    confidentiality: Fact = CONFIDENTIALITY,
) -> Section:
    """How to read the report, and what each figure of the tables of these (numbered) sections means.

    Where the list of definitions would be long, `are_printed` False leaves it to the workbook: in print they stand
    under each table.
    """
    notes = Table(
        "note",
        "Note di lettura",
        "Note di lettura",
        (),
        (text_column("topic", "Argomento", 1.4), text_column("note", "Nota", 5.6)),
        tuple(
            Row((note.label,), (note.label, note.text)) for note in (*reading_notes(context), confidentiality)
        ),
    )
    used: dict[tuple[str, str], list[str]] = {}
    for section in sections:
        for table in section.tables:
            for column in table.columns:
                if column.format not in (Format.TEXT, Format.CODE) and not column.key.endswith("_before"):
                    places = used.setdefault((column.term, column.definition), [])
                    places += [table.number] if table.number not in places else []
    definitions = Table(
        "definizioni",
        "Definizioni delle voci delle tabelle",
        "Definizioni",
        (),
        (
            text_column("term", "Voce", 1.8),
            text_column("definition", "Definizione", 4.2),
            text_column("tables", "Tabelle", 1.0),
        ),
        tuple(
            Row(pair, (*pair, ", ".join(places)))
            for pair, places in sorted(used.items(), key=lambda item: (item[0][0].lower(), item[0][1]))
        ),
        in_print=are_printed,
    )
    elsewhere = Paragraph(
        "Il significato di ogni voce è scritto sotto la prima tabella di ogni sezione in cui compare; l'elenco completo "
        "è nel foglio «Definizioni» della cartella di calcolo che accompagna questo documento."
    )
    blocks = present(
        Heading("Come leggere questo documento"),
        notes,
        Heading("Che cosa vuol dire ogni voce"),
        None if are_printed else elsewhere,
        definitions,
    )
    if not used:
        blocks = present(Heading("Come leggere questo documento"), notes)
    return Section("note", "Note e definizioni", blocks, is_appendix=True)


def reading_notes(context: Context) -> tuple[Fact, ...]:
    """What a reader must know before drawing conclusions."""
    sources = "; ".join(record["source"] for record in queries.population_sources(context.release))
    return (
        Fact(
            "Minori e prese in carico",
            "Un minore è una persona: conta una volta sola anche se è seguito da più servizi o se più enti lo "
            "consegnano. Una presa in carico è il periodo in cui un servizio segue un minore. I totali dei minori "
            "possono quindi essere minori della somma delle righe.",
        ),
        Fact(
            "Comune",
            "Ogni caso è contato nel Comune a cui si riferisce, anche quando i dati sono consegnati dal Comune "
            "capofila per tutti.",
        ),
        Fact(
            "Data di riferimento",
            f"I dati sono quelli noti {context.at_as_of}. Le correzioni consegnate dopo cambiano le "
            "pubblicazioni successive, mai questa.",
        ),
        Fact(
            "Confronti",
            f"{_compared_with(context)} La variazione percentuale compare solo quando entrambi i numeri sono almeno "
            f"{SMALL}; sotto, sono indicati i due numeri e sono chiamati piccoli: una differenza di pochi casi può "
            "essere dovuta al caso.",
        ),
        Fact(
            "Quote e tassi",
            "Di una quota o di un tasso si dice che è cambiato, o che è diverso da quello dell'Ambito, solo quando i "
            "due intervalli al 95% non si sovrappongono; altrimenti la differenza può essere dovuta al caso. Sotto "
            f"{SMALL} casi le frasi non danno percentuali; le tabelle le mostrano accanto ai numeri da cui vengono.",
        ),
        Fact(
            "Trattino",
            "Il trattino (–), o «[x]» nel foglio di calcolo, vuol dire che il dato non c'è o che il rapporto non si può calcolare, per esempio "
            "perché il denominatore è zero. Non vuol dire zero.",
        ),
        Fact(
            "Arrotondamenti",
            "I numeri sono arrotondati solo quando vengono mostrati; totali e rapporti sono calcolati prima. Nel "
            "foglio di calcolo le celle contengono il valore non arrotondato.",
        ),
        Fact("Popolazione", f"Residenti fino a 17 anni: {sources}." if sources else "Non disponibile."),
    )


def _compared_with(context: Context) -> str:
    """With which period the sentences compare."""
    if context.before is None:
        return f"Non ci sono confronti: {context.the_noun} prima non è nei dati."
    same = "lo stesso semestre dell'anno prima" if context.noun == "semestre" else "l'anno prima"
    if context.comparable is None:
        return f"Le tabelle mostrano anche {same}, ma le frasi non fanno confronti: {context.the_noun} non è concluso."
    return f"Il confronto è con {same}."
