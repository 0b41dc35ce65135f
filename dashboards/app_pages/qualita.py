"""Qualità dei dati: quanto ci si può fidare di queste cifre, e che cosa c'è da correggere?"""

from dataclasses import replace

from dashboards import charts, queries, verdict
from dashboards.choosing import Choice, by_code
from dashboards.components import key_figures, show
from dashboards.frame import open_page
from dashboards.selection import MUNICIPALITY
from dashboards.tables import Column
from dashboards.view import Figure
from osservatorio import italian

MART = "mart_data_quality"
COUNTS = ("rows_delivered", "rows_accepted", "rows_quarantined", "rows_waiting")
BODY = Column("body_name", "Ente", "Ente che ha consegnato il file.", "testo")
FILES = Column("files", "File", "File consegnati dall'ente.", "intero")
DELIVERED = {"landed": "Acquisita", "refused": "Rifiutata"}
RECONCILED = {
    "minori": ("Riconciliazione con i dati pubblicati: minori", "intero"),
    "euro": ("Riconciliazione con i dati pubblicati: risorse", "euro"),
}

view = open_page("qualita", with_period=False, with_service=False)
release = view.release
body = None if view.selection.is_whole_ambito else view.selection.municipality
outcome = verdict.verdict(release)

key_figures(
    [
        Figure(
            "Esito dei controlli",
            verdict.OUTCOMES.get(outcome.get("outcome", ""), italian.MISSING),
            "Con avvisi si pubblica, ma qualcosa va rivisto; quando qualcosa renderebbe sbagliate le cifre non si pubblica.",
        ),
        Figure(
            "Controlli svolti",
            italian.number(outcome.get("checks")),
            "Controlli sui dati prima di pubblicare.",
        ),
        Figure(
            "Controlli non superati",
            italian.number(outcome.get("failed")),
            "Controlli che hanno trovato qualcosa.",
        ),
        Figure(
            "Avvisi",
            italian.number(len(verdict.warnings(release))),
            "Segnalazioni da rivedere con chi consegna.",
        ),
    ]
)

show(
    view,
    verdict.warnings_table(release, view.choices.names, body),
    empty="Nessun avviso: i controlli non hanno trovato niente da segnalare.",
)

# Who has rows to correct
by_body = queries.quality_by_body(release, body)
bodies = by_code(view.choices.municipalities, by_body.codice_ente)
show(
    view,
    view.table(MART, by_body, [BODY, FILES, *COUNTS], "Righe consegnate e righe da correggere, per ente"),
    lambda: charts.bars(by_body, "body_name", view.column(MART, "rows_quarantined")),
    empty="Questo ente non ha consegnato niente.",
    note="Righe lette = righe accettate + righe in quarantena, sempre. Una riga in attesa aspetta solo un altro file. Il nome "
    "di un ente porta a ciò che deve correggere.",
    choice=Choice(MUNICIPALITY, "body_name", bodies, bodies),
)

# What to correct, and where
show(
    view,
    view.table(
        MART,
        queries.broken_rules(release, body),
        [BODY, "extract", "rows_quarantined", "example_message", "example_locations", "rule"],
        "Che cosa correggere e dove",
    ),
    empty="Nessuna riga in quarantena: tutte le righe consegnate sono state accettate.",
    note="Una riga per file e regola. L'elenco completo da rimandare si ottiene con «osservatorio quarantine».",
)

# What the source documents declare
figures = queries.reconciliation(release)
for unit, (title, unit_format) in RECONCILED.items():
    values = [
        replace(column, format=unit_format)
        for column in view.columns("mart_reconciliation", "declared", "computed", "difference")
    ]
    show(
        view,
        view.table(
            "mart_reconciliation", figures[figures.unit == unit], ["what", *values, "source_section"], title
        ),
        empty="Nessuna cifra pubblicata da confrontare.",
        note="Le cifre dei documenti della coprogettazione accanto a quelle calcolate dalle consegne.",
    )

# Which files
files = queries.deliveries(release, body)
show(
    view,
    view.table(
        MART,
        files.assign(outcome=files.outcome.map(DELIVERED)),
        ["file_name", BODY, "outcome", "last_extraction", *COUNTS, "example_message"],
        "Consegne",
    ),
    empty="Questo ente non ha consegnato niente.",
)

show(view, verdict.checks_table(release), empty="La pubblicazione non conserva l'elenco dei controlli.")
show(view, verdict.publication_table(release), empty="")
