"""Open data of a year: figures rounded and adding up, descriptions that say what the files hold, the same files again."""

import csv
import hashlib
import io
import json
import re
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from jsonschema import Draft202012Validator
from open_data_marts import open_data_cube

from osservatorio.errors import UserError
from osservatorio.keys import new_key
from reporting.disclosure.attacker import audit
from reporting.disclosure.ledger import Ledger
from reporting.disclosure.policy import Policy
from reporting.disclosure.scheme import merged
from reporting.disclosure.tidy import read_publications
from reporting.open_data.known import Codes, scheme_of
from reporting.open_data.produce import produce
from reporting.open_data.tables import TABLES

NOW = datetime(2023, 3, 1, 9, tzinfo=UTC)
COUNTS = ("minori_in_carico", "minori_in_carico_fine", "prese_in_carico_aperte", "prese_in_carico_chiuse")
TOTAL_CODES = {"codice_comune": "AMBITO", "codice_servizio": "TUTTI", "fascia_eta": "TUTTE", "sesso": "TUTTI"}
AUTHORITY = "http://publications.europa.eu/resource/authority"


@pytest.fixture(scope="module")
def cube():
    return list(open_data_cube())


def home_of(tmp_path, cube, settings=""):
    from report_release import FakeRelease

    from osservatorio.home import Home

    release = FakeRelease(Home(tmp_path / "home"))
    release.marts["mart_open_data_cube"] = cube
    home = release.write()
    new_key(home)
    if settings:
        (home.root / "impostazioni.toml").write_text(settings, "utf-8")
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory, cube):
    return home_of(tmp_path_factory.mktemp("open"), cube)


@pytest.fixture(scope="module")
def produced(home):
    return produce(home, "2021", NOW)


@pytest.fixture(scope="module")
def package(produced):
    return json.loads(produced.files["datapackage.json"].read_text("utf-8"))


def rows_of(produced, name):
    return list(csv.DictReader(io.StringIO(produced.files[name].read_text("utf-8"))))


def test_figures_are_multiples_near_the_true_ones(produced, cube):
    true = {
        (row["municipality_code"], row["service_code"]): row["minors_in_period"]
        for row in cube
        if row["year"] == 2021 and (row["age_band"], row["sex"]) == ("TUTTE", "TUTTI")
    }
    for row in rows_of(produced, "comuni_servizi.csv"):
        count = int(row["minori_in_carico"])
        assert count % 5 == 0
        assert abs(count - true.get((row["codice_comune"], row["codice_servizio"]), 0)) <= 5


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_lines_add_up(produced, table):
    rows = rows_of(produced, table.file)
    dimensions = [name for name in table.key if name != "anno"]
    places = {tuple(row[name] for name in dimensions): row for row in rows}
    for place, row in places.items():
        for number, (name, code) in enumerate(zip(dimensions, place, strict=True)):
            if code != TOTAL_CODES[name]:
                continue
            parts = [
                other
                for at, other in places.items()
                if at[:number] + at[number + 1 :] == place[:number] + place[number + 1 :] and at != place
            ]
            for count in COUNTS:
                total, figures = int(row[count]), [int(part[count]) for part in parts]
                if count in COUNTS[:2] and name in ("codice_comune", "codice_servizio"):
                    assert max(figures) <= total <= sum(figures), (place, count)
                else:
                    assert total == sum(figures), (place, count)


def test_the_same_figure_is_the_same_in_every_table(produced):
    seen = {}
    for table in TABLES:
        for row in rows_of(produced, table.file):
            place = frozenset(
                (name, row[name])
                for name in TOTAL_CODES
                if row.get(name, TOTAL_CODES[name]) != TOTAL_CODES[name]
            )
            assert seen.setdefault(place, [row[count] for count in COUNTS]) == [row[c] for c in COUNTS], place
    assert len(seen) > 200


