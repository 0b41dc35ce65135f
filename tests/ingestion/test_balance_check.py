"""The check that follows every test sees whatever does not add up (`balance`)."""

import shutil

import pytest
from balance import check_balance
from delivered_samples import Office, sample

from osservatorio.database import connect
from osservatorio.home import Home

SPOILING = {
    "a row landed is gone": "delete from landing.landing.reclami where source_row = 2",
    "a row landed twice": "insert into landing.landing.reclami from landing.landing.reclami limit 1",
    "a row of no delivery": "update landing.landing.reclami set delivery_id = 'x' where source_row = 2",
    "a row set aside is gone": "delete from held.reclami",
    "a row waits uncounted": "update held.reclami set waiting = true",
    "an entry is gone": "delete from quarantine.rows",
    "an entry of no delivery": "update quarantine.rows set delivery_id = 'x'",
    "a wrong count": "update meta.deliveries set accepted = accepted - 1",
    "counts moved": "update meta.deliveries set accepted = accepted - 1, quarantined = quarantined + 1",
    "an account is gone": "delete from meta.deliveries",
    "a refused file with rows": "update meta.deliveries set outcome = 'refused'",
    "purged uncounted": "update meta.deliveries set purged = 1",
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("sound")
    office = Office(folder / "consegne", Home(folder / "casa"))
    office.folder.mkdir()
    office.deliver(
        "reclami.csv", [sample("reclami", 0), sample("reclami", 1), sample("reclami", 2, gravita="?")]
    )
    return office.home


@pytest.mark.landing_by_hand
@pytest.mark.parametrize("statement", SPOILING.values(), ids=SPOILING)
def test_what_does_not_add_up_is_seen(sound, tmp_path, statement):
    check_balance(sound)
    home = Home(tmp_path / "casa")
    shutil.copytree(sound.root, home.root)
    with connect(home.landing) as con:
        con.execute(statement)
    with pytest.raises(AssertionError, match="not accounted for"):
        check_balance(home)
