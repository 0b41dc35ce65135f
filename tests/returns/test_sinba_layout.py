"""Every rule of the layout has a case that breaks it, for the checks of the program and for an XML validator alike."""

import pytest
import yaml
from lxml import etree
from sinba_records import CODED, bad_values, document, good_record

from osservatorio import reference
from reporting.returns.sinba.layout import FILE, load_layout
from reporting.returns.sinba.schema import compiled_schema, schema_of

LAYOUT = load_layout()
SCHEMA = compiled_schema(LAYOUT)
ATTRIBUTES = {each.name: each for each in LAYOUT.attributes}
BAD = [(each.name, value) for each in LAYOUT.attributes for value in bad_values(LAYOUT, each)]


def refused(**given) -> bool:
    return not SCHEMA.validate(document(LAYOUT, given.pop("records", [good_record(LAYOUT)]), **given))


def test_the_layout_has_what_the_return_asks_for():
    assert len(LAYOUT.required) == 16
    assert len(ATTRIBUTES) == len(LAYOUT.attributes) == 46
    assert {each.list for each in LAYOUT.attributes if each.list} | {LAYOUT.family.list} == set(
        LAYOUT.code_lists
    )
    dated = {duty.due for duty in LAYOUT.duties}
    assert dated == {"DataSegnalazione", "DataProvvedimentoGiudiziario"}
    assert all(ATTRIBUTES[name].month for name in dated)


@pytest.mark.parametrize("name", sorted(set(LAYOUT.code_lists) & reference.code_list_names()))
def test_lists_that_extracts_share_have_the_same_codes(name: str):
    assert set(LAYOUT.code_lists[name]) == set(reference.code_list(name))


def test_a_full_and_a_bare_record_are_accepted():
    full = good_record(LAYOUT)
    bare = {name: full[name] for name in LAYOUT.required}
    assert SCHEMA.validate(document(LAYOUT, [full, bare])), SCHEMA.error_log
    for record in (full, bare):
        assert not LAYOUT.misfits(record, ["A1.01"], ["1"])
    assert not LAYOUT.lacking(full)


@pytest.mark.parametrize(
    ("name", "code"), [(e.name, c) for e in LAYOUT.attributes if e.list for c in LAYOUT.code_lists[e.list]]
)
def test_every_code_of_a_list_is_accepted(name: str, code: str):
    record = good_record(LAYOUT) | {name: code}
    assert LAYOUT.fits(ATTRIBUTES[name], code)
    assert SCHEMA.validate(document(LAYOUT, [record])), SCHEMA.error_log


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_value_outside_the_rule_is_refused(name: str, value: str):
    record = good_record(LAYOUT) | {name: value}
    assert name in LAYOUT.misfits(record, ["A1.01"], ["1"])
    assert refused(records=[record])


@pytest.mark.parametrize("name", LAYOUT.required)
def test_a_required_attribute_is_missed(name: str):
    record = good_record(LAYOUT)
    del record[name]
    assert LAYOUT.lacking(record) == (name,)
    assert refused(records=[record])


@pytest.mark.parametrize("duty", LAYOUT.duties, ids=lambda duty: duty.due)
def test_a_date_is_due_where_its_flag_says_yes(duty):
    record = good_record(LAYOUT) | {duty.attribute: duty.code}
    del record[duty.due]
    assert LAYOUT.lacking(record) == (duty.due,)
    no = next(code for code in LAYOUT.code_lists[duty.attribute] if code != duty.code)
    assert LAYOUT.lacking(record | {duty.attribute: no}) == ()


@pytest.mark.parametrize("codes", [(), ("A1.0",), ("A" * 11,), ("A1.01", "")])
def test_services_have_codes_of_the_length_asked_for(codes: tuple[str, ...]):
    assert LAYOUT.misfits(good_record(LAYOUT), codes, ["1"]) == ("CodicePrestazione",)
    assert refused(services=codes)


@pytest.mark.parametrize("members", [(), ("0",), ("7",), ("1", "")])
def test_a_family_has_members_of_its_list(members: tuple[str, ...]):
    assert LAYOUT.misfits(good_record(LAYOUT), ["A1.01"], members) == ("ComposizioneFamiglia",)
    assert refused(family=members)


@pytest.mark.parametrize(
    "given",
    [
        {"body": {"Codice": "A" * 33}},
        {"body": {"Codice": ""}},
        {"body": {"Indirizzo": "Seregno"}},
        {"body": {"CFOperatore": "AAAAAA00A00A000"}},
        {"flow": {}},
        {"flow": {"Nome": "n" * 51}},
        {"records": []},
        {"namespace": ""},
        {"namespace": "http://example.org/altro"},
        {"records": [good_record(LAYOUT) | {"Cognome": "no"}]},
    ],
)
def test_the_rest_of_the_file_has_its_form(given: dict):

    if "body" in given:
        given = {"body": CODED | given["body"]}
    assert refused(**given)


@pytest.mark.parametrize("missing", [each.name for each in LAYOUT.body if each.required])
def test_who_sends_is_said(missing: str):

    assert refused(body={name: value for name, value in CODED.items() if name != missing})


def test_the_schema_is_the_layout_and_nothing_else():
    """The schema is well formed, names every attribute once, in order, and rests on no other file."""
    root = etree.fromstring(schema_of(LAYOUT))
    xs = {"xs": "http://www.w3.org/2001/XMLSchema"}
    record = root.xpath("//xs:element[@name='SINBA']/xs:complexType/xs:attribute/@name", namespaces=xs)
    assert record == [each["name"] for each in yaml.safe_load(FILE.read_text("utf-8"))["attributes"]]
    assert not root.xpath("//xs:import | //xs:include", namespaces=xs)


def test_a_file_that_the_schema_refuses_takes_no_place(tmp_path):
    """Whatever was there stays; what was being written goes."""
    from reporting.returns.sinba.office import Office
    from reporting.returns.sinba.records import SinbaRecord
    from reporting.returns.sinba.writing import write_return

    office = Office(CODED, {})
    good = SinbaRecord("m", "b", "s", good_record(LAYOUT), ("A1.01",), ("1",), (), ())
    bad = SinbaRecord("m", "b", "s", good_record(LAYOUT) | {"LuogoVita": "9"}, ("A1.01",), ("1",), (), ())
    path = tmp_path / "sinba.xml"
    assert write_return(path, "prova", office, [good, good], LAYOUT) == 2
    before = path.read_bytes()
    with pytest.raises(AssertionError, match="LuogoVita"):
        write_return(path, "prova", office, [good, bad], LAYOUT)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    assert write_return(path, "prova", office, [], LAYOUT) == 0
    assert not path.exists()  # there is no return without a record
