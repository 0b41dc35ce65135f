"""Random bytes, cells, titles, names, encodings: an outcome for each, and counts that balance."""

import pytest
from bad_inputs import check_italian
from corpus.packages import table, workbook
from delivered_samples import csv_bytes, sample
from hypothesis import example, given, settings
from hypothesis import strategies as st
from throwing import few, fresh_office, throw

from osservatorio.contracts import load_contracts
from osservatorio.errors import UserError

HEADER, GOOD = csv_bytes([sample("reclami")]).splitlines(keepends=True)


JUNK = st.binary(max_size=200)


MIXED = st.lists(
    st.sampled_from(
        [HEADER, GOOD, GOOD.replace(b";", b","), b'"', b";", b"\n", b"\r", b"\0", b"\xff\xfe", b"\xe8"]
    )
    | st.binary(max_size=6),
    max_size=15,
).map(b"".join)


SUFFIXES = st.sampled_from(["csv", "csv", "xlsx", "parquet", "zip"])


@given(
    st.lists(
        st.tuples(SUFFIXES, JUNK | MIXED | MIXED.map(lambda body: HEADER + GOOD + body)),
        min_size=1,
        max_size=12,
    )
)
@example([("csv", (HEADER + GOOD).decode().encode("utf-16")[:-1])])
@few
def test_any_bytes(files):
    throw(files)


NAMES = st.text(
    alphabet=st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=40
)


@given(st.sets(NAMES.filter(lambda name: name not in (".", "..")), min_size=1, max_size=8))
@settings(max_examples=12, deadline=None)
def test_any_name(names):
    with fresh_office() as office:
        for name in names:
            (office.folder / name[:60]).write_bytes(b"x")
        try:
            outcomes = office.outcomes()
        except UserError as error:
            check_italian(error.message)
        else:
            assert {outcome.outcome for outcome in outcomes.values()} == {"refused"}


STRANGE = [
    "=1+1",
    "' OR 1=1--",
    "<script>",
    "../../x",
    "{gravita}",
    "{trovato}",
    "𝕏",
    "\u202e",
    "1e400",
    "-0",
    "0000-00-00",
    "31/02/2022",
    "1.234",
    "perchÃ©",
    "31/02/2022 24:00",
    "30/06/2022 00:00:00",
    "01/01/1900",
    "10\u200e/03/2022\u2028",
    "1,234",
    "12345678901234567890,5",
    '"',
    "a\nb",
    "\x7f",
]


CELLS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(STRANGE)


CHANGES = st.lists(
    st.dictionaries(st.sampled_from(list(sample("reclami"))), CELLS, max_size=4), min_size=1, max_size=20
)


@given(CHANGES)
@few
def test_any_cell(changes):
    rows = [sample("reclami", number) | change for number, change in enumerate(changes)]
    (outcome,) = throw([("csv", csv_bytes(rows))])
    assert outcome.outcome == "landed"


@pytest.mark.parametrize("extract", ["reclami", "spese"])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_every_strange_cell_in_every_column(office, extract, suffix):
    """What chance rarely brings together: each of them once in each column of the contract.

    Only a line break in the first column is left out: what follows it is as wide as a row, and is read as one.
    """
    columns = [column.name for column in load_contracts()[extract].columns]
    blank = dict.fromkeys(columns, "")
    places = [(name, text) for name in columns for text in STRANGE if (name, text) != (columns[0], "a\nb")]
    rows = [blank | sample(extract, number) | {name: text} for number, (name, text) in enumerate(places)]
    content = csv_bytes(rows)
    if suffix == "xlsx":
        options = {"strings_to_formulas": False, "strings_to_urls": False}
        content = workbook({"Dati": table(rows)}, options=options)
    outcome = office.deliver(f"{extract}.{suffix}", content)
    assert outcome.outcome == "landed"
    assert outcome.rows_read == len(rows)
    for message in set(office.messages()):
        check_italian(message)
        assert not {"\u200e", "\u202e", "\u2028"} & set(message)


NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**18), 10**18) | st.booleans()


TYPED = NUMBERS | st.dates() | st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(list(sample("reclami"))), TYPED, max_size=4), min_size=1, max_size=20
    )
)
@few
def test_any_cell_of_a_workbook(changes):
    rows = [sample("reclami", number) | change for number, change in enumerate(changes)]
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    (outcome,) = throw([("xlsx", workbook({"Dati": table(rows)}, options=options))])
    assert outcome.outcome == "landed"
    assert outcome.rows_read == len(rows)


TITLES = st.lists(
    st.sampled_from(list(sample("reclami")))
    | st.sampled_from(["Data Ricezione", "GRAVITÀ", "", " ", '"', "a;b", "'; drop table x;--", "=cmd|' '!A0"])
    | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=90),
    max_size=16,
)


@given(st.lists(st.tuples(TITLES, st.booleans(), st.sampled_from(";,\t|")), min_size=1, max_size=12))
@few
def test_any_titles(headers):
    """Random titles in place of the right ones, or after them."""
    files = []
    for titles, after, separator in headers:
        right = list(sample("reclami")) if after else []
        line = separator.join((*right, *titles)).encode()
        row = separator.join((*sample("reclami").values(), *("x" for _ in titles))).encode()
        files.append(("csv", line + b"\n" + row + b"\n"))
    throw(files)


CODECS = ("utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp850",
          "mac-roman", "koi8-r", "shift_jis", "gb18030", "cp037", "hz")  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.sampled_from(CODECS),
            st.sampled_from(";,\t|:~"),
            st.sampled_from(["\n", "\r\n", "\r", "\n\r", "\x85", "\u2028"]),
            st.text(alphabet="àèéìòù€’“–ñß漢я🙂 abc\"';,|\n", max_size=20),
        ),
        min_size=1,
        max_size=12,
    )
)
@few
def test_any_encoding_separator_and_line_end(ways):
    files = []
    for codec, separator, line_end, note in ways:
        rows = [sample("reclami", serial, azione_miglioramento=note) for serial in range(2)]
        text = csv_bytes(rows, separator=separator, line_end=line_end).decode()
        files.append(("csv", text.encode(codec, "replace")))
    throw(files)
