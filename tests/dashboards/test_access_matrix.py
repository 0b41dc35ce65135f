"""Role × page × table: what each person sees, and that nothing of anybody else leaves the layer of the queries."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from doors import MEDA, OF_ROLE, SCOPES, SEVESO, claims, kept
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboards import queries, source
from dashboards.access import session
from dashboards.access.permissions import ACTIONS_OF, TABLES, WHY_NOT, Action, may_do, may_open
from dashboards.access.scoped import NotAllowedError, ScopedRelease
from dashboards.pages import PAGES
from dashboards.queries import reading
from dashboards.server import APP
from dashboards.text import plain
from osservatorio.access.roles import OFFICE, Role, Scope
from osservatorio.home import Home
from osservatorio.reference import municipalities, read_seed
from osservatorio.release import Release, open_release

OWN = SCOPES[Role.MUNICIPALITY]
OTHERS = [town for code, town in municipalities().items() if code != MEDA]


@pytest.fixture(scope="module")
def cut(fake_home: Home) -> Iterator[dict[Role, Release]]:
    """The made-up release as each role sees it."""
    with open_release(fake_home) as whole:
        seen = {
            role: whole if scope == OFFICE else ScopedRelease(whole, scope) for role, scope in SCOPES.items()
        }
        yield seen
        for release in seen.values():
            release.close()


@pytest.fixture
def door(fake_home: Home, tmp_path: Path) -> Iterator[session.Doorkeeper]:
    with kept(tmp_path, fake_home) as (keeper, _):
        yield keeper


def _at(role: Role, page: str, **choices: str) -> AppTest:
    """The dashboard for a person of a role, at an address."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.user = claims(OF_ROLE[role])
    for name, value in choices.items():
        app.query_params[name] = value
    app._page_hash = calc_hash(page)
    return app.run()


def test_every_table_of_a_release_has_its_rule_and_every_rule_its_reason() -> None:
    assert {f"main.{row['mart']}" for row in read_seed("marts")} == {
        name for name in TABLES if name.startswith("main.")
    }
    assert all(rule.reason and not (rule.is_public and rule.own_by == "") for rule in TABLES.values())


@pytest.mark.parametrize("table", [*TABLES, "core.fct_spell", "core.dim_minor", "seeds.published_figures"])
@pytest.mark.parametrize("role", Role)
def test_a_role_reads_its_rows_of_a_table_or_none(cut: dict[Role, Release], role: Role, table: str) -> None:
    schema, name = table.split(".")
    whole = cut[Role.OFFICE]
    found = whole.rows(
        "select 1 from information_schema.tables where table_schema = ? and table_name = ?", [schema, name]
    )
    if not found:  # the made-up release has not all of them: the demonstration, below, has
        with pytest.raises(Exception, match="does not exist"):
            cut[role].query(f"select * from {table}")
        return
    rule = TABLES.get(table)
    if role is Role.OFFICE:
        assert cut[role].query(f"select * from {table}") is not None
    elif role is Role.MUNICIPALITY and rule and (rule.own_by or rule.is_public):
        rows = cut[role].query(f"select * from {table}")
        key = rule.own_by
        if key:
            (wanted,) = whole.rows(f"select count(*) from {table} where {key} = ?", [MEDA])[0]
            assert set(rows[key]) <= {MEDA}
            assert len(rows) == wanted
        for column in rule.hidden:
            assert rows[column].isna().all()
    else:
        with pytest.raises(NotAllowedError):
            cut[role].query(f"select * from {table}")


