"""Publishing many Ambiti together: what comes along, what is the same each time, what is refused."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from ambiti_by_hand import (
    FIRST,
    MARK,
    NOW,
    SECOND,
    SECOND_NAME,
    move_elsewhere,
    publish_both,
    publish_one,
    snapshot,
)

from osservatorio.ambiti import writing
from osservatorio.ambiti.asked import Asked, all_asked, read_list
from osservatorio.ambiti.contents import ambiti_of, record_marts
from osservatorio.ambiti.publication import publish_together
from osservatorio.database import connect
from osservatorio.errors import StageError, UserError
from osservatorio.home import Home
from osservatorio.integrity import check_release, restore_release
from osservatorio.release import current_release_id, manifest_path, open_release, read_manifest, release_path
from osservatorio.settings import Settings

TABLES = """select table_schema, table_name from information_schema.tables
where table_catalog = current_database() and table_schema in ('main', 'seeds') order by all"""


def in_use(home: Home) -> Path:
    return release_path(home, current_release_id(home) or "")


def rows_of(path: Path, table: str, code: str | None = None) -> list[tuple]:
    """The rows of a table, in their order; those of an Ambito without its code."""
    what, where = ("* exclude (ambito_code)", f" where ambito_code = '{code}'") if code else ("*", "")
    with connect(path, read_only=True) as con:
        return con.execute(f"select {what} from {table}{where}").fetchall()


def tables_of(path: Path) -> list[str]:
    with connect(path, read_only=True) as con:
        return [f"{schema}.{name}" for schema, name in con.execute(TABLES).fetchall()]


def test_every_row_of_every_ambito_is_there_as_it_was_and_no_other(two_homes, together):
    records = record_marts(read_manifest(two_homes[0], current_release_id(two_homes[0]))["keys"])
    assert {"mart_rule_findings", "mart_deadlines", "mart_minor_costs"} <= records
    brought = [table for table in tables_of(in_use(two_homes[0])) if table.partition(".")[2] not in records]
    assert tables_of(in_use(together)) == brought
    for table in brought:
        counts = 0
        for home, code in zip(two_homes, (FIRST, SECOND), strict=True):
            mine = rows_of(in_use(together), table, code)
            assert mine == rows_of(in_use(home), table), table
            counts += len(mine)
        everything = rows_of(in_use(together), table)
        assert len(everything) == counts, table
        codes = [row[0] for row in everything]
        assert codes == sorted(codes), f"{table}: rows of an Ambito do not lie together"


def test_records_of_persons_do_not_come_along(two_homes, together):
    assert b"b" * 64 in b"".join(
        str(row).encode() for row in rows_of(in_use(two_homes[0]), "mart_minor_costs")
    )
    with connect(in_use(together), read_only=True) as con:
        schemas = {
            schema
            for (schema,) in con.execute(
                "select distinct table_schema from information_schema.tables"
            ).fetchall()
        }
        assert schemas == {"main", "seeds", "meta"}
        for table in tables_of(in_use(together)):
            (found,) = con.execute(
                f"select count(*) from {table} as t where regexp_matches(t::varchar, '[0-9a-f]{{64}}')"
            ).fetchone()
            assert found == 0, table


def test_the_register_and_the_manifest_tell_where_each_comes_from(two_homes, together):
    manifest = check_release(together, current_release_id(together))
    with connect(in_use(together), read_only=True) as con:
        register = con.execute("select * from meta.ambiti order by ambito_code").fetchall()
        assert con.execute("select double_of(21)").fetchone() == (42,)
    assert register == [one.registered for one in ambiti_of(manifest).values()]
    for home, row in zip(two_homes, register, strict=True):
        own = read_manifest(home, current_release_id(home))
        assert row[2:5] == (own["release_id"], own["content_sha256"], own["as_of"])
    assert [row[:2] for row in register] == [(FIRST, "Ambito di Seregno"), (SECOND, SECOND_NAME)]
    assert manifest["keys"]["mart_budget"] == ["ambito_code", "municipality_code"]
    assert manifest["as_of"] == "2023-10-31"
    assert manifest["verdict"]["checks"] == 240
    assert not os.access(in_use(together), os.W_OK) or os.geteuid() == 0
    assert in_use(together).stat().st_mode & 0o222 == 0


def test_the_same_ambiti_give_the_same_release_in_any_order_and_in_steps(two_homes, together, own_together):
    wanted = current_release_id(together)
    publish_both(own_together, two_homes[1:])
    step = publish_both(own_together, two_homes[:1])
    assert (step.release_id, step.is_new, step.brought) == (wanted, True, (FIRST,))
    again = publish_both(own_together, two_homes[::-1])
    assert (again.release_id, again.is_new) == (wanted, False)
    for table in tables_of(in_use(together)):
        assert rows_of(in_use(own_together), table) == rows_of(in_use(together), table)


def test_a_renewed_ambito_replaces_its_own_rows_alone(tmp_path, two_homes, own_together):
    publish_both(own_together, two_homes)
    before = current_release_id(own_together)
    old = snapshot(own_together)

    def renewed(con: duckdb.DuckDBPyConnection) -> None:
        move_elsewhere(con)
        con.execute("update mart_complaints set received = received + 1")

    home = publish_one(tmp_path / "secondo", renewed, is_small=True, as_of="2023-09-30")
    done = publish_both(own_together, [home])
    assert done.is_new
    assert done.brought == (SECOND,)
    assert set(done.ambiti) == {FIRST, SECOND}
    for table in tables_of(in_use(own_together)):
        assert rows_of(in_use(own_together), table, FIRST) == rows_of(in_use(two_homes[0]), table)
        assert rows_of(in_use(own_together), table, SECOND) == rows_of(in_use(home), table)
    assert (
        snapshot(own_together).items()
        >= {name: content for name, content in old.items() if name != "current.json"}.items()
    )
    with open_release(own_together, before, of_many=True) as release:
        assert release.rows("select count(distinct ambito_code) from mart_complaints") == [(2,)]
    restore_release(own_together, before)
    assert current_release_id(own_together) == before


def test_an_ambito_can_be_taken_out(two_homes, together, own_together):
    publish_both(own_together, two_homes)
    done = publish_both(own_together, [], taken_out=(SECOND,))
    assert set(done.ambiti) == {FIRST}
    assert done.taken_out == (SECOND,)
    assert {row[0] for row in rows_of(in_use(own_together), "mart_budget")} == {FIRST}
    unchanged = snapshot(own_together)
    with pytest.raises(UserError, match="almeno uno"):
        publish_both(own_together, [], taken_out=(FIRST,))
    with pytest.raises(UserError, match="ambiti list"):
        publish_both(own_together, [], taken_out=("mai-visto",))
    assert snapshot(own_together) == unchanged


def spoil_bytes(home: Home) -> None:
    path = in_use(home)
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def spoil_figures(home: Home) -> None:
    """The file and what the manifest says of its bytes changed together: the figures are not those published."""
    from osservatorio.fingerprint import file_digest

    path, release_id = in_use(home), current_release_id(home)
    path.chmod(0o600)
    with duckdb.connect(str(path)) as con:
        con.execute("update mart_budget set spent = spent + 1")
    told = read_manifest(home, release_id) | {"file_sha256": file_digest(path)}
    manifest_path(home, release_id).write_text(json.dumps(told))


def spoil_manifest(home: Home) -> None:
    """Figures and every fingerprint changed together: only the name is left of what was published."""
    from osservatorio.fingerprint import content_digest, table_fingerprints

    spoil_figures(home)
    release_id = current_release_id(home)
    told = read_manifest(home, release_id)
    told["content_sha256"] = content_digest(table_fingerprints(in_use(home)))
    manifest_path(home, release_id).write_text(json.dumps(told))


def lose_file(home: Home) -> None:
    in_use(home).unlink()


def never_published(home: Home) -> None:
    home.current.unlink()


def of_many(home: Home) -> None:
    release_id = current_release_id(home)
    told = read_manifest(home, release_id) | {"ambiti": []}
    manifest_path(home, release_id).write_text(json.dumps(told))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (spoil_bytes, "danneggiato"),
        (spoil_figures, "non è più quello pubblicato"),
        (spoil_manifest, "ripristinala dalla copia"),
        (lose_file, "non c'è più"),
        (never_published, "nessuna pubblicazione"),
        (of_many, "singoli Ambiti"),
    ],
)
def test_a_release_that_cannot_be_verified_is_refused(
    tmp_path: Path, two_homes, own_together, spoil: Callable[[Home], None], says: str
):
    publish_both(own_together, two_homes[:1])
    before = snapshot(own_together)
    home = publish_one(tmp_path / "secondo", move_elsewhere, is_small=True)
    spoil(home)
    with pytest.raises(UserError, match=says) as refused:
        publish_both(own_together, [home])
    assert "«" in refused.value.message
    assert snapshot(own_together) == before
    assert not (own_together.work / "ambiti").exists()


def drop_column(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("alter table mart_budget drop column spent")


def change_type(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("alter table mart_budget alter spent type varchar")


def add_column(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("alter table mart_budget add column novita integer")


def lose_mart(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("drop table mart_contact")


def add_list(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create table seeds.novita as select 1 as n")


def change_formula(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create or replace macro double_of(x) as (x * 3)")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (drop_column, "la colonna «spent» manca"),
        (change_type, "la colonna «spent» è di un altro tipo"),
        (add_column, "in più la colonna «novita»"),
        (lose_mart, "manca la tavola «mart_contact»"),
        (add_list, "in più la tavola «novita»"),
        (change_formula, "formula «double_of» è diversa"),
    ],
)
def test_tables_of_another_version_are_refused(tmp_path, two_homes, own_together, change, says):
    is_there_already = change in (drop_column, change_formula)
    other = publish_one(
        tmp_path / "secondo", lambda con: (move_elsewhere(con), change(con))[0], is_small=True
    )
    if is_there_already:
        publish_both(own_together, two_homes[:1])
    before = snapshot(own_together)
    with pytest.raises(UserError, match=says) as refused:
        publish_both(own_together, [other] if is_there_already else [two_homes[0], other])
    assert SECOND_NAME in refused.value.message
    assert "Ambito di Seregno" in refused.value.message
    assert snapshot(own_together) == before


def test_the_same_ambito_twice_and_one_without_a_code_are_refused(tmp_path, two_homes, own_together):
    with pytest.raises(UserError, match="due volte"):
        publish_both(own_together, [two_homes[0], two_homes[0]])
    headless = publish_one(
        tmp_path / "senza",
        lambda con: con.execute("update seeds.municipalities set is_lead = false"),
        is_small=True,
    )
    with pytest.raises(UserError, match="Non si sa di quale Ambito"):
        publish_both(own_together, [headless])
    assert current_release_id(own_together) is None
    asked = [Asked(headless, "con-codice", "Con un nome")]
    done = publish_together(own_together, asked, settings=Settings(), now=NOW)
    assert done.ambiti["con-codice"].name == "Con un nome"


@pytest.mark.landing_by_hand
def test_a_home_of_one_ambito_is_not_a_place_for_many(tmp_path, two_homes):
    one = publish_one(tmp_path / "primo", is_small=True)
    before = snapshot(one)
    with pytest.raises(UserError, match="Ambito solo"):
        publish_both(one, two_homes[1:])
    landed = Home(tmp_path / "consegne")
    landed.prepare()
    landed.landing.write_bytes(b"")
    with pytest.raises(UserError, match="Ambito solo"):
        publish_both(landed, two_homes[1:])
    assert snapshot(one) == before


def test_rows_that_are_not_found_again_are_not_published(two_homes, own_together, monkeypatch):
    plain = writing.table_fingerprint

    def other(con, schema, table, *rest):
        if table == "mart_budget":
            con.execute("update mart_budget set spent = spent + 1")
        return plain(con, schema, table, *rest)

    monkeypatch.setattr(writing, "table_fingerprint", other)
    with pytest.raises(StageError, match="mart_budget"):
        publish_both(own_together, two_homes)
    assert current_release_id(own_together) is None
    assert not list(own_together.releases.iterdir())


def test_rows_are_taken_over_from_a_verified_release_alone(two_homes, own_together):
    """One that was spoilt is refused where rows of it are needed, and takes no part where every Ambito is given."""
    publish_both(own_together, two_homes)
    wanted = current_release_id(own_together)
    told = read_manifest(own_together, wanted)
    other = {**told, "ambiti": [{**told["ambiti"][0], "as_of": "2020-12-31"}, told["ambiti"][1]]}
    manifest_path(own_together, wanted).write_text(json.dumps(other))
    with pytest.raises(UserError, match="non dice gli Ambiti"):
        publish_both(own_together, two_homes[1:])
    manifest_path(own_together, wanted).write_text(json.dumps(told))
    spoil_bytes(own_together)
    before = snapshot(own_together)
    with pytest.raises(UserError, match="danneggiato"):
        publish_both(own_together, two_homes[1:])
    assert snapshot(own_together) == before
    mended = publish_both(own_together, two_homes)
    assert mended.release_id == wanted
    check_release(own_together, wanted)


def test_the_list_of_the_ambiti_is_read_and_its_mistakes_are_told(tmp_path, two_homes):
    path = tmp_path / "elenco.csv"
    path.write_text(f"codice;nome;cartella\n;;{two_homes[0].root}\naltro;Altro;vicina\n\n", "utf-8")
    assert read_list(path) == [Asked(two_homes[0]), Asked(Home(tmp_path / "vicina"), "altro", "Altro")]
    for content, says in (
        ("codice;cartella\n", "deve cominciare"),
        ("codice;nome;cartella\nA B;x;y\n", "riga 2: «A B»"),
        ("codice;nome;cartella\na;x;\n", "riga 2: manca la cartella"),
        ("codice;nome;cartella\na;" + "x" * 101 + ";y\n", "riga 2: il nome"),
    ):
        path.write_text(content, "utf-8")
        with pytest.raises(UserError, match=says):
            read_list(path)
    with pytest.raises(UserError, match="non si legge"):
        read_list(tmp_path / "manca.csv")
    with pytest.raises(UserError, match="Non c'è nessun Ambito"):
        all_asked([], None)
    with pytest.raises(UserError, match="non può essere il codice"):
        all_asked(["MAIUSCOLO=x"], None)


def test_the_command_says_what_it_did_and_records_it(osservatorio, tmp_path, two_homes):
    home = tmp_path / "insieme"
    done = osservatorio("ambiti", "publish", two_homes[0].root, f"{SECOND}={two_homes[1].root}", home=home)
    assert "2 Ambiti" in done.stdout
    listed = osservatorio("ambiti", "list", home=home).stdout
    assert FIRST in listed
    assert SECOND_NAME in listed
    assert MARK not in listed.replace(SECOND_NAME, "")
    refused = osservatorio("ambiti", "publish", tmp_path / "manca", home=home, check=False)
    assert refused.returncode == 2
    assert refused.stderr.startswith("Errore: In «")
    assert "Traceback" not in refused.stderr
    for words in (
        ("report", "semestrale", "2022-S1"),
        ("explain", "2022-S1", "minori_in_carico_1000"),
        ("export", "minori-fuori-famiglia", "2022"),
        ("run", tmp_path),
        ("ingest", tmp_path),
        ("releases", "compare", "corrente", "corrente"),
    ):
        refused = osservatorio(*words, home=home, check=False)
        assert refused.returncode == 2, words
        assert "più Ambiti" in refused.stderr, words
        assert not (home / "landing.duckdb").exists()
    bare = osservatorio("ambiti", "publish", home=home, check=False)
    assert bare.returncode == 2
    assert "--elenco" in bare.stderr
    assert "Registro intatto" in osservatorio("audit", "verify", home=home).stdout
    told = json.loads(osservatorio("audit", "list", "--json", home=home).stdout)["entries"]
    assert [entry["phase"] for entry in told if entry["event"] == "ambiti publish"][-2:] == [
        "inizio",
        "non riuscito",
    ]
    assert f"{FIRST}, {SECOND}" in [entry["facts"].get("rinnovati") for entry in told]
    assert "* " in osservatorio("releases", "list", home=home).stdout
    shown = osservatorio("releases", "show", "corrente", home=home).stdout
    assert "chiave            nessuna" in shown
