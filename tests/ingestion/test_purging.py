"""Purging the landing: what is past its term goes with all that is held of it, and nothing that is kept loses its parent."""

from datetime import date, datetime
from pathlib import Path

import pytest
from delivered_samples import KEY, LEAD, Office, care, sample
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingestion import retention
from ingestion.layout import prepare
from ingestion.retention import terms_of
from osservatorio import purge as purging
from osservatorio import rewriting
from osservatorio.contracts import load_contracts
from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.files import write_secret
from osservatorio.home import Home
from osservatorio.keys import KEY_FILE
from osservatorio.settings import Settings

NOW = datetime(2040, 1, 1, 12)
OLD, RECENT = "2005-03-01", "2035-03-01"
SHORT = Settings(retention={"quarantena": None})  # tests of records leave the quarantine's own term out
CARE = {
    "data_chiusura": OLD,
    "data_apertura": "2004-03-01",
    "motivo_chiusura": "1",
    "data_estrazione": "2006-01-01",
}


@pytest.fixture
def office(office: Office) -> Office:
    """An office whose home has the key that the deliveries are landed under."""
    office.home.prepare()
    write_secret(office.home.keys / KEY_FILE, KEY.secret.hex() + "\n")
    office.loaded_at = datetime(2036, 1, 1)
    return office


def closing_reason() -> str:
    from osservatorio.reference import code_list

    return next(iter(code_list("MotivazioneChiusuraCarico")))


def closed(serial: int = 0, on: str = OLD, **values: str) -> dict[str, str]:
    """A spell of the first minor that closed on a day."""
    dates = {"data_apertura": "2004-03-01", "data_chiusura": on, "data_estrazione": "2035-12-31"}
    return care(serial, **(dates | {"motivo_chiusura": closing_reason()} | values))


def child(serial: int = 0, **values: str) -> dict[str, str]:
    """A minor of 2000."""
    return sample("minori", serial, data_nascita="2000-05-01", data_estrazione="2004-06-30", **values)


def purge(office: Office, as_of: date = date(2040, 1, 1), using: Settings = SHORT, confirm=lambda plan: True):
    return purging.purge(office.home, as_of=as_of, now=NOW, settings=using, confirm=confirm)


def left(office: Office, extract: str) -> list[str]:
    """The plain identifiers of the records of an extract that are there."""
    column = load_contracts()[extract].key[-1]
    return [value for (value,) in office.query(f"select {column} from landing.{extract} order by all")]


def purged_and_left(office: Office, extract: str) -> tuple[int, int]:
    (purged,) = office.query(
        "select sum(purged) from meta.deliveries where extract = $extract", extract=extract
    )[0]
    return purged, len(left(office, extract))


def test_every_extract_has_a_term_with_its_reason():
    terms = terms_of({})
    assert list(terms.extracts) == [name for name in terms.extracts if name in load_contracts()]
    assert set(terms.extracts) == set(load_contracts())
    for term in (*terms.extracts.values(), terms.quarantine, terms.releases):
        assert term.reason.endswith(".")
        assert term.years is None or 0 < term.years < 100


def test_the_terms_of_the_home_come_first():
    terms = terms_of({"reclami": 7, "minori": None, "provvedimenti": 40, "pubblicazioni": 3})
    assert terms.extracts["reclami"].years == 7
    assert terms.extracts["minori"].years is None
    assert terms.extracts["provvedimenti"].open_years == 40
    assert terms.releases.years == 3
    with pytest.raises(UserError, match="«reclami»"):
        terms_of({"reclamo": 1})


def test_a_term_that_names_no_date_is_refused():
    contract = load_contracts()["interventi"]
    for name in ("durata_minuti", "id_presa_in_carico.id_minore", "id_intervento.data_chiusura"):
        with pytest.raises(ValueError, match="interventi"):
            retention._check(contract, retention.Term("interventi", 1, "x", date=name))


