"""Producing the return of a year: first what is missing, in a workbook; then the records that have nothing missing."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from osservatorio.beneficiaries import Beneficiaries, beneficiaries_of, forget_unknown
from osservatorio.errors import UserError, reason_it
from osservatorio.files import sync_file, sync_folder, write_atomically
from osservatorio.home import Home
from osservatorio.release import Release, open_release
from reporting import queries, returns_queries
from reporting.returns.sinba.gaps import Gaps, Words, gaps_workbook, told
from reporting.returns.sinba.layout import Layout, load_layout
from reporting.returns.sinba.office import Office, office_of, require_complete
from reporting.returns.sinba.records import Coder, SinbaRecord, never_filled
from reporting.returns.sinba.schema import schema_of
from reporting.returns.sinba.writing import write_return
from reporting.returns.years import require_year, year_of

NAME = "sinba"
MARTS = (returns_queries.SINBA,)
Progress = Callable[[str, int, int], None]
Told = Callable[[Path, Gaps, list[str]], None]


@dataclass(frozen=True)
class Produced:
    """What was written: the workbook of what is missing, the return (None where no record is complete), its schema."""

    release: str
    folder: Path
    workbook: Path
    xml: Path | None
    schema: Path
    gaps: Gaps
    written: int
    office: Office

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(path for path in (self.workbook, self.schema, self.xml) if path)


def produce(
    home: Home,
    year: str,
    *,
    release_id: str | None = None,
    is_demo: bool = False,
    tell: Told | None = None,
    progress: Progress | None = None,
) -> Produced:
    """Write the return of a year under `home.exports/<release id>/sinba_<year>/`.

    The workbook of what is missing is in its place, and `tell` has said so, before anything of the return is written.
    A return without the records to complete has `_parziale` in its name. Raises UserError for what is not a year of the
    release, a year in which nobody was in care, a missing key, and what the office has not said.
    """
    period = year_of(year)
    layout = load_layout()
    with open_release(home, release_id) as release, beneficiaries_of(home) as beneficiaries:
        require_year(release, period, MARTS)
        total = returns_queries.minors_in_year(release, period.start.year)
        if not total:
            raise UserError(
                f"Nell'anno {period.code} nessun minore risulta in carico: non c'è nulla da trasmettere."
            )
        services = returns_queries.sinba_services(release, period.start.year)
        office = office_of(home, layout, services, is_demo=is_demo)
        mapping = returns_queries.sinba_mapping(release)
        coder = Coder(
            layout, {(row["attribute"], row["value"]): row["code"] or "" for row in mapping}, office.services
        )
        bodies = {row["municipality_code"]: row["name"] for row in queries.municipalities(release)}
        words = Words(
            period.code,
            release.id,
            release.as_of,
            bodies,
            {row["attribute"]: row["source"] for row in mapping},
            {(row["attribute"], row["value"]): row["note"] for row in mapping if not row["code"]},
            never_filled(layout),
        )
        folder = home.exports / release.id / f"{NAME}_{period.code}"
        year_records = _Year(release, beneficiaries, coder, period.start.year, total, progress)
        try:
            workbook, gaps = _list_gaps(home, folder, year_records, words, layout)
            if tell is not None:
                tell(workbook, gaps, told(gaps, bodies))
            require_complete(office)
            xml, written = _write(folder, year_records, office, gaps, words, layout)
            schema = folder / f"SINBA_{layout.version}.xsd"
            write_atomically(schema, schema_of(layout))
        except OSError as error:
            raise UserError(
                f"Non riesco a scrivere la rilevazione in «{folder}» ({reason_it(error)}): controlla lo spazio e i "
                "permessi, chiudi i file se sono aperti in un altro programma, poi riprova."
            ) from error
        release_name = release.id
    forget_unknown(home)
    return Produced(release_name, folder, workbook, xml, schema, gaps, written, office)


@dataclass(frozen=True)
class _Year:
    """The records of a year, as often as they are asked for: a page of them is in memory."""

    release: Release
    beneficiaries: Beneficiaries
    coder: Coder
    year: int
    total: int
    progress: Progress | None

    def __call__(self, what: str) -> Iterator[SinbaRecord | None]:
        """A record for each minor, None for each person who was of age all the while."""
        done = 0
        self.beneficiaries.begin()
        for page in returns_queries.sinba_pages(self.release, self.year):
            minors = [row for row in page if row["is_minor"]]
            identifiers = self.beneficiaries.identify({row["minor"]: _spells(row) for row in minors})
            for row in page:
                yield self.coder.record(row, identifiers.get(row["minor"])) if row["is_minor"] else None
            done += len(page)
            if self.progress is not None:
                self.progress(what, done, self.total)


def _spells(row: queries.Record) -> list[str]:
    return list(dict.fromkeys([row["minor"], *row["spells"].split(", ")]))


def _list_gaps(home: Home, folder: Path, records: _Year, words: Words, layout: Layout) -> tuple[Path, Gaps]:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}_{words.year}_da_completare.xlsx"
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    gaps = Gaps()
    try:
        with gaps_workbook(unfinished, home.work, words, layout) as book:
            for record in records("Che cosa manca"):
                if record is None:
                    gaps.adults += 1
                else:
                    gaps.add(record)
                    book.add(record)
            book.finish(gaps)
        sync_file(unfinished)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(folder)
    return path, gaps


def _write(
    folder: Path, records: _Year, office: Office, gaps: Gaps, words: Words, layout: Layout
) -> tuple[Path | None, int]:
    """The return; that of another completeness, from an earlier run, goes."""
    whole, part = folder / f"{NAME}_{words.year}.xml", folder / f"{NAME}_{words.year}_parziale.xml"
    path, other = (part, whole) if gaps.incomplete else (whole, part)
    complete = (
        record for record in records("Rilevazione SINBA") if record is not None and record.is_complete
    )
    written = write_return(path, f"SINBA_{words.year}", office, complete, layout)
    other.unlink(missing_ok=True)
    return (path if written else None), written
