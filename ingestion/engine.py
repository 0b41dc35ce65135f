"""The archive and the libraries as ingestion uses them: the landing open for writing, memory, threads."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import duckdb
import pyarrow as pa

from ingestion.layout import create
from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.settings import Settings, memory_share

# Of the memory granted: the rest is for the pieces that are read and prepared beside the engine.
ENGINE_SHARE = 0.75


class EngineThreads:
    """How many threads the engine works with: one less than it may, as long as others read and prepare.

    With a thread more than there are processors all take longer. When the others wait for the engine it has them all.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, most: int) -> None:
        self._con = con
        self._most = most
        self._in_use = most

    def leave_one(self) -> None:
        """Leave a processor to what reads and prepares."""
        self._use(max(1, self._most - 1))

    def take_all(self) -> None:
        """The others have nothing to do."""
        self._use(self._most)

    def _use(self, count: int) -> None:
        if count != self._in_use:
            self._con.execute(f"set threads = {int(count)}")
            self._in_use = count


@contextmanager
def memory_kept_for_arrow() -> Iterator[None]:
    """Arrow's memory comes from the C library meanwhile, which keeps what one piece leaves for the next.

    Arrow's own allocator gives it back to the system at once, and a tenth of the time goes in getting it again.
    """
    own = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(own)


@contextmanager
def landing_of(home: Home, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The landing open for writing; on the way out it is checkpointed and closed, with no log left beside it.

    Nothing is ever spilled: temporary tables hold identities in the clear, which must not reach the disk.
    """
    with _failures_told(home, settings):
        if not home.landing.exists():
            create(home.landing)
        memory = memory_share(settings.memory_limit, ENGINE_SHARE)
        con = connect(home.landing, memory_limit=memory, threads=settings.threads)
        with closing(con):
            con.execute("set temp_directory = ''")
            # Rows are compressed while they are in the processor's caches, not five groups of them later: that takes less
            # memory too, and leaves less to do to the end of a transaction, for which all wait.
            con.execute("set write_buffer_row_group_count = 1")
            with suppress(
                duckdb.CatalogException
            ):  # a setting of DuckDB 2: tables are tidied one by one, in little memory
                con.execute("set max_vacuum_tasks = 1")
            yield con
            con.execute("checkpoint")


@contextmanager
def _failures_told(home: Home, settings: Settings) -> Iterator[None]:
    """What the machine refuses, as a sentence for the person who must act."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise UserError(
            f"La memoria concessa ({settings.memory_limit}) non basta per caricare le consegne: "
            "aumentala con OSSERVATORIO_MEMORY (per esempio 4GB) e riprova."
        ) from error
    except (duckdb.IOException, duckdb.FatalException) as error:
        raise UserError(
            f"Non riesco a scrivere nell'archivio «{home.landing}»: controlla lo spazio libero e i permessi, poi "
            "riprova. Le consegne già caricate per intero restano valide."
        ) from error