def test_a_closed_case_goes_whole_and_an_open_one_stays(office):
    office.write("minori.csv", [child(0), child(1)])
    office.write(
        "prese_in_carico.csv", [closed(0), care(1, id_minore="id_minore-1", data_apertura="2004-03-01")]
    )
    acts = {"data_intervento": "2004-05-01", "data_estrazione": "2004-06-30"}
    office.write(
        "interventi.csv",
        [
            sample("interventi", 0, **acts),
            sample("interventi", 1, id_presa_in_carico="id_presa_in_carico-1", **acts),
        ],
    )
    office.ingest()
    gone, stays = (
        value for (value,) in office.query("select id_minore from landing.minori order by source_row")
    )
    result = purge(office)
    assert {e.extract: (e.records, e.rows) for e in result.plan.landing.extracts} == {
        "minori": (1, 1),
        "prese_in_carico": (1, 1),
        "interventi": (1, 1),
    }
    assert left(office, "minori") == [stays]
    assert left(office, "prese_in_carico") == ["id_presa_in_carico-1"]
    assert left(office, "interventi") == ["id_intervento-1"]
    assert purged_and_left(office, "interventi") == (1, 1)
    assert result.is_done
    assert result.proof.identifiers == 4  # three records and a pseudonym
    assert gone.encode() not in office.home.landing.read_bytes()
    assert not office.home.purge_plan.exists()
    assert purge(office).plan.is_empty


def test_the_day_of_the_term_is_exact(office):
    office.deliver("minori.csv", [child()])
    office.deliver("prese_in_carico.csv", [closed(on="2030-01-01")])
    assert purge(office, date(2040, 1, 1)).plan.is_empty
    assert purge(office, date(2040, 1, 2)).plan.landing.records == 2


def test_all_versions_go_and_the_current_one_decides(office):
    office.write("minori.csv", [child()])
    office.write("prese_in_carico__1.csv", [closed(data_estrazione="2006-01-01")])
    office.write("prese_in_carico__2.csv", [care(data_apertura="2004-03-01", data_estrazione="2007-01-01")])
    office.ingest()
    assert purge(office).plan.is_empty  # closed, then open again
    office.deliver("prese_in_carico__3.csv", [closed(data_estrazione="2008-01-01")])
    (extract,) = [e for e in purge(office).plan.landing.extracts if e.extract == "prese_in_carico"]
    assert (extract.records, extract.rows) == (1, 3)
    assert left(office, "prese_in_carico") == []


@pytest.mark.parametrize(
    "row",
    [
        sample("affidi", data_inizio="2004-05-01", data_estrazione="2004-06-30"),
        sample(
            "spese",
            data_competenza=RECENT,
            data_estrazione="2035-12-31",
            id_presa_in_carico="id_presa_in_carico-0",
        ),
    ],
    ids=["open placement", "recent cost"],
)
def test_what_stays_keeps_what_it_refers_to(office, row):
    extract = "affidi" if "id_affido" in row else "spese"
    office.write("minori.csv", [child()])
    office.write("prese_in_carico.csv", [closed()])
    office.write(f"{extract}.csv", [row])
    office.ingest()
    assert purge(office).plan.is_empty


def test_a_withdrawn_record_is_no_open_case(office):
    office.write("minori.csv", [child()])
    office.write(
        "prese_in_carico.csv",
        [care(stato_record="annullato", data_apertura="2004-03-01", data_estrazione="2006-01-01")],
    )
    office.ingest()
    assert purge(office, date(2016, 1, 1)).plan.is_empty
    assert left(office, "prese_in_carico")
    assert purge(office).plan.landing.records == 2


def test_a_record_left_out_of_a_full_replacement_is_withdrawn(office):
    cares = [care(n, data_apertura="2004-03-01", data_estrazione="2006-01-01") for n in range(3)]
    office.write("minori.csv", [child()])
    office.deliver("prese_in_carico.csv", cares)
    held = cares[1] | {"data_apertura": "2050-01-01", "data_estrazione": "2007-01-01"}
    office.deliver("prese_in_carico__completa.csv", [cares[0] | {"data_estrazione": "2007-01-01"}, held])
    purge(office)
    assert set(left(office, "prese_in_carico")) == {"id_presa_in_carico-0", "id_presa_in_carico-1"}


