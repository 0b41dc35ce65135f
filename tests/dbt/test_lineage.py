"""What the build tells the manifest of a release: the key of each mart and the extracts that its figures come from."""

import pytest
from dbt_landings import project_manifest

from osservatorio.contracts import load_contracts
from osservatorio.lineage import describe_marts
from osservatorio.lineage_picture import PICTURE, draw_lineage
from osservatorio.reference import code_list, read_seed

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
