"""A figure followed: what it means, the rows it stands in, the SQL, the deliveries, and what it was before."""

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from osservatorio.database import connect
from osservatorio.errors import UserError
from osservatorio.explain import Explanation, explain
from osservatorio.explain_sources import State
from osservatorio.explain_texts import causes, facts
from osservatorio.home import Home
from osservatorio.reference import read_seed
from osservatorio.release import current_release_id, manifest_path, open_release, read_manifest, release_path

MEDA, CODE, PERIOD = "108030", "minori_in_carico_1000", "2022-S1"
EARLIER, PURGED = "2022-06-30-0123456789ab", "2022-06-30-0123456789ac"
OWN = "prese_in_carico__meda__2022-12-31.csv"  # what the earlier release did not hold yet
MART = "mart_caseload_by_municipality"


def copy_release(home: Home, name: str, minutes: int, **changed: object) -> dict:
    """The release in use again under another name, made so many minutes before it."""
    manifest = read_manifest(home, current_release_id(home))
    made = datetime.fromisoformat(manifest["created_at"]) - timedelta(minutes=minutes)
    shutil.copy(release_path(home, manifest["release_id"]), release_path(home, name))
    release_path(home, name).chmod(0o644)
    manifest |= {"release_id": name, "created_at": made.isoformat(), **changed}
    manifest_path(home, name).write_text(json.dumps(manifest), "utf-8")
    return manifest


