"""Throwing contents at the whole stage: each ends in an outcome that adds up and speaks Italian."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bad_inputs import check_italian
from balance import check_balance
from delivered_samples import Office
from hypothesis import HealthCheck, settings

from ingestion.ingest import DeliveryOutcome
from osservatorio.errors import UserError
from osservatorio.home import Home

few = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@contextmanager
def fresh_office() -> Iterator[Office]:
    """An office with an empty home; in the end its counts balance."""
    with TemporaryDirectory() as place:
        office = Office(Path(place) / "consegne", Home(Path(place) / "casa"))
        office.folder.mkdir()
        yield office
        if office.home.landing.exists():
            check_balance(office.home)


def throw(files: Sequence[tuple[str, bytes]]) -> list[DeliveryOutcome]:
    """Deliver contents under names made of their kind; each ends in an outcome that adds up and speaks Italian.

    Without outcomes: the whole folder was refused, in Italian.
    """
    with fresh_office() as office:
        for number, (suffix, content) in enumerate(files):
            office.write(f"reclami__{number}.{suffix}", content)
        try:
            outcomes = office.ingest().deliveries
        except UserError as error:  # nothing in the folder is a delivery: an archive alone, and damaged
            check_italian(error.message)
            return []
        for outcome in outcomes:
            assert outcome.rows_read == outcome.accepted + outcome.quarantined + outcome.waiting
            assert outcome.outcome != "refused" or (outcome.message and not outcome.rows_read)
            if outcome.message:
                check_italian(outcome.message)
        for message in set(office.messages()):
            check_italian(message)
        return outcomes
