"""A report made by hand, with all that a writer may meet: narratives, long words, wide and long tables, empty cells."""

from datetime import date
from decimal import Decimal

from reporting.model import (
    Bullets,
    Callout,
    Chart,
    ChartKind,
    Column,
    Fact,
    Format,
    Heading,
    KeyFigure,
    KeyFigures,
    Line,
    LineKind,
    Narrative,
    Paragraph,
    Report,
    Row,
    Run,
    Section,
    Table,
    Tone,
    numbered,
    text_column,
)

LONG_WORD = "precipitevolissimevolmente" * 4
LONG_NAME = "interventi__lentate_sul_seveso__2023-06-30__seconda_consegna_rettificata.csv"


def figures(key: str, label: str, form: Format = Format.INTEGER) -> Column:
    return Column(key, label, form, f"Che cosa conta «{label.lower()}».", label)


def plain(text: str, kind: LineKind = LineKind.PARAGRAPH) -> Line:
    return Line((Run(text),), kind)


WRITTEN = Narrative(
    "parole",
    "Le parole del partner",
    "Racconta il semestre.",
    (
        plain("Che cosa è cambiato", LineKind.HEADING),
        Line(
            (Run("Il servizio ha "), Run("retto", is_strong=True), Run(" e "), Run("bene", is_emphasis=True))
        ),
        plain("una cosa", LineKind.BULLET),
        plain("un'altra cosa", LineKind.BULLET),
        plain("prima si decide", LineKind.STEP),
        plain("poi si fa", LineKind.STEP),
        plain("Si riprende a parlare.", LineKind.PARAGRAPH),
        plain("di nuovo il primo", LineKind.STEP),
        Line((Run("tutto insieme", is_strong=True, is_emphasis=True),), LineKind.STEP),
        plain("Le proposte", LineKind.HEADING),
        plain("=1+1 <b>non è</b> #strong[markup] & co."),
    ),
)
MISSING = Narrative(
    "proposte", "Proposte di miglioramento", "Che cosa propone il partner, chi lo fa ed entro quando."
)


def wide_table(columns: int = 12) -> Table:
    names = tuple(figures(f"m{i}", f"Colonna numero {i}", Format.EURO) for i in range(columns))
    rows = tuple(
        Row(
            (str(line),),
            (f"Comune {line}", *(Decimal(1234567 + line + i) for i in range(columns))),
            line == 5,
        )
        for line in range(6)
    )
    return Table(
        "larga", "Una tabella larga", "Larga", ("mart_x",), (text_column("c", "Comune", 2.4), *names), rows
    )


def long_table(rows: int = 90) -> Table:
    heads = (text_column("g", "Gruppo", 1.0), text_column("file", "File", 2.4), figures("n", "Righe"))
    lines = [
        Row((str(line),), (f"Gruppo {line // 15}", LONG_NAME, line), line % 15 == 14) for line in range(rows)
    ]
    return Table("lunga", "Una tabella lunga", "Lunga", ("mart_x",), heads, tuple(lines), group="g")


def gap_table() -> Table:
    heads = (
        text_column("c", "Servizio", 2.4),
        figures("now", "Quest'anno"),
        figures("before", "L'anno prima"),
        figures("rate", "Quota", Format.PERCENT),
        figures("on", "Data", Format.DATE),
        figures("yes", "Concluso", Format.FLAG),
    )
    rows = (
        Row(("a",), ("Équipe tutela", 12, None, 0.25, date(2022, 6, 30), True)),
        Row(("b",), (LONG_WORD, 7, 9, None, None, False)),
        Row(("c",), ("=cmd|calc", None, 0, 1.0, date(2022, 1, 1), None)),
        Row(("T",), ("Totale", 19, 9, 0.5, None, None), is_total=True),
    )
    return Table(
        "vuoti",
        "Una tabella con celle vuote",
        "Celle vuote",
        ("mart_x",),
        heads,
        rows,
        note="Dove manca il numero non c'è nessun caso.",
        indicators=("casi",),
    )


def chart(kind: ChartKind, series: tuple[str, ...]) -> Chart:
    return Chart(
        f"grafico_{kind}",
        f"Un grafico di tipo {kind}",
        kind,
        "vuoti",
        "c",
        series,
        "Un grafico che mostra i casi per servizio, di quest'anno e dell'anno prima.",
    )


def sample_report() -> Report:
    """The report, numbered and ready for every writer."""
    summary = Section(
        "sintesi",
        "Sintesi",
        (
            KeyFigures(
                (
                    KeyFigure("mart_x", figures("n", "Casi"), 1234, 1200),
                    KeyFigure(
                        "mart_x", figures("e", "Spesa", Format.EURO), Decimal("12345.60"), None, "del 2022"
                    ),
                    KeyFigure("mart_x", figures("q", "Quota", Format.PERCENT), None, None, "nessun dato"),
                ),
                "primo semestre 2021",
            ),
            Heading("In breve"),
            Bullets(("Una frase.", "Un'altra frase, più lunga della prima.")),
            Callout(Tone.SUCCESS, "Controlli superati", ("Tutto a posto.",)),
        ),
        is_summary=True,
    )
    first = Section(
        "prima",
        "Prima parte",
        (
            Paragraph(f"Un paragrafo con una parola lunga: {LONG_WORD}."),
            WRITTEN,
            gap_table(),
            chart(ChartKind.BARS, ("now", "before")),
            chart(ChartKind.LINES, ("now", "before")),
            MISSING,
            Callout(Tone.DANGER, "Attenzione", ("Una cosa.", "Un'altra.")),
        ),
    )
    second = Section(
        "seconda", "Tabelle difficili", (Heading("Larghe"), wide_table(), Heading("Lunghe"), long_table())
    )
    appendix = Section("appendice", "In fondo", (Paragraph("Fine."),), is_appendix=True)
    return Report(
        key="semestrale",
        title="Rapporto di prova",
        subtitle="Primo semestre 2022",
        organisation="Ambito Territoriale di Seregno",
        period_code="2022-S1",
        period_label="primo semestre 2022",
        release_id="r-prova-0001",
        as_of=date(2022, 9, 30),
        facts=(Fact("Semestre", "2022-S1"), Fact("Destinatario", "Ufficio di Piano")),
        notices=(Callout(Tone.WARNING, "Semestre non concluso", ("I numeri cresceranno.",)),),
        keywords=("prova", "2022-S1"),
        description="Un rapporto di prova.",
        sections=numbered((summary, first, second, appendix)),
    )
