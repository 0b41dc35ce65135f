"""One Ambito of a release of many, read as if the release were its own; and the real marts, published together."""

from pathlib import Path

import duckdb
import pytest
from ambiti_by_hand import FIRST, MARK, NOW, SECOND
from test_publishing import in_use, rows_of, tables_of

from dashboards.access.scoped import NotAllowedError, ScopedRelease
from osservatorio.access.roles import Role, Scope
from osservatorio.ambiti.asked import Asked
from osservatorio.ambiti.contents import record_marts
from osservatorio.ambiti.publication import publish_together
from osservatorio.ambiti.release import MANY_CATALOGUE, NotHereError, ambito_release
from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.release import current_release_id, open_release, read_manifest
from osservatorio.settings import Settings

ROOT = Path(__file__).parent.parent.parent


def test_an_ambito_is_read_as_its_own_release_is(two_homes, together):
    with open_release(together, of_many=True) as whole:
        for home, code in zip(two_homes, (FIRST, SECOND), strict=True):
            with ambito_release(whole, code) as mine:
                for table in tables_of(in_use(together)):
                    assert mine.rows(f"select * from {table}") == rows_of(in_use(home), table), table
                assert mine.rows(
                    "select code from seeds.code_lists order by rowid"
                )  # as pages read the lists
                own = read_manifest(home, current_release_id(home))
                assert mine.as_of.isoformat() == own["as_of"]
                assert mine.id == whole.id
                assert mine.manifest["verdict"]["checks"] == own["verdict"]["checks"]
                assert mine.rows("select double_of(4)") == [(8,)]


def test_nothing_of_another_is_within_reach(two_homes, together):
    with open_release(together, of_many=True) as whole, ambito_release(whole, FIRST) as mine:
        for table in tables_of(in_use(together)):
            told = mine.rows(f"select count(*) from {table} as t where contains(t::varchar, ?)", [MARK])
            assert told == [(0,)], table
        whole_table = whole.rows("select sum(minors_at_end) from mart_caseload_by_municipality")
        assert mine.rows("select sum(minors_at_end) from mart_caseload_by_municipality") < whole_table
        with pytest.raises(Exception, match=r"(?i)disabled|permission"):
            mine.rows(f"attach '{in_use(two_homes[0])}' as ancora (read_only)")
        with pytest.raises(Exception, match=r"(?i)disabled|permission"):
            mine.rows("select * from read_csv('/etc/hostname')")
        with pytest.raises(UserError, match="non è in questa pubblicazione"):
            ambito_release(whole, "mai-visto")


def test_no_query_of_the_pages_names_the_release_of_all():
    """What is cut to an Ambito stands beside the whole file, under a name that only what cuts it may know."""
    rooms = ("dashboards", "expectations", "ingestion", "osservatorio", "reporting")
    for path in (path for room in rooms for path in (ROOT / room).rglob("*.py")):
        if path.name != "release.py":
            text = path.read_text("utf-8")
            assert MANY_CATALOGUE not in text, path
            assert "MANY_CATALOGUE" not in text, path


def test_lists_of_records_are_elsewhere_and_a_mistake_is_one(together):
    with open_release(together, of_many=True) as whole, ambito_release(whole, FIRST) as mine:
        for table in ("mart_rule_findings", "mart_deadlines", "core.fct_spell"):
            with pytest.raises(NotHereError, match="Ufficio di Piano dell'Ambito"):
                mine.query(f"select * from {table}")
            with pytest.raises(NotHereError):
                mine.rows(f"select * from {table}")
        with pytest.raises(duckdb.CatalogException):
            mine.query("select * from non_esiste")


@pytest.mark.parametrize(("code", "town"), [(FIRST, "108030"), (SECOND, "909030")])
def test_a_municipality_reads_its_rows_of_its_ambito(together, code, town):
    with open_release(together, of_many=True) as whole, ambito_release(whole, code) as mine:
        scope = Scope(Role.MUNICIPALITY, town, code)
        with ScopedRelease(mine, scope) as cut:
            for table in ("mart_budget", "mart_complaints", "mart_caseload_by_municipality"):
                columns = cut.query(f"select * from {table}").columns
                assert "ambito_code" not in columns
                assert set(cut.query(f"select * from {table}").municipality_code) == {town}
            assert cut.rows("select municipality_code from seeds.municipalities") == [(town,)]
            with pytest.raises(NotAllowedError):
                cut.rows("select * from meta.ambiti")
        with ScopedRelease(
            mine, Scope(Role.MUNICIPALITY, "909030" if code == FIRST else "108030", code)
        ) as none:
            assert none.rows("select count(*) from mart_complaints") == [(0,)]


def test_real_marts_keep_every_row_and_their_keys(small_home, tmp_path):
    """A home as two Ambiti: each has its rows of every mart, and its key with the code tells each row."""
    own, home = Home(small_home), Home(tmp_path / "insieme")
    home.prepare()
    asked = [Asked(own), Asked(own, "ambito-due", "Ambito due")]
    done = publish_together(home, asked, settings=Settings(), now=NOW)
    assert list(done.ambiti) == [FIRST, "ambito-due"]
    manifest, mine = read_manifest(home, done.release_id), read_manifest(own, current_release_id(own))
    left_out = record_marts(mine["keys"])
    assert left_out == {
        "mart_cost_sharing_mismatches",
        "mart_deadlines",
        "mart_meetings",
        "mart_minor_costs",
        "mart_rule_findings",
        "mart_sinba",
    }
    assert manifest["keys"].keys() == mine["keys"].keys() - left_out
    with connect(in_use(home), read_only=True) as con:
        con.execute(f"attach '{in_use(own)}' as sua (read_only)")
        for table in tables_of(in_use(home)):
            for code in done.ambiti:
                both = (
                    f"(select * exclude (ambito_code) from {table} where ambito_code = '{code}')",
                    f"(from sua.{table})",
                )
                for one, other in (both, both[::-1]):
                    (apart,) = con.execute(f"select count(*) from ({one} except all {other})").fetchone()
                    assert apart == 0, (table, code)
            (found,) = con.execute(
                f"select count(*) from {table} as t where regexp_matches(t::varchar, '[0-9a-f]{{64}}')"
            ).fetchone()
            assert found == 0, f"{table}: a pseudonym came along"
        for mart, key in manifest["keys"].items():
            assert key[0] == "ambito_code"
            rows, keys = con.execute(
                f"select count(*), count(distinct ({', '.join(key)})) from {mart}"
            ).fetchone()
            assert rows == keys, mart
