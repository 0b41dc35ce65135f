"""Random bytes, cells, titles and names never end in anything but an outcome, and the counts always balance."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from conftest import check_balance
from delivered_samples import KEY, sample
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.ingest import ingest
from osservatorio.errors import UserError
from osservatorio.home import Home

HEADER = ";".join(sample("reclami")).encode() + b"\n"
GOOD = ";".join(sample("reclami").values()).encode() + b"\n"

JUNK = st.binary(max_size=200)
MIXED = st.lists(
    st.sampled_from(
        [HEADER, GOOD, GOOD.replace(b";", b","), b'"', b";", b"\n", b"\r", b"\0", b"\xff\xfe", b"\xe8"]
    )
    | st.binary(max_size=6),
    max_size=15,
).map(b"".join)
FILES = st.tuples(
    st.sampled_from(["csv", "xlsx"]), JUNK | MIXED | MIXED.map(lambda body: HEADER + GOOD + body)
)


@given(st.lists(FILES, min_size=1, max_size=12))
@settings(max_examples=8, deadline=None)
def test_any_bytes(files):
    with TemporaryDirectory() as place:
        folder, home = Path(place) / "consegne", Home(Path(place) / "casa")
        folder.mkdir()
        for number, (suffix, content) in enumerate(files):
            (folder / f"reclami__{number}.{suffix}").write_bytes(content)
        result = ingest(folder, home, KEY, loaded_at=datetime(2024, 1, 15))
        assert len(result.deliveries) == len(files)
        for outcome in result.deliveries:
            assert outcome.rows_read == outcome.accepted + outcome.quarantined
            assert outcome.outcome != "refused" or outcome.message
        check_balance(home)


NAMES = st.text(
    alphabet=st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=40
)


@given(st.sets(NAMES.filter(lambda name: name not in (".", "..")), min_size=1, max_size=8))
@settings(max_examples=12, deadline=None)
def test_any_name(names):
    with TemporaryDirectory() as place:
        folder, home = Path(place) / "consegne", Home(Path(place) / "casa")
        folder.mkdir()
        for name in names:
            (folder / name[:60]).write_bytes(b"x")
        try:
            result = ingest(folder, home, KEY, loaded_at=datetime(2024, 1, 15))
        except UserError:
            return
        assert {outcome.outcome for outcome in result.deliveries} == {"refused"}


CELLS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    [
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
    ]
)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(list(sample("reclami"))), CELLS, max_size=4), min_size=1, max_size=20
    )
)
@settings(max_examples=8, deadline=None)
def test_any_cell(rows):
    from delivered_samples import Office

    with TemporaryDirectory() as place:
        office = Office(Path(place) / "consegne", Home(Path(place) / "casa"))
        office.folder.mkdir()
        outcome = office.deliver("reclami.csv", [sample("reclami", i) | row for i, row in enumerate(rows)])
        assert outcome.outcome == "landed"
        check_balance(office.home)
