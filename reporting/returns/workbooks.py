"""What the workbooks of the surveys share: the report around their tables, the CSV beside them, and how they are written."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from osservatorio.errors import UserError, reason_it
from osservatorio.files import write_atomically
from osservatorio.inert import inert
from osservatorio.italian import date_it, long_date
from osservatorio.periods import Period
from osservatorio.release import Release
from reporting import queries
from reporting.cover import ORGANISATION
from reporting.documents.workbook import workbook
from reporting.labels import Labels
from reporting.model import Bullets, Callout, Column, Fact, Format, Report, Section, Tone, numbered
from reporting.queries import Record

RESERVED = Callout(
    Tone.WARNING,
    "Dati riservati: non si pubblicano",
    (
        "Numeri esatti, anche di uno o due minori: servono soltanto a compilare la rilevazione. "
        "Chi li riceve è tenuto al segreto statistico (D.Lgs. 322/1989, art. 9).",
    ),
)


@dataclass(frozen=True)
class Source:
    """A release as the recipes of the surveys read it: columns as its seed defines them, labels as its lists do."""

    release: Release
    period: Period
    labels: Labels
    columns: Mapping[tuple[str, str], Column]

    @classmethod
    def of(cls, release: Release, period: Period) -> "Source":
        columns = {
            (row["mart"], row["column_name"]): Column(
                row["column_name"], row["label"], Format(row["format"]), row["definition"], row["label"]
            )
            for row in queries.mart_columns(release)
        }
        return cls(release, period, Labels(release), columns)

    def codes(self, code_list: str) -> Mapping[str, str]:
        """Codes and labels of a list, in display order."""
        return self.labels.lists[code_list]

    def read(self, mart: str, names: Sequence[str], **where: object) -> list[Record]:
        """Rows of the year of a mart. Raises KeyError for a column that the seed does not know."""
        for name in (*names, *where):
            self.columns[mart, name]
        return queries.mart_slice(self.release, mart, names, {"year": self.period.start.year, **where})


def survey_report(
    source: Source,
    key: str,
    title: str,
    sections: Sequence[Section],
    how_to_read: Sequence[str],
    *,
    description: str,
) -> Report:
    """The report around the tables of a survey: who may have it, what it rests on, how it is read."""
    release, period = source.release, source.period
    reading = Section(
        "lettura", "Come si leggono le tavole e che cosa non si sa", (Bullets(tuple(how_to_read)),)
    )
    return Report(
        key=key,
        title=title,
        subtitle=period.label.capitalize(),
        organisation=ORGANISATION,
        period_code=period.code,
        period_label=period.label,
        release_id=release.id,
        as_of=release.as_of,
        facts=(
            Fact("Anno", period.code),
            Fact("Pubblicazione", release.id),
            Fact("Dati al", long_date(release.as_of)),
        ),
        notices=(RESERVED,),
        keywords=("tutela minori", ORGANISATION, period.code, release.id),
        description=description,
        sections=numbered((*sections, reading)),
    )


def csv_of(columns: Sequence[Column], rows: Sequence[Record]) -> bytes:
    """Rows of a mart as CSV for a spreadsheet: UTF-8 with its mark, semicolons, decimal comma, no cell a formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([inert(column.label) for column in columns])
    for row in rows:
        writer.writerow([_cell(row[column.key]) for column in columns])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "sì" if value else "no"
    if isinstance(value, date):
        return date_it(value)
    if isinstance(value, Decimal | float):
        return str(value).replace(".", ",")
    return inert(value) if isinstance(value, str) else str(value)


def write_files(folder: Path, contents: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files, each in one step. Raises UserError where the place cannot be written."""
    try:
        for name, content in contents.items():
            write_atomically(folder / name, content)
    except OSError as error:
        raise UserError(
            f"Non riesco a scrivere la rilevazione in «{folder}» ({reason_it(error)}): controlla lo spazio e i permessi, "
            "chiudi i file se sono aperti in un altro programma, poi riprova."
        ) from error
    return tuple(folder / name for name in contents)


def workbook_file(report: Report) -> tuple[str, bytes]:
    """The name of a report's workbook and its bytes."""
    return f"{report.stem}.xlsx", workbook(report)
