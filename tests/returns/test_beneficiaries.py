"""Who a person is in the national return: the same in every year, under every key of the pseudonyms."""

from datetime import date, datetime
from pathlib import Path

import pytest

from ingestion.layout import prepare
from ingestion.pseudonyms import keyed, pads
from osservatorio.beneficiaries import (
    beneficiaries_of,
    carry_over,
    forget_unknown,
    new_beneficiary_key,
)
from osservatorio.contracts import load_contracts
from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.home import Home

pytestmark = pytest.mark.landing_by_hand
DEFAULTS = {"BOOLEAN": False, "BIGINT": 1, "DATE": date(2020, 1, 1)}


class Place:
    """A home whose landing is written by hand."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root)
        self.home.prepare()
        new_beneficiary_key(self.home)
        self._sequence = 0
        with connect(self.home.landing) as con:
            prepare(con)

    def add(self, extract: str, body: str, **values) -> None:
        self._sequence += 1
        known = {"codice_ente": body, "data_estrazione": date(2022, 7, 31)} | values
        for column in load_contracts()[extract].columns:
            if column.required and column.name not in known:
                known[column.name] = DEFAULTS.get(column.duckdb_type, "altro")
        known |= {"delivery_id": "d", "source_row": self._sequence}
        known |= {"loaded_at": datetime(2022, 8, 1), "load_seq": self._sequence}
        marks = ", ".join("?" for _ in known)
        with connect(self.home.landing) as con:
            con.execute(
                f"insert into landing.landing.{extract} ({', '.join(known)}) values ({marks})",
                list(known.values()),
            )

    def spell(self, body: str, number: str, minor: str, fiscal_code: str | None = None) -> None:
        self.add("minori", body, id_minore=minor, codice_fiscale=fiscal_code)
        self.add("prese_in_carico", body, id_presa_in_carico=number, id_minore=minor)

    def identify(self, **persons: list[str]) -> dict[str, str]:
        with beneficiaries_of(self.home) as beneficiaries:
            beneficiaries.begin()
            return beneficiaries.identify(persons)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "home")


def test_a_person_is_the_same_again_and_others_are_others(place: Place):
    place.spell("108005", "p1", "m1", "c1")
    place.spell("108005", "p2", "m2")
    place.spell("108024", "p1", "m2")
    found = place.identify(a=["108005/p1"], b=["108005/p2"], c=["108024/p1"], nobody=["108005/p9"])
    assert sorted(found) == ["a", "b", "c"]
    assert len(set(found.values())) == 3
    assert place.identify(x=["108005/p1"])["x"] == found["a"]


def test_a_fiscal_code_that_comes_later_changes_nothing(place: Place):
    place.spell("108005", "p1", "m1")
    before = place.identify(a=["108005/p1"])["a"]
    place.spell("108005", "p3", "m1", "c1")
    place.spell("108024", "p4", "m9", "c1")
    assert place.identify(a=["108024/p4", "108005/p1"])["a"] == before
    assert place.identify(a=["108024/p4"])["a"] == before


def test_two_persons_of_one_return_never_share_an_identifier(place: Place):
    place.spell("108005", "p1", "m1", "c1")
    place.spell("108024", "p2", "m2", "c1")
    one = place.identify(both=["108005/p1", "108024/p2"])["both"]
    place.spell("108024", "p2", "m2", "c2")  # the fiscal code was wrong: they are two
    apart = place.identify(a=["108005/p1"], b=["108024/p2"])
    assert one in apart.values()
    assert apart["a"] != apart["b"]


def test_identifiers_outlive_a_rotation_of_the_pseudonyms(place: Place):
    """The landing is keyed once more with the very statement of a rotation."""
    secret = b"s" * 32
    place.spell("108005", "p1", "m1", "c1")
    place.spell("108005", "p2", "m2")
    before = place.identify(a=["108005/p1"], b=["108005/p2"])
    carry_over(place.home, [secret])
    assert place.identify(a=["108005/p1"], b=["108005/p2"]) == before  # stopped here, nothing is lost
    with connect(place.home.landing) as con:
        columns = (("minori", "id_minore"), ("minori", "codice_fiscale"), ("prese_in_carico", "id_minore"))
        for extract, name in columns:
            statement = (
                f"update landing.landing.{extract} set {name} = {keyed(name, 1)} where {name} is not null"
            )
            con.execute(statement, pads([secret]))
    assert place.identify(a=["108005/p1"], b=["108005/p2"]) == before
    assert forget_unknown(place.home) == 3  # what the earlier pseudonyms were known by
    assert place.identify(a=["108005/p1"], b=["108005/p2"]) == before


def test_whoever_was_deleted_is_forgotten(place: Place):
    place.spell("108005", "p1", "m1", "c1")
    place.identify(a=["108005/p1"])
    assert forget_unknown(place.home) == 0
    with connect(place.home.landing) as con:
        con.execute("delete from landing.landing.minori")
        con.execute("delete from landing.landing.prese_in_carico")
    assert forget_unknown(place.home) == 2


def test_a_return_that_failed_gives_nothing(place: Place):
    place.spell("108005", "p1", "m1", "c1")

    def fail() -> None:
        with beneficiaries_of(place.home) as beneficiaries:
            beneficiaries.identify({"a": ["108005/p1"]})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert forget_unknown(place.home) == 0


@pytest.mark.parametrize(("content", "expected"), [("zz", "non si legge"), ("ab" * 8, "incompleta")])
def test_a_damaged_key_is_told(place: Place, content: str, expected: str):
    (place.home.keys / "sinba.key").write_text(content)
    with pytest.raises(UserError, match=expected):
        place.identify(a=["108005/p1"])


def test_a_lost_key_is_not_replaced(place: Place):
    place.spell("108005", "p1", "m1")
    place.identify(a=["108005/p1"])
    (place.home.keys / "sinba.key").unlink()
    with pytest.raises(UserError, match="copia di sicurezza"):
        place.identify(a=["108005/p1"])