def test_held_rows_and_entries_of_a_purged_record_go(office):
    office.write("minori.csv", [child()])
    office.write("prese_in_carico.csv", [closed()])
    office.write("prese_in_carico__guasta.csv", [closed(codice_servizio="nessuno")])
    bad_act = {"durata_minuti": "0", "data_intervento": "2004-05-01", "data_estrazione": "2004-06-30"}
    office.write("interventi.csv", [sample("interventi", **bad_act)])
    office.write("reclami.csv", [sample("reclami", gravita="x")])
    office.ingest()
    assert len(office.rules()) == 3
    landing = purge(office).plan.landing
    assert (landing.held_rows, landing.entries) == (2, 2)
    assert [file for file, _, _ in office.rules()] == ["reclami.csv"]
    assert office.query("select sum(purged), sum(rows_read) from meta.deliveries") == [(4, 5)]


def test_the_quarantine_has_a_term_of_its_own(office):
    office.write("minori.csv", [child(0), child(1, sesso="x"), child(2, sesso="x")])
    office.write("spese.csv", b"non sono righe\n")
    office.ingest()
    one_year = Settings(retention={"quarantena": 1, "minori": None})
    assert purge(office, date(2036, 12, 1), one_year).plan.is_empty
    result = purge(office, date(2037, 1, 2), one_year)
    assert (result.plan.landing.entries, result.plan.landing.refusals) == (2, 1)
    assert office.rules() == []
    assert office.query("select file_name, rows_read, quarantined, purged from meta.deliveries") == [
        ("minori.csv", 3, 2, 2)
    ]


def test_what_is_delivered_again_in_the_same_file_does_not_come_back(office):
    office.write("minori.csv", [child()])
    office.write("prese_in_carico.csv", [closed()])
    office.ingest()
    purge(office)
    assert {outcome.outcome for outcome in office.ingest().deliveries} == {"already_landed"}
    assert left(office, "minori") == []


def test_nothing_changes_without_consent(office):
    office.write("minori.csv", [child()])
    office.write("prese_in_carico.csv", [closed()])
    office.ingest()
    before = office.home.landing.read_bytes()
    told = []
    result = purge(office, confirm=lambda plan: told.append(plan.landing.records))
    assert told == [2]
    assert not result.is_done
    assert office.home.landing.read_bytes() == before
    assert not office.home.purge_plan.exists()


@pytest.mark.parametrize("place", ["plan", "landing", "clear", "proof"])
def test_a_purge_that_was_interrupted_is_completed_by_the_next(office, monkeypatch, place):
    office.write("minori.csv", [child()])
    office.write("prese_in_carico.csv", [closed()])
    office.ingest()
    (pseudonym,) = office.query("select id_minore from landing.minori")[0]
    (office.home.work / "avanzo.txt").write_text(pseudonym)

    class PowerCut(BaseException):
        pass

    def cut(*_, **__):
        raise PowerCut

    owner, name = {
        "plan": (purging, "sync_file"),
        "landing": (rewriting, "sync_file"),
        "clear": (purging, "_clear"),
        "proof": (purging, "search"),
    }[place]
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, cut)
        with pytest.raises(PowerCut):
            purge(office)
    assert len(left(office, "minori")) == (1 if place in ("plan", "landing") else 0)
    result = purge(office)
    assert result.is_done
    assert result.proof.identifiers == 3
    assert left(office, "minori") == []
    assert sorted(path.name for path in office.home.root.glob("*duckdb*")) == ["landing.duckdb"]
    assert not list(office.home.work.iterdir())


