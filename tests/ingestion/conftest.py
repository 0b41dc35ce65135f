"""Fixtures of the ingestion's tests: an office with a folder to deliver from and an empty home."""

from pathlib import Path

import pytest
from delivered_samples import Office

from osservatorio.database import connect
from osservatorio.home import Home


@pytest.fixture
def office(tmp_path: Path):
    """An office; afterwards, whatever the test did, the counts of the landing must balance."""
    place = Office(tmp_path / "consegne", Home(tmp_path / "casa"))
    place.folder.mkdir()
    yield place
    if place.home.landing.exists():
        check_balance(place.home)


def check_balance(home: Home) -> None:
    """Read = accepted + quarantined, by delivery, and the tables hold exactly those rows; no log is left behind."""
    assert not list(home.root.glob("*.wal"))
    with connect(home.landing, read_only=True) as con:
        deliveries = con.execute(
            """select deliveries.delivery_id, extract, rows_read, accepted, quarantined, waiting,
                (select count(distinct "row") from quarantine.rows as errors
                    where errors.delivery_id = deliveries.delivery_id)
            from meta.deliveries as deliveries where outcome = 'landed'"""
        ).fetchall()
        for delivery_id, extract, read, accepted, quarantined, waiting, set_aside in deliveries:
            (landed,) = con.execute(
                f"select count(*) from landing.landing.{extract} where delivery_id = $id", {"id": delivery_id}
            ).fetchone()
            assert read == accepted + quarantined, extract
            assert (landed, set_aside) == (accepted, quarantined), extract
            assert 0 <= waiting <= quarantined, extract
        (refused,) = con.execute(
            "select coalesce(sum(rows_read + accepted + quarantined), 0) from meta.deliveries where outcome = 'refused'"
        ).fetchone()
        assert refused == 0
