"""The shape of the warehouse: layers in one direction, keys tested, short models, columns described."""

import re
from pathlib import Path

import pytest
import yaml
from dbt_landings import PROJECT

from osservatorio.contracts import load_contracts
from osservatorio.reference import municipalities, read_seed, services

MODELS = sorted((PROJECT / "models").rglob("*.sql"))
LAYERS = ("staging", "intermediate", "core", "marts")
FORMATS = {"testo", "intero", "decimale", "percentuale", "euro", "data", "codice", "si_no"}


def described(model: Path) -> dict:
    (entry,) = yaml.safe_load(model.with_suffix(".yml").read_text("utf-8"))["models"]
    return entry


def key_of(model: Path) -> list[str]:
    tests = described(model)["data_tests"]
    return next(test["sound_rows"]["arguments"]["key"] for test in tests if "sound_rows" in test)


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_a_model_is_short_described_and_keyed(model):
    text = model.read_text("utf-8")
    lines = text.splitlines()
    assert len(lines) <= 100
    assert text == text.rstrip() + "\n"
    assert re.fullmatch(r"select \* from \w+", lines[-1])
    entry = described(model)
    assert entry["name"] == model.stem
    assert "Key: " in " ".join(entry["description"].split())
    assert key_of(model)


def test_layers_run_in_one_direction():
    """Marts read no mart, core reads no mart, staging reads sources only; core and intermediate build on each other."""
    layer = {path.stem: path.parent.name for path in MODELS}
    seeds = {path.stem for path in (PROJECT / "seeds").glob("*.csv")}
    allowed = {
        "staging": set(),
        "intermediate": {"staging", "intermediate", "core", "seeds"},
        "core": {"staging", "intermediate", "core", "seeds"},
        "marts": {"intermediate", "core", "staging", "seeds"},
    }
    for path in MODELS:
        text = path.read_text("utf-8")
        used = set(re.findall(r"ref\('(\w+)'\)", text))
        from_layers = {"seeds" if name in seeds else layer[name] for name in used}
        assert from_layers <= allowed[path.parent.name], path
        assert path.parent.name == "staging" or "source(" not in text, path
    assert set(layer.values()) == set(LAYERS)


@pytest.mark.parametrize("contract", load_contracts().values(), ids=lambda contract: contract.extract)
def test_staging_has_the_key_of_its_contract(contract):
    model = PROJECT / "models" / "staging" / f"stg_{contract.extract}.sql"
    (given,) = re.findall(r"current_version\('(\w+)', key=\[(.+)\]\)", model.read_text("utf-8"))
    assert given[0] == contract.extract
    assert [name.strip(" '") for name in given[1].split(",")] == list(contract.key)
    renamed = ["service_code" if name == "codice_servizio" else name for name in contract.key]
    assert key_of(model) == renamed


def test_marts_are_described_in_one_format_each():
    rows = read_seed("mart_columns")
    assert {row["mart"] for row in rows} == {path.stem for path in MODELS if path.parent.name == "marts"}
    for row in rows:
        assert row["format"] in FORMATS, row
        assert row["label"], row
        assert row["definition"].endswith("."), row


def test_published_figures_agree_with_one_another():
    """Municipalities add up to their total and years to the three years, as the source document has them."""
    figures = read_seed("published_figures")
    declared = {row["figure_id"]: int(row["declared"]) for row in figures}
    towns = [row for row in figures if row["municipality_code"] in municipalities()]
    assert all(not row["service_code"] or row["service_code"] in services() for row in figures)
    assert sum(int(row["declared"]) for row in towns if row["measure"] == "minors_at_end") == 762
    for year in ("2021", "2022", "2023"):
        teams = sum(int(row["declared"]) for row in towns if row["first_year"] == year)
        assert teams == declared[f"risorse_equipe_territoriale_{year}_ambito"] == 430_900
        shared = declared[f"risorse_servizi_associati_{year}_ambito"]
        offices = declared[f"risorse_servizi_amministrativi_{year}_ambito"]
        assert teams + shared + offices == declared[f"risorse_totale_{year}_ambito"] == 680_000
    assert declared["risorse_totale_2021-2023_ambito"] == 3 * 680_000