def test_the_proof_finds_what_is_left_behind(office):
    office.write("minori.csv", [child()])
    office.write("prese_in_carico.csv", [closed()])
    office.ingest()
    (pseudonym,) = office.query("select id_minore from landing.minori")[0]
    (office.home.reports / "nota.txt").write_text(f"({pseudonym})")
    (office.home.data_docs / "pagina.html").write_text("<td>id_presa_in_carico-0</td>")
    (office.home.data_docs / "altra.html").write_text("<td>id_presa_in_carico-01</td>")
    result = purge(office)
    assert not result.is_done
    assert result.proof.found == ["reports/nota.txt", "data_docs/pagina.html"]
    (office.home.reports / "nota.txt").unlink()
    (office.home.data_docs / "pagina.html").unlink()
    assert purge(office).is_done


# A small landing written by hand: minors, their spells and the acts of these, with any dates.
_DATES = st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2039, 1, 1)))
_MINORS = st.lists(st.dates(date(1980, 1, 1), date(2030, 1, 1)), min_size=1, max_size=4)
_SPELLS = st.lists(st.tuples(st.integers(0, 3), _DATES, st.booleans()), max_size=6)
_ACTS = st.lists(st.integers(0, 5), max_size=8)


def write_landing(home: Home, minors: list, spells: list, acts: list) -> None:
    home.landing.unlink(missing_ok=True)
    with connect(home.landing) as con:
        prepare(con)
        common = f"'{LEAD}' as codice_ente, date '2039-06-30' as data_estrazione, 1 as load_seq, 'd' as delivery_id"
        for n, born in enumerate(minors):
            con.execute(
                f"insert into landing.landing.minori by name select {common}, $id as id_minore, $born as data_nascita, "
                "$n as source_row",
                {"id": f"{n:064x}", "born": born, "n": n},
            )
        for n, (minor, closed_on, withdrawn) in enumerate(spells):
            con.execute(
                f"insert into landing.landing.prese_in_carico by name select {common}, $id as id_presa_in_carico, "
                "$minor as id_minore, $closed as data_chiusura, $state as stato_record, $n as source_row",
                {
                    "id": f"p{n}",
                    "minor": f"{minor % len(minors):064x}",
                    "closed": closed_on,
                    "state": "annullato" if withdrawn else None,
                    "n": n,
                },
            )
        for n, spell in enumerate(acts if spells else []):
            con.execute(
                f"insert into landing.landing.interventi by name select {common}, $id as id_intervento, "
                "$spell as id_presa_in_carico, $n as source_row",
                {"id": f"i{n}", "spell": f"p{spell % len(spells)}", "n": n},
            )


@pytest.mark.landing_by_hand
@given(minors=_MINORS, spells=_SPELLS, acts=_ACTS, as_of=st.dates(date(2035, 1, 1), date(2060, 1, 1)))
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # an example costs too much for shrinking
)
def test_exactly_what_expired_goes_and_no_orphan_arises(office, minors, spells, acts, as_of):
    """Against the terms said in Python: ten years from the closing, twenty-eight from the birth, children first."""

    def after(day: date, years: int) -> date:
        return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)

    write_landing(office.home, minors, spells, acts)
    purge(office, as_of)
    extracted = date(2039, 6, 30)
    ends = [closed_on or (extracted if withdrawn else None) for _, closed_on, withdrawn in spells]
    spell_stays = [end is None or not after(end, 10) < as_of for end in ends]
    minor_stays = [
        not after(born, 28) < as_of
        or any(
            stays and spell[0] % len(minors) == n for stays, spell in zip(spell_stays, spells, strict=True)
        )
        for n, born in enumerate(minors)
    ]
    assert left(office, "prese_in_carico") == [f"p{n}" for n, stays in enumerate(spell_stays) if stays]
    assert left(office, "minori") == [f"{n:064x}" for n, stays in enumerate(minor_stays) if stays]
    expected = [f"i{n}" for n, spell in enumerate(acts if spells else []) if spell_stays[spell % len(spells)]]
    assert left(office, "interventi") == sorted(expected)


def test_a_home_without_a_landing_is_left_alone(osservatorio, tmp_path: Path):
    done = osservatorio("purge", home=tmp_path / "casa", check=False)
    assert done.returncode == 2
    assert not (tmp_path / "casa").exists()
