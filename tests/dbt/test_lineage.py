"""What the build tells the manifest of a release: the key of each mart and the extracts that its figures come from."""

import pytest
from dbt_landings import project_manifest

from osservatorio.contracts import load_contracts
from osservatorio.explain_sources import State, read_sources
from osservatorio.lineage import LONG_TABLE, describe_graph, describe_marts
from osservatorio.lineage_picture import PICTURE, draw_lineage
from osservatorio.reference import code_list, read_seed
from osservatorio.upstream import (
    Origin,
    computing_model,
    extracts_behind,
    lists_records,
    names_behind,
    origin_of,
)

CASES = ["minori", "prese_in_carico"]


@pytest.fixture(scope="module")
def described() -> dict[str, dict[str, list[str]]]:
    return describe_marts(project_manifest())


@pytest.mark.parametrize(
    ("mart", "extracts"),
    [
        ("mart_expenditure", ["spese"]),
        ("mart_controls", ["controlli"]),
        ("mart_service_usage", ["interventi", *CASES]),
        ("mart_complaints", [*CASES, "reclami"]),
        ("mart_budget", [*CASES, "risorse", "spese"]),
        (
            "mart_rule_findings",
            sorted(
                {
                    *CASES,
                    "affidi",
                    "compartecipazioni",
                    "formazione",
                    "inserimenti",
                    "interventi",
                    "operatori",
                }
                | {
                    "ore_operatori",
                    "progetti",
                    "provvedimenti",
                    "reclami",
                    "relazioni_ag",
                    "riunioni",
                    "spese",
                    "tariffe",
                }
            ),
        ),
        ("mart_data_quality", sorted(load_contracts())),
    ],
)
def test_the_extracts_that_figures_come_from(described, mart, extracts):
    """Not those that only say which periods there are: the calendar carries no figure."""
    assert described["lineage"][mart] == extracts


def test_every_mart_has_a_key_a_lineage_and_a_title(described):
    marts = {row["mart"] for row in read_seed("mart_columns")}
    assert set(described["keys"]) == set(described["lineage"]) == marts
    assert set(code_list("mart")) == marts
    assert {row["mart"] for row in read_seed("marts") if row["description"].endswith(".")} == marts
    columns = {(row["mart"], row["column_name"]) for row in read_seed("mart_columns")}
    for mart, key in described["keys"].items():
        assert {(mart, name) for name in key} <= columns


def test_the_picture_is_current():
    """`make dictionary` draws it anew."""
    assert PICTURE.read_text("utf-8") == draw_lineage(project_manifest())


@pytest.fixture(scope="module")
def manifest(described) -> dict:
    """What a release's manifest says of where its figures come from."""
    project = project_manifest()
    models = {
        node.name: node.checksum.checksum for node in project.nodes.values() if node.resource_type == "model"
    }
    return {**described, "graph": describe_graph(project), "models": models}


def test_the_graph_leads_to_the_extracts_that_the_lineage_names(manifest):
    for mart, extracts in manifest["lineage"].items():
        names = names_behind(manifest, Origin(mart))
        assert names[0] == mart
        found = sorted(name.removeprefix("landing.") for name in names if name.startswith("landing."))
        assert found == extracts or mart == "mart_data_quality", mart
        assert extracts_behind(manifest, Origin(mart)) == extracts


def test_every_indicator_leads_to_the_model_that_computes_it(manifest):
    rest = set(manifest["graph"]["indicators"])
    for row in read_seed("indicators"):
        code = row["indicator_code"]
        model = computing_model(manifest, code)
        assert model in manifest["graph"]["parents"][LONG_TABLE], code
        names = names_behind(manifest, origin_of(manifest, LONG_TABLE, [code, "AMBITO"]))
        groups = {name for name in names if name.startswith("int_indicators_")}
        assert groups == {model}, code
        rest -= {code, next((name for name in rest if name.endswith("*") and code.startswith(name[:-1])), "")}
    assert not rest, "the seed has no such indicator"


def test_a_rule_leads_to_its_own_model(manifest):
    for row in read_seed("rules"):
        rule = row["rule_id"]
        for origin in (
            Origin(LONG_TABLE, f"regola_{rule}"),
            origin_of(manifest, "mart_rule_compliance", ["AMBITO", rule]),
        ):
            models = {name for name in names_behind(manifest, origin) if name.startswith("rule_")}
            own = models - {"rule_outcomes"}
            assert len(own) == 1, rule
    assert extracts_behind(
        manifest, Origin(LONG_TABLE, "regola_C-REC", source_mart="mart_rule_compliance")
    ) == ["reclami"]


def test_an_indicator_comes_from_what_the_mart_that_shows_it_comes_from(manifest):
    """Its model computes others too: complaints do not come from the controls."""
    found = extracts_behind(manifest, Origin(LONG_TABLE, "prestazioni_conformi", source_mart="mart_controls"))
    assert found == ["controlli"]


def test_the_calendar_leads_to_its_lists_and_to_no_extract(manifest):
    parents = manifest["graph"]["parents"]
    assert [name for name in parents["int_resident_minors"] if "/" not in name] == ["resident_minors"]
    assert not [name for name in parents["dim_period"] if "/" not in name]


def test_the_texts_of_the_project_are_those_of_its_checksums(manifest):
    names = [*manifest["models"], *manifest["graph"]["macros"]]
    sources = read_sources(manifest, [], names)
    assert len(sources.all) == len(names)
    assert {source.state for source in sources.all} == {State.SAME}
    assert all(source.sql and (source.path).endswith(".sql") for source in sources.all)
    changed = {**manifest, "models": {**manifest["models"], "mart_flow": "0" * 64, "mart_lost": "0" * 64}}
    states = {
        source.name: source.state for source in read_sources(changed, ["mart_flow", "mart_lost"], []).main
    }
    assert states == {"mart_flow": State.OTHER, "mart_lost": State.GONE}


def test_manifests_of_earlier_versions_fall_back_on_the_lineage(described):
    assert names_behind(described, Origin("mart_complaints")) == []
    assert extracts_behind(described, Origin("mart_complaints")) == [*CASES, "reclami"]
    assert computing_model(described, "quota_pippi") is None


def test_which_marts_list_records(manifest):
    assert {mart for mart in manifest["keys"] if lists_records(manifest, mart)} == {
        "mart_cost_sharing_mismatches",
        "mart_data_quality",
        "mart_deadlines",
        "mart_meetings",
        "mart_minor_costs",
        "mart_reconciliation",
        "mart_rule_findings",
        "mart_sinba",
    }
