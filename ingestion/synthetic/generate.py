"""`osservatorio generate`: synthetic deliveries in a folder, the same bytes for the same settings."""

import hashlib
import json
import math
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingestion.synthetic.facts import load_facts
from ingestion.synthetic.model import build_tables, steps
from ingestion.synthetic.spoil import spoil_rows
from ingestion.synthetic.writers import plan_deliveries, write_deliveries
from osservatorio.contracts import load_contracts
from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.files import write_json

FIRST_YEAR, LAST_YEAR = 2000, 2100
MAX_DIRTY = 0.5
MEMORY_LIMIT = "2GB"
# What a generation left in a folder (names and hashes): only those files may be replaced.
RECORD = ".generazione.json"
WORKSHOP = ".generazione_in_corso"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class GenerationSummary:
    """What was written: number of files, rows by extract (spoiled ones included), spoiled rows."""

    files: int
    rows_by_extract: dict[str, int]
    spoiled_rows: int


def generate(
    out: Path,
    *,
    years: tuple[int, int] = (2021, 2023),
    scale: float = 1,
    seed: int = 20211231,
    dirty: float = 0.002,
    progress: Progress | None = None,
) -> GenerationSummary:
    """Write synthetic deliveries for the years given (both included) into `out`.

    `scale` multiplies the minors, and with them acts, staff, resources and complaints: 1 is the Ambito, and then the
    published figures are met exactly. Meetings, training sessions and tariffs do not grow. `dirty` is the share of
    extra rows spoiled on purpose. A folder that holds only an earlier generation is replaced.
    Raises UserError when an argument is out of range or `out` holds other files.
    """
    _check_arguments(years, scale, seed, dirty)
    earlier = _check_folder(out)
    workshop = out / WORKSHOP
    shutil.rmtree(workshop, ignore_errors=True)
    try:
        workshop.mkdir(parents=True)
        con = connect(None, memory_limit=MEMORY_LIMIT)
        try:
            # Nothing here is real, so what does not fit in memory may be written in the clear.
            con.execute("set temp_file_encryption = false")
            con.execute("set temp_directory = ?", [str(workshop / "spill")])
            load_facts(con, years, scale, seed)
            count = _counter(progress, "Modello", len(steps()) + len(load_contracts()))
            build_tables(con, count)
            spoiled = spoil_rows(con, dirty)
            deliveries = plan_deliveries(con)
            files = workshop / "files"
            files.mkdir()
            write_deliveries(con, deliveries, files, _counter(progress, "File", len(deliveries)))
        finally:
            con.close()
        _put_in_place(files, out, earlier)
    except OSError as error:
        raise UserError(
            f"Non riesco a scrivere nella cartella «{out}»: controlla i permessi e lo spazio libero e riprova."
        ) from error
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    rows: dict[str, int] = dict.fromkeys(load_contracts(), 0)
    for delivery in deliveries:
        rows[delivery.contract.extract] += delivery.rows
    return GenerationSummary(len(deliveries), rows, spoiled)


def _check_arguments(years: tuple[int, int], scale: float, seed: int, dirty: float) -> None:
    first, last = years
    if not (FIRST_YEAR <= first <= last <= LAST_YEAR):
        raise UserError(
            f"Gli anni {first}-{last} non vanno bene: scrivi il primo e l'ultimo anno, "
            f"tra {FIRST_YEAR} e {LAST_YEAR}, per esempio 2021-2023."
        )
    if not (math.isfinite(scale) and scale > 0):
        raise UserError(
            "La scala deve essere un numero maggiore di zero: 1 è l'Ambito, 10 dieci volte tanto."
        )
    if not 0 <= seed < 2**63:
        raise UserError("Il seme deve essere un numero intero da zero in su.")
    if not 0 <= dirty <= MAX_DIRTY:
        raise UserError(
            "La quota di righe guaste deve stare tra 0 e 0,5: per esempio 0.002 per due su mille."
        )


def _check_folder(out: Path) -> dict[str, str]:
    """Files of an earlier generation in `out`, with their hashes. Raises UserError when others are there."""
    if not out.exists():
        return {}
    if not out.is_dir():
        raise UserError(f"«{out}» non è una cartella: indica con --out una cartella nuova o vuota.")
    record = out / RECORD
    try:
        earlier = json.loads(record.read_text("utf-8")) if record.exists() else {}
    except (ValueError, OSError):
        earlier = {}
    for path in sorted(out.iterdir()):
        if path.name in (RECORD, WORKSHOP):
            continue
        if path.is_dir() or _sha256(path) not in earlier.get(path.name, ()):
            raise UserError(
                f"La cartella «{out}» contiene già altri file (per esempio «{path.name}»): "
                "indica con --out una cartella nuova o vuota."
            )
    return earlier


def _put_in_place(files: Path, out: Path, earlier: dict[str, list[str]]) -> None:
    """Replace the files of an earlier generation. While files move, the record knows the old and the new ones."""
    made = {path.name: [_sha256(path)] for path in sorted(files.iterdir())}
    write_json(out / RECORD, {n: [*earlier.get(n, ()), *made.get(n, ())] for n in earlier | made})
    for name in earlier:
        if name not in made:
            (out / name).unlink(missing_ok=True)
    for name in made:
        (files / name).replace(out / name)
    write_json(out / RECORD, made)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _counter(progress: Progress | None, what: str, total: int) -> Callable[[], None]:
    """A function to call after each step, which tells `progress` how far the work is."""
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(what, done, total)

    return advance
