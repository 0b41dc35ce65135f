"""What leaves the office from the demonstration: the packs of both semesters and of the year give nothing away together."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from osservatorio.home import Home
from reporting.disclosure.audits import audit_ledger
from reporting.disclosure.ledger import Ledger
from reporting.disclosure.policy import Policy
from reporting.produce import read_report

AT = datetime(2024, 1, 8, 9)
PACKS = (
    ("governance", "2022-S1"),
    ("governance", "2022-S2"),
    ("assemblea", "2022"),
    ("governance", "2023-S1"),
    ("governance", "2023-S2"),
    ("assemblea", "2023"),
)


@pytest.fixture(scope="module")
def shelf(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the demonstration's release and a register of its own."""
    home = Home(tmp_path_factory.mktemp("shelf") / "home")
    home.prepare()
    for folder in (home.keys, home.releases):
        shutil.copytree(demo_home / folder.name, folder, dirs_exist_ok=True)
    shutil.copy(demo_home / "current.json", home.current)
    return home


def test_no_withheld_cell_is_narrower_than_the_promise(shelf: Home):
    """Every pack of two years, attacked together to the last digit of every interval."""
    for kind, period in PACKS:
        read_report(shelf, kind, period, at=AT)
    entries = Ledger(shelf).entries()
    found = audit_ledger(entries, Policy(), exact=True)
    narrow = [(unknown, extent) for unknown, extent in found.extents.items() if extent.high - extent.low < 1]
    print(f"{len(entries)} esportazioni, {found.withheld} celle oscurate, {len(found.breaches)} ricavabili")
    assert len(entries) == 4  # one for both semesters of a year
    assert found.withheld > 400
    assert found.breaches == ()
    assert narrow == []
