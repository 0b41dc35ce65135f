"""From a row of the mart to a record: codes, dates, bands; what is missing is said and nothing is made up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sinba_records import document

from osservatorio import reference
from reporting.returns.sinba.layout import load_layout
from reporting.returns.sinba.records import CODED, PLAIN, SOURCES, Coder, never_filled
from reporting.returns.sinba.schema import compiled_schema
from reporting.returns_queries import _SINBA_COLUMNS

LAYOUT = load_layout()
SCHEMA = compiled_schema(LAYOUT)
MAPPING = reference.read_seed("sinba_mapping")
MAPPED = {(row["attribute"], row["value"]): row["code"] for row in MAPPING}
CODER = Coder(LAYOUT, MAPPED, {"adm": ("P1.01",), "affidi": ("P2.01", "P2.02")})
ROW = dict.fromkeys(_SINBA_COLUMNS) | {
    "minor": "108039/a",
    "codice_ente": "108039",
    "spells": "108039/a",
    "services": "adm",
    "is_minor": True,
    "age": 7,
    "birth_year": 2015,
    "is_unaccompanied": False,
    "condizione_minore": "1",
    "luogo_vita": "1",
    "scuola_frequentata": "5",
    "condizione_lavoro": "1",
    "is_disabled": False,
    "composizione_famiglia": "3|1",
    "comune_residenza": "108039",
    "referred_on": date(2021, 3, 31),
    "referral_source": "13",
    "valutazione_minore": "2",
    "valutazione_famiglia": "6",
    "is_removal_403": False,
}


def coded(**changes):
    return CODER.record(ROW | changes, "ID")


def test_the_seed_names_known_attributes_and_certain_codes_only():
    lists = {each.name: each.list for each in (*LAYOUT.attributes, LAYOUT.family) if each.list}
    for row in MAPPING:
        assert row["note"].endswith("."), row
        if not row["code"]:
            assert row["basis"] == "senza codice", row
        elif row["attribute"] in lists:
            assert row["code"] in LAYOUT.code_lists[lists[row["attribute"]]], row
        else:
            assert LAYOUT.fits(LAYOUT.attribute(row["attribute"]), row["code"]), row


def test_every_value_that_an_extract_may_have_is_in_the_seed():
    """A list of a contract that feeds a coded attribute has each of its codes in the seed, with or without a code."""
    from osservatorio.contracts import load_contracts

    sources = {(row["attribute"], row["source"]) for row in MAPPING}
    contracts = load_contracts()
    for attribute, source in sources:
        extract, name = source.split(".")
        column = next(column for column in contracts[extract].columns if column.name == name)
        if column.code_list:
            known = {value.removesuffix("+403") for at, value in MAPPED if at == attribute}
            assert set(reference.code_list(column.code_list)) <= known, attribute


def test_every_required_attribute_is_read_from_somewhere():
    filled = {"IDBeneficiario", LAYOUT.age_attribute, *CODED, *PLAIN}
    assert set(LAYOUT.required) <= filled
    assert not set(never_filled(LAYOUT)) & filled
    sources = {row["attribute"] for row in MAPPING} | set(SOURCES)
    assert set(LAYOUT.required) <= sources  # whoever must complete is told where


def test_a_complete_row_gives_a_valid_record():
    record = coded()
    assert record.is_complete
    assert not record.uncoded
    assert record.family == ("1", "3")
    assert record.services == ("P1.01",)
    assert record.values["DataPrimaSegnalazione"] == "03/2021"
    assert record.values["CodiceRegioneResidenza"] == "03"
    assert record.values["CodiceNazioneResidenza"] == "100"
    assert (
        record.values["SegnalazioneAutoritaGiudiziaria"] == record.values["ProvvedimentoGiudiziario"] == "2"
    )
    assert "DataSegnalazione" not in record.values
    assert list(record.values) == [each.name for each in LAYOUT.attributes if each.name in record.values]


REQUIRED_COLUMNS = {
    "condizione_minore": "CondizioneMinore",
    "luogo_vita": "LuogoVita",
    "scuola_frequentata": "ScuolaFrequentata",
    "condizione_lavoro": "CondizioneLavoro",
    "is_disabled": "Disabilita",
    "composizione_famiglia": "ComposizioneFamiglia",
    "comune_residenza": "CodiceNazioneResidenza",
    "referred_on": "DataPrimaSegnalazione",
    "referral_source": "FonteSegnalazione",
    "valutazione_minore": "ValutazioneMinore",
    "valutazione_famiglia": "ValutazioneFamigliaMinore",
    "birth_year": "AnnoNascita",
    "age": "FasciaEtaBeneficiario",
}


@pytest.mark.parametrize(("column", "attribute"), REQUIRED_COLUMNS.items())
def test_what_is_not_delivered_is_lacking_and_never_guessed(column: str, attribute: str):
    record = coded(**{column: None})
    assert record.lacking == (attribute,)
    assert attribute not in record.values


def test_a_person_without_identifier_or_code_of_the_service_is_not_complete():
    assert CODER.record(ROW, None).lacking == ("IDBeneficiario",)
    assert coded(services="spazio_neutro").lacking == ("CodicePrestazione",)
    assert coded(services="affidi|adm").services == ("P1.01", "P2.01", "P2.02")


def test_a_flag_that_says_yes_brings_its_date():
    record = coded(
        reported_on=date(2022, 1, 5), measured_on=date(2022, 11, 30), measure_authority="giudice_tutelare"
    )
    assert (record.values["SegnalazioneAutoritaGiudiziaria"], record.values["DataSegnalazione"]) == (
        "1",
        "01/2022",
    )
    assert record.values["ProvvedimentoGiudiziario"] == record.values["AutoritaProvvedimento"] == "1"
    assert record.values["DataProvvedimentoGiudiziario"] == "11/2022"


def test_the_code_with_two_meanings_is_written_only_with_our_flag():
    measure = {"measured_on": date(2022, 5, 1), "measure_type": "8"}
    flagged = coded(**measure, measure_authority="pubblica_autorita_403", is_removal_403=True)
    assert flagged.values["TipoProvvedimentoGiudiziario"] == "8"
    plain = coded(**measure, measure_authority="tribunale_minorenni", is_removal_403=False)
    assert "TipoProvvedimentoGiudiziario" not in plain.values
    assert [(each.attribute, each.value) for each in plain.uncoded] == [("TipoProvvedimentoGiudiziario", "8")]
    assert ("TipoProvvedimentoGiudiziario", "8") in LAYOUT.ambiguous
    for attribute, code in LAYOUT.ambiguous:
        assert {row["value"] for row in MAPPING if (row["attribute"], row["code"]) == (attribute, code)} == {
            "8+403"
        }


def test_a_value_without_a_certain_code_is_left_empty_and_told():
    record = coded(facility_title="art_403", facility_character="5", facility_with_parent=False)
    assert "FormaInserimentoResidenziale" not in record.values
    assert [each.value for each in record.uncoded] == ["art_403"]
    assert record.values["TipoInserimentoResidenziale"] == "2"
    assert record.is_complete


@given(st.integers(0, 17))
def test_bands_of_age_are_half_open(age: int):
    label = LAYOUT.code_lists["FasciaEtaBeneficiario"][LAYOUT.age_band(age)]
    low, high = (int(part) for part in label.removesuffix(" anni").split("-"))
    assert low <= age < high


@given(st.integers(18, 120) | st.integers(-5, -1))
def test_outside_the_bands_there_is_no_code(age: int):
    assert LAYOUT.age_band(age) is None


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_dates_are_month_and_year(day: date):
    written = PLAIN["DataPrimaSegnalazione"](ROW | {"referred_on": day})
    assert LAYOUT.fits(LAYOUT.attribute("DataPrimaSegnalazione"), written)
    assert (int(written[:2]), int(written[3:])) == (day.month, day.year)


def values_of(attribute: str):
    return st.sampled_from(
        [None, *sorted({value for at, value in MAPPED if at == attribute and "+" not in value})]
    )


ROWS = st.fixed_dictionaries(
    {
        "condizione_minore": values_of("CondizioneMinore"),
        "luogo_vita": values_of("LuogoVita"),
        "is_disabled": st.sampled_from([None, True, False]),
        "referral_source": values_of("FonteSegnalazione"),
        "measure_type": values_of("TipoProvvedimentoGiudiziario"),
        "measure_authority": values_of("AutoritaProvvedimento"),
        "measured_on": st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1)),
        "is_removal_403": st.booleans(),
        "potesta_tutela": values_of("PotestaTutela"),
        "foster_intensity": values_of("DurataAffido"),
        "foster_form": values_of("FormaInterventoAffido"),
        "facility_title": values_of("FormaInserimentoResidenziale"),
        "facility_with_parent": st.sampled_from([None, True, False]),
        "situazione_chiusura": values_of("SituazioneChiusuraCarico"),
        "composizione_famiglia": st.none() | st.sets(st.sampled_from("123456"), min_size=1).map("|".join),
        "comune_residenza": st.none() | st.from_regex(r"[0-9]{6}", fullmatch=True),
        "age": st.none() | st.integers(0, 17),
    }
)


@given(ROWS)
def test_whatever_is_delivered_a_complete_record_is_valid(changes: dict):
    record = coded(**changes)
    is_valid = SCHEMA.validate(
        document(LAYOUT, [dict(record.values)], services=record.services, family=record.family)
    )
    due = {duty.due for duty in LAYOUT.duties}
    assert is_valid == record.is_complete or set(record.lacking) <= due
