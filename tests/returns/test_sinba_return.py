"""The national return of the demonstration: valid for an XML validator, the same persons as the marts, nobody's name."""

import hashlib
import json
import stat
from pathlib import Path

import pytest
from lxml import etree
from openpyxl import load_workbook

from osservatorio.database import connect
from osservatorio.home import Home
from osservatorio.release import current_release_id, open_release, release_path
from reporting.returns.sinba.layout import load_layout

LAYOUT = load_layout()
RECORD = f"{{{LAYOUT.namespace}}}SINBA"
YEAR = 2022


def file_of(told: dict, ending: str) -> Path:
    return next(Path(name) for name in told["files"] if name.endswith(ending))


@pytest.fixture(scope="module")
def tree(sinba: dict) -> etree._ElementTree:
    return etree.parse(file_of(sinba, ".xml"))


@pytest.fixture(scope="module")
def rows(returns_home: Home) -> list[dict]:
    """The year's rows of the mart."""
    release = release_path(returns_home, current_release_id(returns_home))
    with connect(release, read_only=True) as con:
        found = con.execute("from mart_sinba where year = ?", [YEAR])
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_the_return_is_valid_for_a_validator_that_reads_the_published_schema(sinba: dict, tree):
    """The schema beside the return, read anew from its file, judges it."""
    schema = etree.XMLSchema(etree.parse(file_of(sinba, ".xsd")))
    assert schema.validate(tree), schema.error_log
    assert tree.getroot().tag == f"{{{LAYOUT.namespace}}}Flusso"


def test_nobody_is_lost(sinba: dict, tree, rows: list[dict], returns_home: Home):
    """Records written, records to complete and persons of age are those in care in the year."""
    with open_release(returns_home) as release:
        ((in_care,),) = release.rows(
            "select minors_in_period from mart_caseload_by_municipality where period = '2022' "
            "and municipality_code = 'AMBITO' and service_code = 'TUTTI'"
        )
    assert sinba["written"] + sinba["incomplete"] + sinba["adults"] == in_care == len(rows)
    assert len(tree.findall(RECORD)) == sinba["written"] > 100
    assert sinba["incomplete"] > 0
    assert file_of(sinba, ".xml").name == "sinba_2022_parziale.xml"


def test_every_record_keeps_its_duties_and_no_two_have_one_identifier(tree):
    records = [dict(element.attrib) for element in tree.findall(RECORD)]
    assert all(not LAYOUT.lacking(record) for record in records)
    identifiers = {record["IDBeneficiario"] for record in records}
    assert len(identifiers) == len(records)
    assert all(len(each) == 20 and each.isalnum() for each in identifiers)


def test_totals_by_band_of_age_are_those_of_the_mart(tree, rows: list[dict]):
    """Computed again from the mart, without the code of the return."""
    written: dict[str, int] = {}
    for element in tree.findall(RECORD):
        band = element.get("FasciaEtaBeneficiario")
        written[band] = written.get(band, 0) + 1
    needed = [
        "condizione_minore",
        "luogo_vita",
        "scuola_frequentata",
        "condizione_lavoro",
        "is_disabled",
        "composizione_famiglia",
        "comune_residenza",
        "referred_on",
        "referral_source",
        "valutazione_minore",
        "valutazione_famiglia",
    ]
    expected: dict[str, int] = {}
    for row in rows:
        if row["is_minor"] and all(row[name] is not None for name in needed):
            band = str(row["age"] // 3 + 1)
            expected[band] = expected.get(band, 0) + 1
    assert written == expected


def test_what_is_missing_is_in_a_workbook_by_body_and_field(sinba: dict, rows: list[dict]):
    book = load_workbook(file_of(sinba, ".xlsx"), read_only=True)
    summary = list(book["Per ente e campo"].iter_rows(min_row=4, values_only=True))
    counted = {(body, name): count for body, name, count, _ in summary}
    seregno = [row for row in rows if row["is_minor"] and row["codice_ente"] == "108039"]
    assert counted["Seregno", "LuogoVita"] == sum(row["luogo_vita"] is None for row in seregno) > 0
    listed = list(book["Da completare"].iter_rows(min_row=4, values_only=True))
    assert len(listed) == sum(counted.values())
    assert all(source for *_, source in listed)
    assert {row["field"] for row in sinba["lacking"]} == {name for _, name in counted}
    codes = {(name, code) for name, code, _ in book["Codici ammessi"].iter_rows(min_row=4, values_only=True)}
    assert {("LuogoVita", code) for code in LAYOUT.code_lists["LuogoVita"]} <= codes
    never = [row[0] for row in book["Mai compilati"].iter_rows(min_row=4, values_only=True)]
    assert "OccupazioneMadre" in never
    assert not set(never) & set(LAYOUT.required)


def test_no_pseudonym_of_the_landing_is_in_a_file(sinba: dict, returns_home: Home):
    with connect(returns_home.landing, read_only=True) as con:
        pseudonyms = {
            row[0] for row in con.execute("select id_minore from landing.landing.minori").fetchall()
        }
    text = file_of(sinba, ".xml").read_text("utf-8")
    assert not any(pseudonym in text for pseudonym in pseudonyms)
    register = (returns_home.keys / "sinba.registro").read_bytes()
    assert not any(each.encode() in register or bytes.fromhex(each) in register for each in pseudonyms)
    for name in ("sinba.key", "sinba.registro"):
        assert stat.S_IMODE((returns_home.keys / name).stat().st_mode) == 0o600


def test_the_same_return_again_is_the_same_and_is_recorded(sinba: dict, returns_home: Home, osservatorio):
    def digests() -> dict[str, str]:
        return {name: hashlib.sha256(Path(name).read_bytes()).hexdigest() for name in sinba["files"]}

    before = digests()
    again = json.loads(osservatorio("export", "sinba", "2022", "--json", home=returns_home.root).stdout)
    assert again == sinba
    assert digests() == before
    lines = [json.loads(line) for line in returns_home.audit_log.read_text("utf-8").splitlines()]
    (last, *_) = [line for line in reversed(lines) if "export sinba" in json.dumps(line, ensure_ascii=False)]
    assert file_of(sinba, ".xml").name in json.dumps(last)


def identifiers(told: dict) -> set[str]:
    return {element.get("IDBeneficiario") for element in etree.parse(file_of(told, ".xml")).findall(RECORD)}


def test_a_minor_has_the_same_identifier_in_every_year(sinba: dict, returns_home: Home, osservatorio, rows):
    told = json.loads(osservatorio("export", "sinba", "2023", "--json", home=returns_home.root).stdout)
    both = identifiers(told) & identifiers(sinba)
    assert len(both) > 50
    assert identifiers(told) - both  # and others are others


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        ("1999", "L'anno 1999 non è nella pubblicazione"),
        ("2022-S1", "Le rilevazioni si fanno per anno"),
        ("duemila", "Le rilevazioni si fanno per anno"),
        ("2020", "conosce solo le prese in carico durate oltre"),
    ],
)
@pytest.mark.parametrize("name", ["sinba", "minori-fuori-famiglia", "spesa-sociale"])
def test_another_year_is_refused_in_italian(
    name: str, year: str, expected: str, returns_home: Home, osservatorio
):
    done = osservatorio("export", name, year, home=returns_home.root, check=False)
    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_without_its_key_there_is_no_return(own_home: Home, osservatorio):
    (own_home.keys / "sinba.key").unlink()
    done = osservatorio("export", "sinba", "2022", home=own_home.root, check=False)
    assert done.returncode == 2
    assert "osservatorio keys new --sinba" in done.stderr
    assert not own_home.exports.exists()
    made = osservatorio("keys", "new", "--sinba", home=own_home.root)
    assert "sinba.key" in made.stdout
    assert stat.S_IMODE((own_home.keys / "sinba.key").stat().st_mode) == 0o600
    again = osservatorio("keys", "new", "--sinba", home=own_home.root, check=False)
    assert again.returncode == 2
    assert "esiste già" in again.stderr


