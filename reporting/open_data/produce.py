"""Producing the open data of a year: from a home to the files, rounded, attacked, registered, written whole or not at all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from osservatorio.errors import UserError, reason_it
from osservatorio.files import write_atomically
from osservatorio.home import Home
from osservatorio.periods import YEAR, Period, parse_period
from osservatorio.release import open_release
from osservatorio.settings import Settings
from reporting.disclosure.ledger import Ledger
from reporting.disclosure.rounding import Rounded, round_for
from reporting.disclosure.tidy import STRUCTURE_FILE, structure_of
from reporting.disclosure.tidy import csv_of as tidy_csv
from reporting.open_data import catalogue, datapackage, readme
from reporting.open_data.cube import Cube, read_cube
from reporting.open_data.dataset import CELLS, DataSet
from reporting.open_data.publisher import Publisher, publisher_of
from reporting.open_data.tables import TABLES, csv_of

NAME = "open-data"
STEPS = 4
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Produced:
    """The files of an export, by name, in the order in which they are told; how they were rounded; who publishes them."""

    folder: Path
    files: Mapping[str, Path]
    release: str
    rounded: Rounded
    publisher: Publisher


def produce(
    home: Home,
    year: str,
    at: datetime,
    *,
    release_id: str | None = None,
    progress: Progress | None = None,
) -> Produced:
    """Write the open data of a year under `home.exports/<release id>/open-data_<year>/`.

    `at` is when they leave, for the register; the same export again gives the same bytes and no new entry. Raises
    UserError for what is not a year of the release, DisclosureError when nothing safe can be written, LedgerError when
    the register cannot be trusted.
    """

    def tell(done: int) -> None:
        if progress is not None:
            progress("Dati aperti", done, STEPS)

    period = year_of(year)
    publisher = publisher_of(Settings.of(home).open_data)
    tell(0)
    with open_release(home, release_id) as release:
        cube = read_cube(release, period)
        release_name, as_of = release.id, release.as_of
    tell(1)
    export = f"{NAME} {period.code}"
    rounded = round_for(home, cube.given, release=release_name, export=export, at=at)
    tell(2)
    issued, modified = _days(home, rounded)
    files = _data_files(cube, rounded)
    data = DataSet(period, cube, rounded, publisher, release_name, as_of, issued, modified, files)
    contents = {
        readme.FILE: readme.readme_of(data),
        **files,
        datapackage.FILE: datapackage.datapackage_of(data),
        catalogue.FILE: catalogue.catalogue_of(data),
    }
    tell(3)
    folder = home.exports / release_name / data.folder
    written = _write(folder, contents)
    tell(STEPS)
    return Produced(folder, written, release_name, rounded, publisher)


def year_of(text: str) -> Period:
    """A year as people type it. Raises UserError for any other period."""
    try:
        period = parse_period(text)
    except UserError:
        period = None
    if period is None or period.type != YEAR:
        raise UserError(f"I dati aperti si fanno per anno: «{text}» non lo è, scrivi per esempio 2022.")
    return period


def _days(home: Home, rounded: Rounded) -> tuple[date, date]:
    """When the year was first exported, and when this content was, after the register."""
    entries = [entry for entry in Ledger(home).entries() if entry.export.export == rounded.export.export]
    days = [(datetime.fromisoformat(entry.at).date(), entry) for entry in entries]
    mine = next(day for day, entry in days if entry.export.is_same(rounded.export))
    return min(day for day, _ in days), mine


def _data_files(cube: Cube, rounded: Rounded) -> dict[str, bytes]:
    return {
        **{table.file: csv_of(table, cube, rounded.tables) for table in TABLES},
        f"{CELLS}.csv": tidy_csv(rounded.tables),
        STRUCTURE_FILE: structure_of(cube.given.known, rounded.tables),
    }


def _write(folder: Path, contents: Mapping[str, bytes]) -> dict[str, Path]:
    files = {name: folder / name for name in contents}
    try:
        for name, path in files.items():
            write_atomically(path, contents[name])
    except OSError as error:
        raise UserError(
            f"Non riesco a scrivere i dati aperti in «{folder}» ({reason_it(error)}): controlla lo spazio e i permessi, "
            "chiudi i file se sono aperti in un altro programma, poi riprova."
        ) from error
    return files
