"""What each kind of column accepts and refuses, straight on the SQL that the contracts give."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from delivered_samples import control_letter, fiscal_code
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.conversion import conversion, text_of, valid_identifiers
from ingestion.landing import load_code_values
from osservatorio.contracts import Column, load_contracts
from osservatorio.italian import number


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as connection:
        load_code_values(connection)
        yield connection


def column(kind: str, **options) -> Column:
    pattern = {"id": "^[A-Za-z0-9._/-]{1,40}$", "istat": "^[0-9]{6}$"}.get(kind)
    return Column("valore", kind, False, False, "Valore", "", pattern=pattern, **options)


def convert(con, kind: str, *texts: str, **options) -> list:
    """The typed values of texts, null where they are refused."""
    query = f"select {conversion(column(kind, **options)).value} from (select unnest($texts) as {text_of('valore')})"
    return [value for (value,) in con.execute(query, {"texts": list(texts)}).fetchall()]


def is_fiscal_code(con, *texts: str) -> list[bool]:
    query = valid_identifiers(column("cf"), "select unnest($texts) as delivered_text")
    values = dict(con.execute(query, {"texts": list(texts)}).fetchall())
    return [values[text] is not None for text in texts]


def test_dates(con):
    good = [
        "2022-06-30",
        "30/06/2022",
        "30-06-2022",
        "1/2/2022",
        "29/02/2024",
        "2022-06-30 00:00:00",
        "2022-06-30T10:05",
        "30/06/2022 00:00:00",
        "30/6/2022 0.00",
        "2022-06-30 23:59:59.999",
    ]
    assert convert(con, "date", *good) == [
        date(2022, 6, 30),
        date(2022, 6, 30),
        date(2022, 6, 30),
        date(2022, 2, 1),
        date(2024, 2, 29),
        *[date(2022, 6, 30)] * 5,
    ]
    bad = ["31/02/2015", "1900-01-01", "01/01/1900", "2022-06-30 24:00", "30/06/2022 10:60", "30/06/2022T10:00",
           "30/06/2022 giugno", "2015-02-31", "29/02/2023", "30/06/22", "06/30/2022", "2022/06/30", "44742", "9999-12-31",
           "0022-06-30", "30.06.2022", "giugno", "2022-06-30 10", "2022-06-30x", "0/1/2022", "2022-6-3"]  # fmt: skip
    assert convert(con, "date", *bad) == [None] * len(bad)


def test_months(con):
    good = ["2022-06", "06/2022", "6/2022", "2022-06-01", "01/06/2022", "2022-06-01 00:00:00"]
    assert convert(con, "month", *good) == [date(2022, 6, 1)] * len(good)
    bad = ["13/2022", "2022-13", "00/2022", "2022-06-15", "15/06/2022", "2022", "06-22", "giugno 2022"]
    assert convert(con, "month", *bad) == [None] * len(bad)


def test_years(con):
    assert convert(con, "year", "2022", "1999", "1901") == [2022, 1999, 1901]
    assert convert(con, "year", "22", "2022,0", "20222", "1850", "1900", "duemila") == [None] * 6


def test_flags(con):
    assert convert(con, "flag", "S", "SI", "sì", "SÌ", "Sì", "si\u0300", "true", "VERO", "1") == [True] * 9
    assert convert(con, "flag", "N", "NO", "no", "false", "FALSO", "0") == [False] * 6
    assert convert(con, "flag", "X", "forse", "2", "S.", "-") == [None] * 5


def test_integers(con):
    good = {"30": 30, "+5": 5, "-3": -3, "007": 7, "30,0": 30, "30.00": 30, "1.234.567": 1234567}
    assert convert(con, "int", *good) == list(good.values())
    bad = [
        "1.234",
        "1,234",
        "1.000",
        "3,5",
        "12345678901234567890123456",
        "1E+05",
        "venti",
        "0x1F",
        "--1",
        "1 000",
    ]
    assert convert(con, "int", *bad) == [None] * len(bad)


def test_decimals(con):
    good = {
        "1234,56": "1234.56", "1234.56": "1234.56", "1.234,56": "1234.56", "1,234.56": "1234.56", "12": "12",
        "-0,5": "-0.5", "1.234.567": "1234567", "1,234,567": "1234567", "1,234": "1.234", "0.125": "0.125",
        "1234.567": "1234.567", "12.345.678,9": "12345678.9", "33,3333333333333": "33.3333", "2,00005": "2.0001",
    }  # fmt: skip
    assert convert(con, "decimal", *good) == [Decimal(value) for value in good.values()]
    bad = ["1.234", "-12.345", "1.23.456", "1,23,456.7", "12,34.5", "1..2", ",5", "5,", "1e3", "NaN", "inf", "€ 5",
           "1 234,5", "123456789012345678,1"]  # fmt: skip
    assert convert(con, "decimal", *bad) == [None] * len(bad)


NOTATIONS = {
    "plain comma": lambda value: f"{value:f}".replace(".", ","),
    "plain point": lambda value: f"{value:f}",
    "italian": lambda value: number(value, 2),
    "english": lambda value: f"{value:,.2f}",
}


@given(st.lists(st.decimals(-(10**9), 10**9, places=2, allow_nan=False), min_size=1, max_size=30))
@settings(max_examples=15, deadline=None)
def test_a_decimal_is_read_as_written_in_every_notation(con, values):
    for notation in NOTATIONS.values():
        assert convert(con, "decimal", *map(notation, values)) == values


@given(st.lists(st.dates(date(1901, 1, 1), date(2099, 12, 31)), min_size=1, max_size=30))
@settings(max_examples=15, deadline=None)
def test_a_date_is_the_same_in_every_notation(con, days):
    for notation in ("{0:%Y-%m-%d}", "{0:%d/%m/%Y}", "{0:%d-%m-%Y}", "{0.day}/{0.month}/{0.year}"):
        assert convert(con, "date", *map(notation.format, days)) == days


@given(st.lists(st.text(alphabet="0123456789.,-+/: TeE€", min_size=1, max_size=14), min_size=1, max_size=50))
@settings(max_examples=20, deadline=None)
def test_no_text_breaks_a_conversion(con, texts):
    for kind in ("date", "month", "year", "flag", "int", "decimal", "id", "text"):
        convert(con, kind, *texts)
    is_fiscal_code(con, *texts)


def test_identifiers(con):
    good = ["A1", "min-1/2022", "a.b_c", "x" * 40, "007"]
    assert convert(con, "id", *good) == good
    bad = ["x" * 41, "a b", "à", "a;b", "=cmd", "<b>", "a\nb", "'", fiscal_code(3), fiscal_code(3).lower()]
    assert convert(con, "id", *bad) == [None] * len(bad)


def test_municipalities_inside_and_outside_the_ambito():
    body, residence = (
        load_contracts()["minori"].column(name) for name in ("codice_ente", "comune_residenza")
    )
    assert conversion(body).lookup == "municipalities"
    assert conversion(residence).lookup is None


def test_free_text(con):
    assert convert(con, "text", "Perché no", "x" * 500, "x" * 501, max_length=500) == [
        "Perché no",
        "x" * 500,
        None,
    ]
    assert convert(con, "text", f"Vedi {fiscal_code(1).lower()}.") == ["Vedi [codice fiscale]."]
    code = fiscal_code(1)
    for gap in " .-/\u00a0\u202f\u200b\u00ad":
        grouped = gap.join((code[:3], code[3:6], code[6:11], code[11:]))
        assert convert(con, "text", f"Vedi {grouped}.") == ["Vedi [codice fiscale]."], grouped


def test_free_text_with_spoilt_letters(con):
    good = [
        "perché costa 5 €…",
        "l’aiuto – “sì”",
        "JOÃO e São Paulo",
        "Ângela",
        "ça va",
        "Škoda",
        "citt…",
        "√9",
        "50 % ƒ",
    ]
    assert convert(con, "text", *good, max_length=500) == good
    for coding in ("cp1252", "mac-roman"):
        spoilt = [text.encode().decode(coding) for text in ("perché", "è così", "quantità.", "però", "virtù")]
        assert convert(con, "text", *spoilt, max_length=500) == [None] * 5, spoilt
    for text in ("perché", "la città", "però"):
        assert convert(con, "text", text.encode("mac-roman").decode("cp1252"), max_length=500) == [None]
    bad = ["l’aiuto – “sì” 5 €".encode().decode("cp1252", "replace"), "cittÃ", "una citt\ufffd", "perch‚"]
    assert convert(con, "text", *bad, max_length=500) == [None] * 4


def test_fiscal_codes(con):
    right = fiscal_code(17)
    wrong = right[:-1] + chr(ord("A") + (ord(right[-1]) - ord("A") + 1) % 26)
    body = "TSTPRV" + "LM" + "A" + "0N" + "Z" + "VUT"  # omocodia: letters in place of digits
    homonym = body + control_letter(body)
    assert is_fiscal_code(con, right, right.lower(), homonym) == [True, True, True]
    assert (
        is_fiscal_code(con, wrong, right[:15], right + "A", "TSTPRV00Y01Z999X", "12345678901") == [False] * 5
    )


LETTERS = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
FIGURES = st.sampled_from("0123456789LMNPQRSTUV")
MONTHS = st.sampled_from("ABCDEHLMPRST")
SHAPE = (*[LETTERS] * 6, *[FIGURES] * 2, MONTHS, *[FIGURES] * 2, LETTERS, *[FIGURES] * 3, LETTERS)


@given(st.lists(st.tuples(*SHAPE).map("".join), min_size=1, max_size=40))
@settings(max_examples=20, deadline=None)
def test_the_control_letter_decides(con, codes):
    assert is_fiscal_code(con, *codes) == [control_letter(code[:15]) == code[15] for code in codes]
