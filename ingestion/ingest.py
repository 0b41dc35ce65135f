"""The stage `ingest`: a folder of delivered files becomes rows of the landing and of the quarantine."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, groupby
from operator import attrgetter
from pathlib import Path

import duckdb

from ingestion import landing
from ingestion.accounts import DeliveryOutcome, already_landed, landed, landed_row, refused_row, same_content
from ingestion.ahead import Ahead
from ingestion.batch_files import Account, FileOfBatch
from ingestion.batches import RowChecker
from ingestion.closing import close_replaced
from ingestion.deliveries import FoundFile, expected_files, find_files, recognise
from ingestion.engine import EngineThreads, landing_of, memory_kept_for_arrow
from ingestion.headers import COLUMN_MAPS
from ingestion.isolated.process import ProcessPool
from ingestion.judging import ROW_GROUP
from ingestion.layout import prepare
from ingestion.pieces import Refused, in_pieces
from ingestion.preparation import Prepared, Preparer
from ingestion.quarantine_list import Mended, mended_since, quarantine_rows
from ingestion.reading import Content, Delivery, identify_all, read_all
from ingestion.refusal import RefusedFile
from ingestion.status import deliveries_status
from ingestion.waiting import Settled, extracts_waiting, land_waiting
from osservatorio.contracts import Contract, load_contracts
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.interruption import end_query_when_interrupted, stop_if_asked
from osservatorio.keys import Key
from osservatorio.settings import Settings

__all__ = ["DeliveryOutcome", "IngestResult", "deliveries_status", "ingest", "quarantine_rows"]

# Of delivered text checked in one pass. Few passes are in memory at once, read, prepared, being landed:
# with twice as much they take longer, for the processor's caches, and a fifth more memory; with half no less of either.
BATCH_BYTES = 32 << 20
PREPARED = 2  # pieces prepared and waiting: ending a transaction takes one thread as long as the others take to make them
STEP = "Caricamento delle consegne"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class IngestResult:
    """What became of every file of the folder, in the order of their names, and of rows set aside before.

    `settled` are rows that waited and wait no longer, `mended` those that came again.
    """

    deliveries: list[DeliveryOutcome]
    settled: list[Settled] = field(default_factory=list)
    mended: list[Mended] = field(default_factory=list)


def ingest(
    folder: Path,
    home: Home,
    key: Key,
    *,
    loaded_at: datetime,
    progress: Progress | None = None,
    settings: Settings | None = None,
    maps: Path = COLUMN_MAPS,
    batch_bytes: int = BATCH_BYTES,
) -> IngestResult:
    """Load the deliveries of a folder into the home's landing; files and folder are never changed.

    `loaded_at` is the time of loading, whose day no extraction date may pass; an offset is dropped (local time is
    kept). Each batch of deliveries is one transaction: stopped at any point, the landing holds whole deliveries
    only, and the same call completes the job. Raises UserError when the folder holds nothing recognisable, the
    landing cannot be opened or written, or it was filled under another key.
    """
    files = find_files(folder, leave_out=home.root)
    if not any(_is_recognised(file) for file in files):
        why = "".join(f" «{file.name}»: {file.problem}" for file in files[:1] if file.problem)
        raise UserError(
            f"Nella cartella «{folder}» non c'è nessun file da caricare: {expected_files()}.{why}"
        )
    home.prepare()
    settings = settings or Settings()
    with (
        memory_kept_for_arrow(),
        landing_of(home, settings) as con,
        closing(con.cursor()) as beside,
        ProcessPool() as processes,
    ):
        end_query_when_interrupted(beside)
        threads = EngineThreads(con, settings.threads)
        for one in (con, beside):
            # DuckDB 2.0.0 breaks down on dictionaries of Arrow tables that go through a join into one of these caches.
            one.execute("set enable_caching_operators = false")
        prepare(con)
        if landing.other_keys(con, key.id):
            raise UserError(
                "La chiave degli pseudonimi non è quella con cui sono stati caricati i dati finora: "
                "ripristina la chiave di prima, oppure usa un'altra cartella dei dati (se l'archivio viene da una copia "
                "di sicurezza di prima di una rotazione, basta «osservatorio keys rotate»)."
            )
        run = _Run(
            con,
            beside,
            threads,
            folder,
            processes,
            key,
            loaded_at.replace(tzinfo=None),
            maps,
            batch_bytes,
            progress,
            len(files),
        )
        first = landing.next_load_seq(con)
        deliveries = run.load(files)
        return IngestResult(deliveries, run.settled, mended_since(con, first))


def _is_recognised(file: FoundFile) -> bool:
    with suppress(RefusedFile):
        recognise(file, load_contracts())
        return True
    return False


class _Run:
    """One call of `ingest` over an open landing; `beside` is a second connection to it, for what is done ahead."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        beside: duckdb.DuckDBPyConnection,
        threads: EngineThreads,
        folder: Path,
        processes: ProcessPool,
        key: Key,
        loaded_at: datetime,
        maps: Path,
        batch_bytes: int,
        progress: Progress | None,
        total: int,
    ) -> None:
        self._con = con
        self._beside = beside
        self._threads = threads
        self._folder = folder
        self._processes = processes
        self._key = key
        self._loaded_at = loaded_at
        self._maps = maps
        self._batch_bytes = batch_bytes
        self._progress = progress
        self._total = total
        self._outcomes: dict[FoundFile, DeliveryOutcome] = {}
        self._refused: list[tuple[FoundFile, Delivery | None, str]] = []
        self._load_seq = landing.next_load_seq(con)
        self.settled: list[Settled] = []

    def load(self, files: list[FoundFile]) -> list[DeliveryOutcome]:
        """Load all files, extract by extract, parents before children; rows that waited go first."""
        contracts = load_contracts()
        deliveries, again = self._identify(files, contracts)
        waiting = extracts_waiting(self._con)
        for contract in contracts.values():
            own = [delivery for delivery in deliveries if delivery.name.extract == contract.extract]
            if own or contract.extract in waiting:
                self._load_extract(contract, own, has_waiting=contract.extract in waiting)
        for delivery, first in again:
            self._note(delivery.file, same_content(delivery, self._outcomes[first.file]))
        with self._transaction():
            landing.record_deliveries(self._con, [self._refused_row(*refusal) for refusal in self._refused])
        return [self._outcomes[file] for file in files]

    def _identify(
        self, files: Iterable[FoundFile], contracts: dict[str, Contract]
    ) -> tuple[list[Delivery], list[tuple[Delivery, Delivery]]]:
        """The deliveries to load, and those with the content of an earlier one of the same folder."""
        landed_on = landing.landed_on(self._con)
        first: dict[str, Delivery] = {}
        again = []
        for file, delivery in identify_all(files, self._folder, contracts):
            if isinstance(delivery, RefusedFile):
                self._refuse(file, None, delivery.message)
            elif delivery.id in landed_on:
                self._note(file, already_landed(delivery, landed_on[delivery.id]))
            elif delivery.id in first:
                again.append((delivery, first[delivery.id]))
            else:
                first[delivery.id] = delivery
        return list(first.values()), again

    def _load_extract(self, contract: Contract, deliveries: list[Delivery], *, has_waiting: bool) -> None:
        with (
            closing(
                read_all(deliveries, contract, self._processes, self._maps, large_bytes=self._batch_bytes)
            ) as contents,
            closing(Ahead(in_pieces(contents, self._batch_bytes))) as pieces,
        ):
            self._threads.leave_one()
            try:  # the first piece is being read meanwhile
                landing.load_parents(self._beside, contract)
                checker = RowChecker(self._con, contract, self._loaded_at)
                if has_waiting:
                    landing.load_parents(self._con, contract)
                    with self._transaction():
                        self.settled += land_waiting(self._con, contract, checker)
                preparer = Preparer(self._beside, contract, self._key, self._loaded_at)
                prepared = (
                    piece if isinstance(piece, Refused) else preparer.prepare(piece) for piece in pieces
                )
                with closing(Ahead(prepared, PREPARED)) as steps:
                    for _, batch in groupby(self._watched(steps), key=attrgetter("number")):
                        self._land_or_refuse(checker, batch)
            except BaseException:
                self._processes.end()  # what is read ahead is not waited for
                raise

    def _watched(self, steps: Ahead[Prepared | Refused]) -> Iterator[Prepared | Refused]:
        """The same steps; the engine has all threads for a large one when those who prepare them have nothing to do."""
        for step in steps:
            if isinstance(step, Prepared) and step.judged.rows.num_rows > ROW_GROUP:
                if steps.was_ready:
                    self._threads.take_all()
                else:
                    self._threads.leave_one()
            yield step

    def _land_or_refuse(self, checker: RowChecker, steps: Iterator[Prepared | Refused]) -> None:
        """A batch of deliveries; one that turns out untrustworthy while it is read is refused whole."""
        first = next(steps)
        if isinstance(first, Refused):
            self._refuse(first.delivery.file, first.delivery, first.refusal.message)
            return
        batch, steps = first.batch, chain([first], steps)
        del first  # a piece is large: it is not to be kept while the next ones are landed
        try:
            self._land(checker, batch, steps)
        except RefusedFile as refusal:
            checker.forget()
            self._refuse(batch[0].delivery.file, batch[0].delivery, refusal.message)

    def _land(self, checker: RowChecker, batch: list[Content], steps: Iterable[Prepared | Refused]) -> None:
        """Check and land the pieces of a batch in one transaction. Raises RefusedFile, nothing being landed."""
        accounts = [Account() for _ in batch]
        files = [
            FileOfBatch(number, content.delivery.id, content.delivery.file.name, self._load_seq + number)
            for number, content in enumerate(batch)
        ]
        with self._transaction():
            for step in steps:
                stop_if_asked()  # a delivery may have many pieces
                if isinstance(step, Refused):
                    raise step.refusal
                checker.land(files, step.judged)
                for number, account in step.judged.accounts.items():
                    accounts[number].add(account)
            landing.record_deliveries(
                self._con,
                [
                    landed_row(
                        content,
                        account,
                        key_id=self._key.id,
                        load_seq=file.load_seq,
                        loaded_at=self._loaded_at,
                    )
                    for content, account, file in zip(batch, accounts, files, strict=True)
                ],
            )
            close_replaced(self._con, checker.contract, [file.load_seq for file in files], self._loaded_at)
        self._load_seq += len(batch)
        for content, account in zip(batch, accounts, strict=True):
            self._note(content.delivery.file, landed(content, account))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._con.execute("begin")
        try:
            yield
            stop_if_asked()
        except BaseException:
            with suppress(duckdb.Error):
                self._con.execute("rollback")
            raise
        self._con.execute("commit")

    def _refuse(self, file: FoundFile, delivery: Delivery | None, message: str) -> None:
        self._refused.append((file, delivery, message))
        extract = delivery.name.extract if delivery else None
        self._note(file, DeliveryOutcome(file.name, extract, "refused", message=message))

    def _refused_row(self, file: FoundFile, delivery: Delivery | None, message: str) -> dict[str, object]:
        return refused_row(file, delivery, message, key_id=self._key.id, loaded_at=self._loaded_at)

    def _note(self, file: FoundFile, outcome: DeliveryOutcome) -> None:
        self._outcomes[file] = outcome
        if self._progress:
            self._progress(STEP, len(self._outcomes), self._total)