@pytest.fixture(scope="module")
def home(small_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The small home with an earlier release, of which Meda had one minor fewer and one delivery was not there."""
    home = Home(tmp_path_factory.mktemp("spiegata"))
    for folder in ("keys", "releases"):
        shutil.copytree(small_home / folder, home.root / folder)
    shutil.copy(small_home / "current.json", home.current)
    manifest = read_manifest(home, current_release_id(home))
    assert OWN in {delivery["file"] for delivery in manifest["deliveries"]}
    models = {"int_caseload_grid": "0" * 64, "mart_budget": "0" * 64}
    copy_release(
        home,
        EARLIER,
        60,
        deliveries=[delivery for delivery in manifest["deliveries"] if delivery["file"] != OWN],
        models=manifest["models"] | models,
        settings=manifest["settings"] | {"complaint_answer_days": 45},
    )
    with connect(release_path(home, EARLIER)) as con:
        where = f"period = '{PERIOD}' and municipality_code = '{MEDA}' and service_code = 'TUTTI'"
        for mart, also in (("mart_indicators", f" and indicator_code = '{CODE}'"), (MART, "")):
            names = ("numerator", "value") if also else ("minors_at_end", "minors_per_1000")
            con.execute(
                f"update {mart} set {names[0]} = {names[0]} - 1, {names[1]} = {names[1]} / 2 where {where}{also}"
            )
        con.execute("update seeds.resident_minors set source = source || ' (bozza)'")
    return home


@pytest.fixture(scope="module")
def found(home: Home) -> Explanation:
    return explain(home, PERIOD, CODE, comune="meda")


def cell(home: Home, column: str, table: str, **where: str) -> object:
    with open_release(home) as release:
        names = " and ".join(f"{name} = ${number}" for number, name in enumerate(where, 1))
        ((value,),) = release.rows(f"select {column} from {table} where {names}", list(where.values()))
    return value


def test_an_indicator_with_its_words_counts_and_interval(home, found):
    seed = next(row for row in read_seed("indicators") if row["indicator_code"] == CODE)
    place = {"period": PERIOD, "municipality_code": MEDA, "service_code": "TUTTI"}
    minors = cell(home, "minors_at_end", MART, **place)
    told = dict(facts(found))
    assert told["Numeratore"] == f"{seed['numerator']}: {minors}"
    assert told["Denominatore"].startswith(seed["denominator"])
    assert told["Definizione"] == seed["definition"]
    assert told["Risponde a"] == seed["serves"]
    assert told["Valore"].endswith(seed["unit"])
    assert "al 95%" in told["Intervallo"]
    assert told["Attenzione"].startswith("numeri piccoli")  # at this scale Meda follows few


def test_the_rows_of_both_marts_in_words(home, found):
    assert [(row.mart, row.column) for row in found.rows] == [
        ("mart_indicators", "value"),
        (MART, "minors_per_1000"),
    ]
    labels = {words.name: words.label for words, _ in found.rows[1].cells}
    assert labels["minors_at_end"] == "Minori in carico alla fine"
    values = {words.name: value for words, value in found.rows[1].cells}
    assert values["minors_per_1000"] == pytest.approx(found.value)


def test_the_query_reads_the_figure_from_the_release(home, found):
    with connect(release_path(home, current_release_id(home)), read_only=True) as con:
        ((value, numerator, *_),) = con.execute(found.query).fetchall()
    assert (value, numerator) == (found.value, found.measured["numerator"])


def test_the_sql_is_that_of_the_models_that_made_the_release(found):
    assert [source.name for source in found.sources.main] == ["int_indicators_caseload", "mart_indicators"]
    assert CODE in found.sources.main[0].sql
    behind = {source.name for source in found.sources.behind}
    assert {"int_caseload_grid", "fct_spell", "stg_prese_in_carico", "dim_minor"} <= behind
    assert not {"int_indicators_quality", "mart_complaints", "rule_r05_1"} & behind
    assert {"macros/statistics.sql", "macros/current_version.sql"} <= {s.name for s in found.sources.formulas}
    assert {source.state for source in found.sources.all} == {State.SAME}
    assert {"resident_minors", "indicators"} <= set(found.sources.lists)


def test_a_text_that_is_no_longer_the_one_of_the_release_is_told(home):
    found = explain(home, PERIOD, CODE, comune="meda", release_id=EARLIER)
    states = {source.name: source.state for source in found.sources.all}
    assert [name for name, state in states.items() if state is not State.SAME] == ["int_caseload_grid"]
    assert states["int_caseload_grid"] is State.OTHER
    assert found.later == 1


def test_the_deliveries_are_those_whose_rows_count_for_the_municipality(home, found):
    upstream = {"minori", "operatori", "ore_operatori", "prese_in_carico"}
    assert {delivery["extract"] for delivery in found.deliveries} == upstream == set(found.extracts)
    known = read_manifest(home, current_release_id(home))["deliveries"]
    expected = {
        d["file"] for d in known if d["extract"] in upstream and (d["moves"] is None or MEDA in d["moves"])
    }
    assert {delivery["file"] for delivery in found.deliveries} == expected
    assert OWN in expected
    assert not any("giussano" in name for name in expected)
    assert {d["codice_ente"] for d in found.deliveries if "__meda__" in d["file"]} == {MEDA}
    whole = explain(home, PERIOD, CODE)
    assert expected < {delivery["file"] for delivery in whole.deliveries}


def test_how_it_differs_from_the_release_before_and_why(home, found):
    before, after = found.history
    assert (before.release_id, after.release_id) == (EARLIER, current_release_id(home))
    assert after.value == found.value == pytest.approx(before.value * 2)
    assert after.row["numerator"] == before.row["numerator"] + 1
    assert [change.delivery["file"] for change in after.causes.deliveries] == [OWN]
    # The budget's definition changed too, but the figure does not rest on it.
    named = {(item.kind, item.name) for item in after.causes.circumstances}
    assert named == {
        ("settings", "complaint_answer_days"),
        ("models", "int_caseload_grid"),
        ("lists", "resident_minors"),
    }
    told = causes(after.causes)
    assert any(line.startswith(f"consegna arrivata: {OWN}") for line in told)
    assert "Impostazione: Giorni per rispondere a un reclamo: 45 → 30" in told


def test_a_figure_that_did_not_move_has_no_causes(home):
    found = explain(home, PERIOD, CODE, comune="giussano")
    assert [step.is_moved for step in found.history] == [False, False]


def test_a_release_whose_file_is_gone_is_told_and_passed_over(home, tmp_path):
    other = Home(tmp_path)
    for folder in (home.keys, home.releases):
        shutil.copytree(folder, tmp_path / folder.name)
    shutil.copy(home.current, other.current)
    copy_release(other, PURGED, 30)
    release_path(other, PURGED).unlink()
    found = explain(other, PERIOD, CODE, comune="meda")
    assert [(step.release_id, bool(step.problem)) for step in found.history][1] == (PURGED, True)
    assert found.history[2].is_moved  # since the last one that can be read


def test_a_figure_of_a_mart_that_is_an_indicator_has_its_words(home):
    found = explain(home, PERIOD, f"{MART}.minors_per_1000", comune=MEDA)
    assert found.indicator["indicator_code"] == CODE
    assert [row.mart for row in found.rows] == [MART]


def test_a_figure_that_is_no_indicator(home):
    found = explain(home, "2022", "mart_budget.allotted", where=["area=servizi_associati"])
    place = {"year": "2022", "municipality_code": "AMBITO", "area": "servizi_associati"}
    assert (found.indicator, found.value) == (None, cell(home, "allotted", "mart_budget", **place))
    assert dict(facts(found))["Valore"].endswith(",00\N{NO-BREAK SPACE}€")
    total = explain(home, "2022", "mart_budget.allotted")
    assert total.cell.key["area"] == "TUTTE"


def test_a_rule_leads_to_its_own_model_and_extracts(home):
    found = explain(home, "2022", "REGOLA_r05.1")
    assert found.indicator["indicator_code"] == "regola_R05.1"
    assert [row.mart for row in found.rows] == ["mart_indicators", "mart_rule_compliance"]
    names = {source.name for source in found.sources.behind}
    assert [name for name in names if name.startswith("rule_r")] == ["rule_r05_1"]
    assert found.extracts == ["minori", "prese_in_carico"]


def test_the_row_of_each_mart_that_shows_an_indicator_is_found(home):
    """One indicator of each mart: the first of its rows that has a value. The small deliveries have no case of few."""
    seeds = {row["source_mart"]: row for row in read_seed("indicators") if row["source_column"]}
    left = set()
    for mart, seed in seeds.items():
        with open_release(home) as release:
            rows = release.rows(
                """select period, municipality_code, service_code from mart_indicators
                where indicator_code = $code and value is not null and period_type <> 'month'
                order by value desc, period desc, municipality_code desc, service_code""",
                {"code": seed["indicator_code"]},
            )
        if not rows:
            left.add(mart)
            continue
        period, place, service = rows[0]
        found = explain(
            home,
            period,
            seed["indicator_code"],
            comune=None if place == "AMBITO" else place,
            servizio=None if service == "TUTTI" else service,
        )
        assert [(row.mart, row.column) for row in found.rows[1:]] == [(mart, seed["source_column"])]
        assert found.sources.main[0].name.startswith("int_indicators_")
        assert found.deliveries
    assert len(left) <= 2, left


@pytest.mark.parametrize(
    ("period", "code", "options", "says"),
    [
        ("2022-S3", CODE, {}, "Il periodo «2022-S3» non è riconosciuto"),
        (PERIOD, "minori_in_carico_100", {}, "Forse «minori_in_carico_1000»"),
        (PERIOD, "minori seguiti nel periodo", {}, "Forse «minori_seguiti_1000»"),
        (PERIOD, "quota_spesa", {}, "si calcola per anno: scrivi 2022 invece di 2022-S1"),
        ("2022-06", "affidi_1000", {}, "per semestre o per anno: scrivi 2022-S1 o 2022 invece di 2022-06"),
        ("2035", "affidi_1000", {}, "con periodo «2035». Ci sono: "),
        (PERIOD, CODE, {"comune": "mda"}, "Forse «Meda»?"),
        (PERIOD, CODE, {"servizio": "amd"}, "Forse «adm»?"),
        (PERIOD, "affidi_1000", {"servizio": "adm"}, "con codice del servizio «adm». Ci sono: TUTTI."),
        (PERIOD, "mart_bduget.spent", {}, "Forse «mart_budget»"),
        ("2022", "mart_budget.spnt", {}, "Forse «spent»"),
        ("2022", "mart_budget.", {}, "Il nome di una colonna manca"),
        ("2022", "mart_budget.year", {}, "fa parte della chiave"),
        (PERIOD, "mart_budget.spent", {}, "sono per anno: scrivi 2022 invece di 2022-S1"),
        ("2022", "mart_budget.spent", {"where": ["area"]}, "--where colonna=valore"),
        ("2022", "mart_budget.spent", {"where": ["aria=x"]}, "Forse «area»"),
        ("2022", "mart_budget.spent", {"where": ["area=servizi"]}, "Forse «servizi_associati»"),
        (PERIOD, "mart_governance.meetings", {"comune": "meda"}, "non è distinta per Comune"),
        (
            PERIOD,
            "mart_caseload_profile.minors_at_end",
            {},
            "aggiungi --where dimension=VALORE, fra age_band",
        ),
        ("2022", "mart_minor_costs.paid", {}, "singoli record"),
        (PERIOD, "mart_rule_findings.severity", {}, "singoli record"),
    ],
)
def test_what_is_not_there_is_told_with_what_was_perhaps_meant(home, period, code, options, says):
    with pytest.raises(UserError) as raised:
        explain(home, period, code, **options)
    assert says in raised.value.message


def test_nothing_of_what_a_person_writes_becomes_sql(home):
    for text in ("mart_budget.spent; drop table x", "mart_budget.spent as y", "' or 1=1 --"):
        with pytest.raises(UserError):
            explain(home, "2022", text)
    with pytest.raises(UserError):
        explain(home, "2022", "mart_budget.spent", where=["area=x' or '1'='1"])


def test_the_command_in_italian_and_for_machines(home, osservatorio):
    words = ("explain", PERIOD, CODE, "--comune", "Meda")
    told = osservatorio(*words, home=home.root).stdout
    assert told.startswith(
        "Minori in carico ogni 1.000 residenti (minori_in_carico_1000)\nprimo semestre 2022 · Meda"
    )
    for part in (
        "Numeratore",
        "select value",
        "La stessa cifra nelle pubblicazioni",
        OWN,
        "int_caseload_grid",
    ):
        assert part in told
    assert (
        "{{ ref('int_caseload_grid') }}" in told
    )  # the text that computes it, and only with --tutto those behind
    assert "from {{ ref('fct_spell') }}" not in told
    assert "from {{ ref('fct_spell') }}" in osservatorio(*words, "--tutto", home=home.root).stdout
    found = json.loads(osservatorio(*words, "--json", home=home.root).stdout)
    assert found["key"]["municipality_code"] == MEDA
    assert found["history"][0]["release_id"] == EARLIER
    assert {"file", "codice_ente", "extract", "last_extraction", "sha256", "accepted", "quarantined"} <= set(
        found["deliveries"][0]
    )
    done = osservatorio("explain", PERIOD, "minori_in_carico_100", home=home.root, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