def test_the_demonstration_is_cut_the_same_way(demo_home: Path) -> None:
    """Real columns: every table that a municipality reads holds its rows alone, and every other is not there."""
    with open_release(Home(demo_home)) as whole, ScopedRelease(whole, OWN) as mine:
        there = {
            f"{schema}.{name}"
            for schema, name in mine.rows("select table_schema, table_name from information_schema.tables")
        }
        assert there == {name for name, rule in TABLES.items() if rule.own_by or rule.is_public}
        everything = whole.rows(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_schema in ('main', 'core', 'seeds')"
        )
        assert {"core.fct_spell", "core.dim_minor", "main.mart_indicators"} < {name for (name,) in everything}
        for (name,) in everything:
            if name not in there:
                with pytest.raises(NotAllowedError):
                    mine.query(f"select * from {name}")
        for name in there:
            rows = mine.query(f"select * from {name}")
            for column in rows.columns.intersection(["municipality_code", "codice_ente"]):
                if TABLES[name].is_public:
                    continue
                assert set(rows[column].dropna()) <= (
                    {MEDA} if column == TABLES[name].own_by else set(municipalities())
                )
            if TABLES[name].own_by:
                assert rows.empty or name.startswith("core.") or not _names_others(rows), name
        assert mine.rows("select count(*) from mart_caseload_by_municipality")[0][0] > 100
        with pytest.raises(Exception, match=r"(?i)disabled|permission"):
            mine.rows(f"select * from read_csv('{demo_home / 'audit.log'}')")
        with pytest.raises(Exception, match=r"(?i)disabled|permission"):
            mine.rows(f"attach '{whole.path}' as intera (read_only)")
        assert {one["municipalities"][0] for one in mine.manifest["deliveries"]} <= {MEDA}
        assert {check["observed"] for check in mine.manifest["verdict"]["results"]} == {None}
        assert not any(town.code in json.dumps(mine.manifest) for town in OTHERS)


def _names_others(rows: pd.DataFrame) -> bool:
    text = rows.select_dtypes("object").astype(str).to_csv()
    return any(f",{town.name}," in text for town in OTHERS)


def test_a_role_without_tables_has_none_and_knows_only_which_release_it_is(cut: dict[Role, Release]) -> None:
    for role in (Role.GOVERNANCE, Role.ASSEMBLY):
        assert cut[role].rows("select count(*) from information_schema.tables") == [(0,)]
        assert set(cut[role].manifest) == {"release_id", "as_of"}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OFFICE])
def test_the_pages_of_a_role_and_no_others_open_at_their_address(
    door: session.Doorkeeper, role: Role
) -> None:
    app = _at(role, "rilasci")
    for name, page in PAGES.items():
        if may_open(role, name) and role is Role.MUNICIPALITY:
            continue  # what they show is tested on its own
        app._page_hash = calc_hash(name)
        app.run()
        assert not app.exception
        assert app.title[0].value == page.title
        shown = " ".join(warning.value for warning in app.warning)
        if may_open(role, name):
            assert "non è compresa" not in shown
            assert app.info, "no export was ever registered here, and the page says so"
        else:
            assert "Questa pagina non è compresa nel tuo accesso" in shown
            why = WHY_NOT.get((role, name))
            assert (why is not None) == (plain(why or "") in [text.value for text in app.markdown])
            assert "ufficio@ambito.it" in app.main.text[0].value
            assert len(app.table) + len(app.metric) + len(app.selectbox) == 0, name