def test_a_real_office_says_its_codes_first(own_home: Home, osservatorio):
    """What is missing is listed first; the file of the services to fill is there; nothing is made up."""
    (own_home.root / "dati_dimostrativi.txt").unlink()
    done = osservatorio("export", "sinba", "2022", home=own_home.root, check=False)
    assert done.returncode == 2
    assert "codice_ente" in done.stderr
    assert "cf_operatore" in done.stderr
    assert "Che cosa manca" in done.stdout
    folder = next(own_home.exports.rglob("sinba_2022"))
    assert [path.name for path in folder.iterdir()] == ["sinba_2022_da_completare.xlsx"]
    services = own_home.root / "rilevazioni" / "sinba_prestazioni.csv"
    text = services.read_text("utf-8-sig")
    lines = text.splitlines()
    assert lines[0] == "codice_servizio;servizio;codice_prestazione"
    assert all(line.endswith(";") for line in lines[1:])
    filled = "\n".join([lines[0], *(f"{line}P{place}.01 Z.001" for place, line in enumerate(lines[1:]))])
    services.write_text(filled, "utf-8")
    (own_home.root / "impostazioni.toml").write_text(
        '[sinba]\ncodice_ente = "E-1"\ncf_operatore = "AAAAAA00A00A000A"\n', "utf-8"
    )
    told = json.loads(osservatorio("export", "sinba", "2022", "--json", home=own_home.root).stdout)
    root = etree.parse(file_of(told, ".xml")).getroot()
    body = root[0][0]
    assert dict(body.attrib) == {
        "Codice": "E-1",
        "Denominazione": "Comune di Seregno",
        "Indirizzo": "I625",
        "CFOperatore": "AAAAAA00A00A000A",
    }
    codes = {element.text for element in root.iter(f"{{{LAYOUT.namespace}}}CodicePrestazione")}
    assert "Z.001" in codes
    assert "P0.01" in codes
    assert not any(code.startswith("PROVA") for code in codes)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"codice_servizio;servizio;codice_prestazione\nadm;ADM;A1\n", "riga 2, il codice «A1» non va bene"),
        (b"servizio,codice\nadm,A1.01\n", "dev'essere un CSV"),
        (b"\xff\xfe\x00", "non è un testo UTF-8"),
    ],
)
def test_a_file_of_services_that_cannot_be_used_is_told(
    content: bytes, expected: str, own_home: Home, osservatorio
):
    services = own_home.root / "rilevazioni" / "sinba_prestazioni.csv"
    services.parent.mkdir()
    services.write_bytes(content)
    done = osservatorio("export", "sinba", "2022", home=own_home.root, check=False)
    assert done.returncode == 2
    assert expected in done.stderr
    assert services.read_bytes() == content
