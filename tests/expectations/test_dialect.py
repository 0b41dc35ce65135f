"""The dialect over an open, read-only DuckDB connection."""

import duckdb
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import NoSuchTableError

from expectations.dialect import landing_url


@pytest.fixture
def engine(opened, clean_landing, tmp_path):
    with opened(clean_landing, tmp_path / "spill") as connection, landing_url(connection) as url:
        yield sa.create_engine(url)


def test_results_outlive_the_connection_that_asked(engine):
    """What duckdb-engine's own dialect cannot do, and Great Expectations needs."""
    with engine.connect() as connection:
        first = connection.execute(sa.text("select 1 as a union all select 2 order by a"))
        second = connection.execute(sa.text("select 3 as b"))
    with engine.connect() as connection:
        connection.rollback()
    assert first.fetchall() == [(1,), (2,)]
    assert second.scalar() == 3


def test_closing_the_engine_leaves_the_duckdb_connection_open(opened, clean_landing, tmp_path):
    with opened(clean_landing, tmp_path / "spill") as duck:
        with landing_url(duck) as url:
            engine = sa.create_engine(url)
            with engine.begin() as connection:
                connection.execute(sa.text("select 1"))
            engine.dispose()
        assert duck.execute("select count(*) from archive.landing.minori").fetchone()[0] > 0


def test_the_landing_cannot_be_written(engine):
    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError) as raised:
        connection.execute(sa.text("delete from archive.landing.minori"))
    assert isinstance(raised.value.orig, duckdb.InvalidInputException)
    assert "read-only" in str(raised.value)


def test_columns_come_from_the_catalogue_in_order(engine):
    columns = sa.inspect(engine).get_columns("risorse", schema="archive.landing")
    assert [column["name"] for column in columns][:7] == [
        "codice_ente",
        "comune_riferimento",
        "data_estrazione",
        "stato_record",
        "anno",
        "area",
        "importo",
    ]


def test_an_unknown_table_is_said_so(engine):
    with pytest.raises(NoSuchTableError):
        sa.inspect(engine).get_columns("risorse", schema="archive.meta")


def test_an_address_is_valid_only_while_its_block_lasts(opened, clean_landing, tmp_path):
    with opened(clean_landing, tmp_path / "spill") as duck:
        with landing_url(duck) as url:
            engine = sa.create_engine(url)
        with pytest.raises(KeyError), engine.connect():
            pass
