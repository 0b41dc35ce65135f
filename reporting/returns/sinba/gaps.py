"""What cannot be filled, counted by body and field while the records go by, and the workbook to complete it from."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from reporting.documents.sheets import LINE_HEIGHT, Sheets, line_count
from reporting.model import Format
from reporting.returns.sinba.layout import Layout
from reporting.returns.sinba.records import SERVICE, SOURCES, SinbaRecord

MOST_ROWS = 1_000_000  # of a sheet, which ends a little later
HEAD_ROW = 2  # of every sheet but the notes; the title and a free line stand above
OFFICE = "rilevazioni/sinba_prestazioni.csv"
CODES = "Codici ammessi"
SUMMARY, LIST, UNCODED, NEVER, NOTES = (
    "Per ente e campo",
    "Da completare",
    "Senza codice",
    "Mai compilati",
    "Note",
)


@dataclass
class Gaps:
    """Counts of a return. `lacking` by body and attribute, `uncoded` by body, attribute and delivered value."""

    records: int = 0
    complete: int = 0
    adults: int = 0
    lacking: Counter[tuple[str, str]] = field(default_factory=Counter)
    uncoded: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, record: SinbaRecord) -> None:
        self.records += 1
        self.complete += record.is_complete
        self.lacking.update((record.body, name) for name in record.lacking)
        self.uncoded.update((record.body, each.attribute, each.value) for each in record.uncoded)

    @property
    def incomplete(self) -> int:
        return self.records - self.complete


@dataclass(frozen=True)
class Words:
    """What the workbook says: names of bodies, where each attribute is delivered, why a value has no code."""

    year: str
    release: str
    as_of: date
    bodies: Mapping[str, str]
    sources: Mapping[str, str]
    reasons: Mapping[tuple[str, str], str]
    never: tuple[str, ...]

    def source(self, attribute: str) -> str:
        return OFFICE if attribute == SERVICE else self.sources.get(attribute) or SOURCES.get(attribute, "")


class GapsWorkbook:
    """The workbook while it is written: records come one at a time, the counts last. Made by `gaps_workbook`."""

    def __init__(self, book: Workbook, words: Words, layout: Layout) -> None:
        self._sheets = Sheets(book)
        self._words = words
        self._layout = layout
        self._pages = {name: self._sheets.add(name, title) for name, title in self._titles().items()}
        self._row = self._head(
            LIST, ("Ente", 22), ("Prese in carico", 62), ("Campo", 34), ("Dove si consegna", 42)
        )
        self.is_cut = False

    def _titles(self) -> dict[str, str]:
        year = self._words.year
        return {
            NOTES: f"SINBA {year}: che cosa manca e come si completa",
            SUMMARY: f"SINBA {year}: che cosa manca, per ente e campo",
            LIST: f"SINBA {year}: i campi obbligatori da completare, minore per minore",
            CODES: f"SINBA {year}: i codici da consegnare nei campi da completare",
            UNCODED: f"SINBA {year}: valori consegnati che il tracciato non sa dire",
            NEVER: f"SINBA {year}: campi facoltativi che le consegne non prevedono",
        }

    def add(self, record: SinbaRecord) -> None:
        """The fields of a record that must be there and are not."""
        for name in record.lacking:
            if self._row > MOST_ROWS:
                self.is_cut = True
                return
            body = self._words.bodies.get(record.body, record.body)
            self._write(LIST, self._row, body, record.spells, name, self._words.source(name))
            self._row += 1

    def finish(self, gaps: Gaps) -> None:
        """The counts, and the notes that say how to complete."""
        row = self._head(
            SUMMARY, ("Ente", 24), ("Campo", 34), ("Minori in cui manca", 14), ("Dove si consegna", 44)
        )
        for (body, name), count in sorted(gaps.lacking.items()):
            self._write(
                SUMMARY, row, self._words.bodies.get(body, body), name, count, self._words.source(name)
            )
            row += 1
        row = self._head(CODES, ("Campo", 34), ("Codice", 10), ("Significato", 90))
        for name in sorted({name for _, name in gaps.lacking}):
            for code, meaning in self._admitted(name):
                self._write(CODES, row, name, code, meaning)
                row += 1
        row = self._head(
            UNCODED, ("Ente", 24), ("Campo", 34), ("Valore consegnato", 24), ("Minori", 10), ("Perché", 90)
        )
        for (body, name, value), count in sorted(gaps.uncoded.items()):
            why = self._words.reasons.get((name, value), "Il valore non è fra quelli previsti.")
            self._write(UNCODED, row, self._words.bodies.get(body, body), name, value, count, why)
            row += 1
        row = self._head(NEVER, ("Campo", 40), ("Perché", 90))
        for name in self._words.never:
            self._write(
                NEVER, row, name, "Nessuna estrazione lo prevede: se serve, si scrive nella piattaforma."
            )
            row += 1
        self._notes(gaps)

    def _notes(self, gaps: Gaps) -> None:
        lines = [
            f"Pubblicazione {self._words.release}, dati al {self._words.as_of:%d/%m/%Y}.",
            f"Minori in carico nell'anno: {gaps.records}. Pronti per la trasmissione: {gaps.complete}. "
            f"Da completare: {gaps.incomplete}. Persone già maggiorenni, fuori dalla rilevazione: {gaps.adults}.",
            "Si completa dalle consegne: l'ente aggiunge il valore nella colonna indicata della propria estrazione, la "
            "riconsegna, e dopo «osservatorio run CARTELLA» si ripete «osservatorio export sinba». Questo foglio non si "
            "rilegge: così il dato corretto vale per ogni rapporto, e non solo per questa rilevazione.",
            f"Il codice delle prestazioni si scrive una volta sola in «{OFFICE}», nella cartella dei dati.",
            "Un minore senza anche uno solo dei campi obbligatori non è nel file da trasmettere.",
            "Le fasce d'età del tracciato hanno estremi in comune (0-3, 3-6 …): qui sono lette come semiaperte, cioè chi "
            "ha compiuto 3 anni è nella seconda. L'età è quella dell'ultimo giorno dell'anno in cui il minore era in "
            "carico e non aveva ancora 18 anni.",
            "Il codice 8 di TipoProvvedimentoGiudiziario unisce due significati: è scritto solo quando il provvedimento "
            "è della pubblica autorità (art. 403 c.c.), altrimenti il campo resta vuoto.",
            "Dati riservati: servono all'Ufficio di Piano e agli enti per completare la rilevazione, non si diffondono.",
        ]
        if self.is_cut:
            lines.append(
                "L'elenco minore per minore è più lungo di un foglio: il resto verrà quando questi sono completati."
            )
        page = self._pages[NOTES]
        page.set_column(0, 0, 110)
        for row, line in enumerate(lines, start=2):
            page.set_row(row, LINE_HEIGHT * line_count(line, 110))
            page.write_string(row, 0, line, self._sheets.style(wrap=True))

    def _head(self, name: str, *columns: tuple[str, int]) -> int:
        """The headings of a sheet. Returns the row that comes after them."""
        page = self._pages[name]
        page.freeze_panes(HEAD_ROW + 1, 0)
        page.repeat_rows(HEAD_ROW)
        page.set_row(HEAD_ROW, 2 * LINE_HEIGHT)
        for place, (label, width) in enumerate(columns):
            page.set_column(place, place, width)
            page.write_string(HEAD_ROW, place, label, self._sheets.header(indented=place > 0))
        page.autofilter(HEAD_ROW, 0, HEAD_ROW, len(columns) - 1)
        return HEAD_ROW + 1

    def _write(self, name: str, row: int, *values: str | int) -> None:
        page: Worksheet = self._pages[name]
        for place, value in enumerate(values):
            if isinstance(value, int):
                page.write_number(row, place, value, self._sheets.style(Format.INTEGER))
            else:
                page.write_string(row, place, value, self._sheets.style(indented=place > 0))

    def _admitted(self, name: str) -> list[tuple[str, str]]:
        """The codes of a field and their meaning, as the layout has them; none for dates and free codes."""
        fields = (self._layout.family, self._layout.service_code, *self._layout.attributes)
        each = next(each for each in fields if each.name == name)
        return list(self._layout.code_lists[each.list].items()) if each.list else []


@contextmanager
def gaps_workbook(path: Path, scratch: Path, words: Words, layout: Layout) -> Iterator[GapsWorkbook]:
    """A workbook that takes any number of records with the memory of one; what it spills stays in `scratch`.

    It is dated with the reference date: the same gaps give the same bytes.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    options = {
        "constant_memory": True,
        "tmpdir": str(scratch),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(str(path), options) as book:
        book.set_properties(
            {"title": f"SINBA {words.year} – da completare", "created": datetime.combine(words.as_of, time())}
        )
        yield GapsWorkbook(book, words, layout)


def told(gaps: Gaps, bodies: Mapping[str, str]) -> list[str]:
    """«Seregno: CondizioneMinore 12, LuogoVita 3» for each body that must complete something."""
    found: dict[str, list[str]] = {}
    for (body, name), count in sorted(
        gaps.lacking.items(), key=lambda item: (item[0][0], -item[1], item[0][1])
    ):
        found.setdefault(bodies.get(body, body), []).append(f"{name} {count}")
    return [f"{body}: {', '.join(names)}" for body, names in found.items()]