@pytest.mark.parametrize("page", [name for name in PAGES if may_open(Role.MUNICIPALITY, name)])
def test_a_municipality_sees_itself_alone_on_every_page(
    door: session.Doorkeeper, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """Neither a query nor anything on the page tells of another municipality, whatever the address asks for."""
    read: list[pd.DataFrame] = []
    plain_query = ScopedRelease.query

    def watched(self: ScopedRelease, *args: object) -> pd.DataFrame:
        read.append(plain_query(self, *args))  # type: ignore[arg-type]
        return read[-1]

    monkeypatch.setattr(ScopedRelease, "query", watched)
    reading._kept.clear()
    reading._whole.clear()
    app = _at(Role.MUNICIPALITY, page, comune="seveso", periodo="2022")
    assert not app.exception
    assert app.title[0].value == PAGES[page].title
    assert app.table
    assert read
    for frame in read:
        for column in frame.columns.intersection(["municipality_code"]):
            assert set(frame[column]) <= {MEDA}
    assert app.query_params["comune"] == "meda"
    text = _everything(app)
    assert "Meda" in text
    for town in OTHERS:
        # «Seregno» is the Ambito's own name too.
        names = text.replace("Ambito Territoriale di Seregno", "").replace("Ambito di Seregno", "")
        assert town.code not in text, town.name
        assert town.name not in names or town.name == "Seregno", town.name


def _everything(app: AppTest) -> str:
    """All that the page sends to the browser, charts included."""
    parts = [str(node) for node in app.main]
    parts += [table.value.to_csv() for table in app.table]
    parts += [json.dumps(chart.proto.spec) for chart in app.get("plotly_chart")]
    return "\n".join(parts)


def test_results_are_kept_apart_by_who_sees_them(cut: dict[Role, Release], fake_home: Home) -> None:
    with open_release(fake_home) as whole:
        seveso = ScopedRelease(whole, Scope(Role.MUNICIPALITY, SEVESO))
    towns = [
        set(queries.caseload(release, period="2022").municipality_code)
        for release in (cut[Role.OFFICE], cut[Role.MUNICIPALITY], seveso, cut[Role.MUNICIPALITY])
    ]
    seveso.close()
    assert len(towns[0]) == 11
    assert towns[1:] == [{MEDA}, {SEVESO}, {MEDA}]


def test_a_kind_of_release_that_the_cache_does_not_know_is_never_kept(fake_home: Home) -> None:
    class Another(Release):
        pass

    with open_release(fake_home) as whole:
        other = Another(whole.path, whole.manifest)
        with pytest.raises(Exception, match=r"(?i)hash"):
            queries.periods(other)
        other.close()


def test_everything_kept_for_all_sessions_is_kept_by_release_or_by_scope() -> None:
    """`st.cache_data` and `st.cache_resource` are of the whole process: each key tells who may see the result."""
    found = 0
    for path in sorted((Path(APP).parent).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            caches = [one for one in node.decorator_list if "st.cache_" in ast.unparse(one)]
            if not caches:
                continue
            found += 1
            names = {
                argument.arg: ast.unparse(argument.annotation)
                for argument in node.args.args
                if argument.annotation
            }
            by_release = names.get("release") == "Release" and "BY_RELEASE" in ast.unparse(caches[0])
            assert by_release or names.get("seen_by") == "str", f"{path.name}: {node.name}"
    assert found >= 6


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_actions(role: Role, action: Action) -> None:
    allowed = {
        Role.OFFICE: set(Action),
        Role.MUNICIPALITY: {Action.DOWNLOAD_TABLE, Action.READ_LIST},
        Role.GOVERNANCE: {Action.DOWNLOAD_TABLE, Action.READ_PROTECTED, Action.DOWNLOAD_PROTECTED},
        Role.ASSEMBLY: {Action.DOWNLOAD_TABLE, Action.READ_PROTECTED, Action.DOWNLOAD_PROTECTED},
    }
    assert may_do(role, action) is (action in allowed[role])
    assert set(ACTIONS_OF) == set(Role)


def test_the_desk_and_other_releases_are_of_the_office(
    door: session.Doorkeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    for role in Role:
        monkeypatch.setattr(session, "claims", lambda role=role: claims(OF_ROLE[role]))
        if role is Role.OFFICE:
            assert source.home() is not None
            assert source.desk() is None, "nobody gave a desk here"
            continue
        with pytest.raises(NotAllowedError, match="scrivere e produrre"):
            source.desk()
        with pytest.raises(NotAllowedError, match="confrontare"):
            source.home()
    monkeypatch.setattr(session, "claims", dict)
    with pytest.raises(NotAllowedError, match="bisogna accedere"):
        source.release()