def test_every_column_is_described_and_every_description_is_of_a_column(produced, package):
    tables = [resource for resource in package["resources"] if resource.get("type") == "table"]
    assert {resource["path"] for resource in package["resources"]} == {
        name for name in produced.files if name.endswith((".csv", ".json")) and name != "datapackage.json"
    }
    for resource in tables:
        rows = rows_of(produced, resource["path"])
        fields = resource["schema"]["fields"]
        assert list(rows[0]) == [field["name"] for field in fields], resource["path"]
        for field in fields:
            values = {row[field["name"]] for row in rows}
            assert field["constraints"].get("required") is not True or "" not in values
            if "enum" in field["constraints"]:
                assert values - {""} == set(field["constraints"]["enum"]), field["name"]
            if field["type"] == "integer":
                assert all(int(value) >= field["constraints"]["minimum"] for value in values)
            if field["type"] == "year":
                assert values == {"2021"}
            assert field["title"]
        if key := resource["schema"].get("primaryKey"):
            keys = [tuple(row[name] for name in key) for row in rows]
            assert len(set(keys)) == len(keys)
            assert not any("" in one for one in keys)


# What the standard asks of a package, of its resources and of their schemas, written again from its text.
PACKAGE = {
    "type": "object",
    "required": ["name", "resources", "licenses"],
    "properties": {
        "name": {"pattern": r"^[-a-z0-9._/]+$"},
        "created": {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "keywords": {"type": "array", "minItems": 1, "items": {"type": "string"}},
        "licenses": {"minItems": 1, "items": {"required": ["name", "path"]}},
        "sources": {"minItems": 1, "items": {"required": ["title"]}},
        "contributors": {
            "minItems": 1,
            "items": {"required": ["title"], "properties": {"roles": {"type": "array"}}},
        },
        "resources": {
            "minItems": 1,
            "items": {
                "required": ["name", "path", "bytes", "hash", "encoding", "mediatype"],
                "properties": {
                    "name": {"pattern": r"^[-a-z0-9._/]+$"},
                    "path": {"pattern": r"^(?!/)(?!.*\.\.)[^:]+$"},
                    "bytes": {"type": "integer"},
                    "hash": {"pattern": r"^sha256:[0-9a-f]{64}$"},
                    "type": {"const": "table"},
                    "schema": {
                        "required": ["fields", "missingValues"],
                        "properties": {
                            "missingValues": {"items": {"type": "string"}},
                            "primaryKey": {"type": "array", "minItems": 1, "items": {"type": "string"}},
                            "fields": {
                                "minItems": 1,
                                "items": {
                                    "required": ["name", "type"],
                                    "properties": {
                                        "type": {"enum": ["string", "integer", "year"]},
                                        "constraints": {
                                            "additionalProperties": False,
                                            "properties": {
                                                "required": {"type": "boolean"},
                                                "minimum": {"type": "integer"},
                                                "enum": {"type": "array", "minItems": 1, "uniqueItems": True},
                                            },
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def test_the_package_is_as_the_standard_asks(produced, package):
    Draft202012Validator(PACKAGE).validate(package)
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names)
    for resource in package["resources"]:
        content = produced.files[resource["path"]].read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_the_catalogue_record_has_what_the_italian_profile_asks(tmp_path, cube):
    settings = (
        '[dati_aperti]\nlicenza = "IODL-2.0"\ntitolare = "Comune di Prova"\ncodice_ipa = "c_p001"\n'
        'contatto = "ufficio@comune.prova.it"\nindirizzo = "https://dati.comune.prova.it/minori/"\n'
    )
    produced = produce(home_of(tmp_path, cube, settings), "2021", NOW)
    nodes = {
        node["@id"]: node
        for node in json.loads(produced.files["catalogo.jsonld"].read_text("utf-8"))["@graph"]
    }
    by_type = {}
    for node in nodes.values():
        by_type.setdefault(node["@type"][0], []).append(node)
    (catalogue,), (dataset,) = by_type["dcatapit:Catalog"], by_type["dcatapit:Dataset"]
    for name in ("dct:title", "dct:description", "dct:publisher", "dct:modified", "dcat:dataset"):
        assert catalogue[name], name
    assert dataset["dct:identifier"] == "c_p001:minori-in-carico-2021"
    assert dataset["dct:title"]["@language"] == dataset["dct:description"]["@language"] == "it"
    assert dataset["dcat:theme"] == {"@id": f"{AUTHORITY}/data-theme/SOCI"}
    assert dataset["dct:accrualPeriodicity"] == {"@id": f"{AUTHORITY}/frequency/ANNUAL"}
    assert dataset["dct:issued"] == dataset["dct:modified"] == {"@type": "xsd:date", "@value": "2023-03-01"}
    for name in ("dct:publisher", "dct:rightsHolder"):
        agent = nodes[dataset[name]["@id"]]
        assert agent["dct:identifier"] == "c_p001"
        assert agent["foaf:name"]["@value"] == "Comune di Prova"
    contact = nodes[dataset["dcat:contactPoint"]["@id"]]
    assert contact["vcard:hasEmail"] == {"@id": "mailto:ufficio@comune.prova.it"}
    assert contact["vcard:fn"]
    parts = [nodes[part["@id"]] for part in dataset["dcat:distribution"]]
    assert parts == by_type["dcatapit:Distribution"]
    assert len(parts) == len([name for name in produced.files if name.endswith(".csv")])
    for part in parts:
        assert part["dct:format"] == {"@id": f"{AUTHORITY}/file-type/CSV"}
        licence = nodes[part["dct:license"]["@id"]]
        assert licence["owl:versionInfo"] == "2.0"
        assert "IODL" in licence["foaf:name"]["@value"]
        assert re.fullmatch(
            r"https://dati\.comune\.prova\.it/minori/open-data_2021/\w+\.csv", part["dcat:accessURL"]["@id"]
        )
        assert int(part["dcat:byteSize"]["@value"]) > 0
    assert "IODL 2.0" in produced.files["LEGGIMI.md"].read_text("utf-8")


def test_the_text_beside_the_files_says_how_to_read_them(produced):
    text = produced.files["LEGGIMI.md"].read_text("utf-8")
    for words in (
        "multiplo di 5",
        "Uno **0** non vuol dire nessuno",
        "Come non leggerli",
        "CC BY 4.0",
        "`sesso`",
    ):
        assert words in text, words
    for table in TABLES:
        assert f"`{table.file}`" in text
    levels = [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_same_export_again_is_the_same_files_and_no_new_entry(home, produced):
    before = {name: path.read_bytes() for name, path in produced.files.items()}
    assert len(Ledger(home).entries()) == 1
    again = produce(home, "2021", datetime(2024, 5, 5, tzinfo=UTC))
    assert {name: path.read_bytes() for name, path in again.files.items()} == before
    assert len(Ledger(home).entries()) == 1
    assert not list(produced.folder.glob(".*"))


def test_readers_can_attack_the_files_and_get_nowhere(produced):
    (publication,) = read_publications(produced.folder)
    assert {table.base for table in publication.tables} == {5}
    result = audit([publication], Policy())
    assert not result.breaches
    assert sum(table.cells for table in result.tables) > 1_000


@pytest.mark.parametrize(
    ("year", "says"),
    [
        ("2022", "non è concluso.*scegli fra 2021"),
        ("2020", "parziali"),
        ("2019", "non è nella pubblicazione"),
        ("2021-S1", "si fanno per anno"),
        ("../2021", "si fanno per anno"),
    ],
)
def test_other_years_are_refused_with_what_to_do(home, year, says):
    with pytest.raises(UserError, match=says):
        produce(home, year, NOW)


def test_a_release_of_before_is_told(home_with):
    home = home_with(lambda release: None)
    new_key(home)
    with pytest.raises(UserError, match="osservatorio run"):
        produce(home, "2021", NOW)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('licenza = "CC0"', '"CC-BY-4.0" e "IODL-2.0"'),
        ('contatto = "non un indirizzo"', "posta"),
        ('indirizzo = "ftp://x"', "https://"),
        ('codice_ipa = "c i625"', "c_i625"),
        ('titolare = ""', "testo fra virgolette"),
        ('proprietario = "x"', "non esiste"),
    ],
)
def test_wrong_settings_are_told(tmp_path, cube, line, says):
    home = home_of(tmp_path, cube[:1], f"[dati_aperti]\n{line}\n")
    with pytest.raises(UserError, match=says):
        produce(home, "2021", NOW)


def test_figures_have_the_names_of_the_other_protected_exports():
    """A figure that leaves twice is recognised by its name: the two schemes must agree wherever they meet."""
    known = pytest.importorskip("reporting.assembly.known")
    codes = known.Codes(
        [2021, 2022],
        ["108005"],
        {"adm": "equipe_territoriale"},
        ["0-2"],
        ["equipe_territoriale"],
        ["p"],
        ["1"],
        ["r"],
        ["f"],
    )
    mine = Codes([2021, 2022], ["108005"], {"adm": "equipe_territoriale"}, ["0-2"], ["F"])
    together = merged(known.scheme_of(codes), scheme_of(mine))
    assert set(scheme_of(mine).measures) <= set(known.scheme_of(codes).measures)
    assert together.dimensions["servizio"].total == "TUTTI"
