"""What became of a run, for whoever tells it."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from osservatorio.errors import EXIT_DONE, EXIT_WITHHELD

if TYPE_CHECKING:
    from ingestion.ingest import IngestResult

DELIVERY_FACTS = ("file", "extract", "outcome", "rows_read", "accepted", "quarantined", "waiting", "message")


@dataclass
class RunResult:
    """What became of a run: the deliveries, the verdict, and the release, when one was published.

    `settled` and `mended` are the earlier files of which rows wait no longer, or came again mended. `notes` (Italian)
    is what else the person who ran it must know; `built` (Italian) how the tables were made.
    """

    deliveries: list[dict[str, Any]]
    verdict: dict[str, Any] | None = None
    release_id: str | None = None
    is_new: bool = False
    failures: list[dict[str, str]] = field(default_factory=list)
    docs: Path | None = None
    settled: list[dict[str, Any]] = field(default_factory=list)
    mended: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    built: str = ""

    @classmethod
    def of_ingestion(cls, result: "IngestResult", notes: list[str]) -> "RunResult":
        """The result of the first stage, as plain values."""
        return cls(
            [{name: getattr(delivery, name) for name in DELIVERY_FACTS} for delivery in result.deliveries],
            settled=[asdict(settled) for settled in result.settled],
            mended=[asdict(mended) for mended in result.mended],
            notes=notes,
        )

    @property
    def exit_code(self) -> int:
        return EXIT_DONE if self.release_id else EXIT_WITHHELD
