"""Open data read by what others wrote for these standards: every file of the package, every triple of the record."""

import json
import shutil
from pathlib import Path

import frictionless
import pyshacl
import pytest
import rdflib
from open_data_marts import open_data_cube
from test_open_data import NOW, home_of

from reporting.open_data.produce import produce

SHAPES = Path(__file__).with_name("dcat_ap_it.ttl")
SETTINGS = (
    '[dati_aperti]\ncontatto = "ufficio@comune.prova.it"\nindirizzo = "https://dati.comune.prova.it/minori"\n'
)
DCAT, DCT = "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    home = home_of(tmp_path_factory.mktemp("standards"), list(open_data_cube()), SETTINGS)
    return produce(home, "2021", NOW).folder


@pytest.fixture
def copy(folder, tmp_path):
    return Path(shutil.copytree(folder, tmp_path / "copy"))


def checked(folder: Path):
    return frictionless.validate(str(folder / "datapackage.json"))


def test_the_package_and_all_its_files_are_valid(folder):
    report = checked(folder)
    assert report.valid, report.flatten(["name", "type", "message"])
    tables = [task for task in report.tasks if task.type == "table"]
    assert len(report.tasks) == len(json.loads((folder / "datapackage.json").read_text("utf-8"))["resources"])
    assert all(task.stats["rows"] > 0 for task in tables)
    assert len(tables) == 6


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda text: text.replace(",5,", ",cinque,", 1), "type-error"),
        (lambda text: text + text.splitlines()[1] + "\n", "primary-key"),
        (lambda text: text.replace("codice_comune", "comune_codice", 1), "incorrect-label"),
        (lambda text: text.replace(",AMBITO,", ",ALTROVE,", 1), "constraint-error"),
    ],
    ids=["no number", "a row twice", "another column", "another code"],
)
def test_the_reader_of_packages_finds_what_is_wrong(copy, change, found):
    path = copy / "comuni_servizi.csv"
    before = path.read_text("utf-8")
    path.write_text(change(before), "utf-8")
    assert path.read_text("utf-8") != before
    assert found in {error[0] for error in checked(copy).flatten(["type"])}


def record(folder: Path):
    return rdflib.Graph().parse(folder / "catalogo.jsonld", format="json-ld")


def broken_shapes(graph) -> str:
    """What the shapes find wrong with a record; nothing when it is as the profile asks."""
    conforms, _, text = pyshacl.validate(graph, shacl_graph=rdflib.Graph().parse(SHAPES), inference="none")
    return "" if conforms else text


def test_the_record_is_as_the_italian_profile_asks(folder):
    graph = record(folder)
    assert broken_shapes(graph) == ""
    assert len(list(graph.subject_objects(rdflib.URIRef(f"{DCAT}distribution")))) == 6
    for _, _, value in graph:
        if isinstance(value, rdflib.Literal) and value.datatype:
            assert value.value is not None, value  # a date or a number that is none
        if isinstance(value, rdflib.URIRef):
            assert ":" in value, value


@pytest.mark.parametrize(
    "name", ["dct:rightsHolder", "dct:accrualPeriodicity", "dcat:theme", "dct:license", "dct:format"]
)
def test_a_record_without_something_mandatory_is_found(folder, name):
    graph = record(folder)
    prefix, local = name.split(":")
    graph.remove((None, rdflib.URIRef({"dct": DCT, "dcat": DCAT}[prefix] + local), None))
    assert local in broken_shapes(graph)
