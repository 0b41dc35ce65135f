"""The first sheet of a list of rows to mend: what it is, what to do, and how many rows of which file are wrong."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ingestion.closing import OPEN, WAITING
from ingestion.quarantine_list import FileCount, RuleCount, known_column, known_rule
from ingestion.quarantine_sheets import Cell, Head, SheetWriter
from ingestion.rule_texts import sentence
from osservatorio.italian import date_it, number, quantity

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

MAX_LISTED = 100_000  # rows of a sheet: programs open more with difficulty, and nobody mends them one by one
SUMMARY, TO_MEND, WAIT, SETTLED = "Riepilogo", "Righe da correggere", "In attesa", "Già sistemate"
COUNTED = [
    Head("File", 52),
    Head("Estratto", 26),
    Head("Consegnato il", 21),
    Head("Righe lette", 12, is_number=True),
    Head("Righe da correggere", 16, is_number=True),
    Head("Errori", 12, is_number=True),
    Head("Righe in attesa", 13, is_number=True),
]
KINDS = [
    Head("Che cosa non va", 52),
    Head("Colonna", 26),
    Head("Estratto", 21),
    Head("Quante volte", 12, is_number=True),
    Head("In quanti file", 16, is_number=True),
]


@dataclass(frozen=True)
class ListOfBody:
    """What goes into one workbook. `written_on` dates it: equal lists give equal bytes."""

    name: str
    codice_ente: str
    files: Sequence[FileCount]
    rules: Sequence[RuleCount]
    written_on: date
    with_history: bool = False
    max_listed: int = MAX_LISTED

    def total(self, field: str) -> int:
        """The sum of a count over the files."""
        return sum(getattr(file, field) for file in self.files)

    def entries_in(self, *states: str) -> int:
        """How many entries are in such a state."""
        return sum(rule.errors for rule in self.rules if rule.state in states)


def write_summary(book: "Workbook", styles: dict[str, "Format"], body: ListOfBody) -> None:
    sheet = SheetWriter(book, SUMMARY, f"Righe da correggere – {body.name}", styles)
    sheet.columns(COUNTED)
    sheet.text(
        f"Elenco preparato il {date_it(body.written_on)} dall'Ufficio di Piano, con Osservatorio.", "muted"
    )
    sheet.gap()
    sheet.text("Che cos'è", "heading")
    for line in _what_it_is(body):
        sheet.text(line)
    sheet.gap()
    sheet.text("Come si rimandano i dati", "heading")
    for line in _what_to_do(body):
        sheet.text(line)
    sheet.gap()
    sheet.text("Quante righe, file per file", "heading")
    live = [file for file in body.files if file.to_mend or file.waiting]
    sheet.table(COUNTED, [(None, _counted(file)) for file in live])
    sheet.gap()
    sheet.text("Che cosa non va, dal caso più frequente", "heading")
    sheet.table(KINDS, [(None, cells) for cells in _kinds(body)])


def _what_it_is(body: ListOfBody) -> Iterator[str]:
    yield (
        f"{quantity(body.total('to_mend'), 'riga da correggere', 'righe da correggere')}, con "
        f"{quantity(body.total('errors'), 'errore', 'errori')}; "
        f"{quantity(body.total('waiting'), 'riga', 'righe')} in attesa di un altro dato. Non sono ancora nelle cifre."
    )
    yield (
        f"Il foglio «{TO_MEND}» dice, per ogni errore: in quale file e riga si trova (la riga è quella che si vede "
        "aprendo il file), che cosa è stato trovato,"
    )
    yield "che cosa ci si aspetta e come correggere. I dati riservati e i codici fiscali non sono mai scritti qui."
    if body.with_history and body.total("settled"):
        settled = quantity(body.total("settled"), "riga già sistemata", "righe già sistemate")
        yield f"Il foglio «{SETTLED}» conserva la storia: {settled}."
    left_out = body.entries_in(OPEN) - body.max_listed
    if left_out > 0:
        yield (
            f"Attenzione: gli errori sono più di quelli che un foglio può elencare. Ci sono i primi "
            f"{number(body.max_listed)}; ne mancano {number(left_out)}."
        )
        yield "Con tanti errori uguali conviene correggere l'esportazione dal gestionale, e consegnare di nuovo i file interi."


def _what_to_do(body: ListOfBody) -> Iterator[str]:
    yield "1. Correggere i dati nel gestionale, così che l'errore non torni; se non si può, correggere il file."
    yield "2. Consegnare di nuovo il file intero, con lo stesso nome. Oppure soltanto le righe corrette, in un file nuovo dello stesso"
    yield "    estratto, con gli stessi titoli (per esempio interventi__seveso__correzioni.csv) e la data di estrazione aggiornata."
    yield "3. Le righe di forma sbagliata e quelle senza identificativo, o con un identificativo sbagliato, si riconoscono soltanto"
    yield "    quando il file torna intero, con lo stesso nome."
    yield "4. Al prossimo caricamento le righe sistemate escono da questo elenco da sole. Non serve rimandare questo foglio."
    if body.total("waiting"):
        yield f"5. Le righe del foglio «{WAIT}» non vanno rimandate: entrano da sole quando arriva il dato che manca."


def _counted(file: FileCount) -> list[Cell]:
    return [
        file.file,
        file.extract,
        file.delivered_at.date() if file.delivered_at else None,
        file.rows_read,
        file.to_mend,
        file.errors,
        file.waiting,
    ]


def _kinds(body: ListOfBody) -> list[tuple[Cell, ...]]:
    """What is wrong, in which column of which extract, how often and in how many files."""
    errors: Counter[tuple[str, str, str]] = Counter()
    files: Counter[tuple[str, str, str]] = Counter()
    for count in body.rules:
        if count.state not in (OPEN, WAITING):
            continue
        rule, column = known_rule(count.extract, count.rule), known_column(count.extract, count.column)
        problem = sentence(rule.texts.problem).rstrip(".") if rule else count.rule
        kind = (problem, column.label if column else "tutta la riga", count.extract)
        errors[kind] += count.errors
        files[kind] += 1
    return [(*kind, many, files[kind]) for kind, many in sorted(errors.items(), key=lambda item: -item[1])]
