"""The shape of the warehouse: layers in one direction, keys tested, short models, columns described."""

import re
from pathlib import Path

import pytest
import yaml
from dbt_landings import PROJECT

from osservatorio.contracts import load_contracts
from osservatorio.reference import code_list, municipalities, read_seed, services

MODELS = sorted((PROJECT / "models").rglob("*.sql"))
LAYERS = ("staging", "intermediate", "core", "rules", "marts")
RULES = sorted((PROJECT / "models" / "rules").glob("rule_*.sql"))
ALL_RULES = "rule_outcomes"  # the model that puts the rules together
FORMATS = {"testo", "intero", "decimale", "percentuale", "euro", "data", "codice", "si_no"}


def described(model: Path) -> dict:
    (entry,) = yaml.safe_load(model.with_suffix(".yml").read_text("utf-8"))["models"]
    return entry


def key_of(model: Path) -> list[str]:
    """The key that is tested: for a rule where all rules come together, in one test instead of twenty-seven."""
    tested = model.with_stem(ALL_RULES) if model.stem in rule_models() else model
    tests = described(tested)["data_tests"]
    return next(test["sound_rows"]["arguments"]["key"] for test in tests if "sound_rows" in test)


def rule_models() -> dict[str, str]:
    """Name of each rule's model -> rule, as the seed lists them."""
    return {
        "rule_" + re.sub(r"[.-]", "_", row["rule_id"].lower()): row["rule_id"] for row in read_seed("rules")
    }


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
    """Marts read no mart, rules no rule, staging reads sources only; the layers between build on each other."""
    layer = {path.stem: path.parent.name for path in MODELS}
    seeds = {path.stem for path in (PROJECT / "seeds").glob("*.csv")}
    allowed = {
        "staging": set(),
        "intermediate": {"staging", "intermediate", "core", "rules", "seeds"},
        "core": {"staging", "intermediate", "core", "seeds"},
        "rules": {"intermediate", "core", "seeds"},
        "marts": {"intermediate", "core", "staging", "rules", "seeds"},
    }
    for path in MODELS:
        text = path.read_text("utf-8")
        used = set(re.findall(r"ref\('(\w+)'\)", text))
        from_layers = {"seeds" if name in seeds else layer[name] for name in used}
        assert from_layers <= allowed[path.parent.name], path
        assert path.parent.name == "staging" or "source(" not in text, path
    assert set(layer.values()) == set(LAYERS)


def test_every_rule_of_the_seed_has_its_model_and_comes_together():
    names = set(rule_models())
    assert {path.stem for path in RULES} == names | {ALL_RULES}
    together = (PROJECT / "models" / "rules" / f"{ALL_RULES}.sql").read_text("utf-8")
    assert sorted(re.findall(r"'(rule_\w+)'", together)) == sorted(names)


@pytest.mark.parametrize(("model", "rule"), rule_models().items(), ids=rule_models().values())
def test_every_verdict_of_a_rule_is_worded_and_unit_tested(model, rule):
    """What a unit test expects is what the seed words, no more and no less: no outcome goes untested."""
    entry = yaml.safe_load((PROJECT / "models" / "rules" / f"{model}.yml").read_text("utf-8"))
    expected = {row["verdict"] for test in entry["unit_tests"] for row in test["expect"]["rows"]}
    worded = [row for row in read_seed("rule_verdicts") if row["rule_id"] == rule]
    assert expected == {row["verdict"] for row in worded}
    for row in worded:
        outcome, _, reason = row["verdict"].partition(": ")
        assert outcome in code_list("rule_outcome")
        assert bool(reason) == bool(row["condition"]), row
        to_mend = outcome in ("not_compliant", "not_assessable")
        assert bool(row["what_is_missing"]) == to_mend, row
        assert not to_mend or row["what_is_missing"].endswith("."), row
        assert set(re.findall(r"\{(.*?)\}", row["what_is_missing"])) <= {"valore", "atteso"}, row


@pytest.mark.parametrize("model", rule_models())
def test_a_rule_cites_its_article(model):
    """First line of the model: the article or section, as the seed has it."""
    first = (PROJECT / "models" / "rules" / f"{model}.sql").read_text("utf-8").splitlines()[0]
    article = next(row["article"] for row in read_seed("rules") if row["rule_id"] == rule_models()[model])
    numbers = re.findall(r"\d+", article) or re.findall(r"\w{5,}", article)[:1]
    assert all(number in first for number in numbers), (first, article)


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
