"""Sound files of every format, damaged at random: refused, or landed as far as they can be read."""

import pyarrow as pa
import pyarrow.parquet
import pytest
from corpus.packages import archive, member_of, table, with_member, workbook
from delivered_samples import csv_bytes, sample
from hypothesis import given
from hypothesis import strategies as st
from throwing import few, throw

ROWS = [sample("reclami", serial, azione_miglioramento="perché “no”") for serial in range(4)]


def sound_files() -> list[tuple[str, bytes]]:
    """The same rows in every format."""
    columns = {name: [row[name] for row in ROWS] for name in ROWS[0]}
    sink = pa.BufferOutputStream()
    pyarrow.parquet.write_table(pa.table(columns), sink)
    text = csv_bytes(ROWS)
    return [
        ("csv", text),
        ("xlsx", workbook({"Dati": table(ROWS)})),
        ("parquet", sink.getvalue().to_pybytes()),
        ("zip", archive({"reclami__a.csv": text, "reclami__b.csv": text + text.splitlines()[1]})),
    ]


SOUND = sound_files()


PLACE = st.floats(0, 1, exclude_max=True)


DAMAGE = st.one_of(
    st.tuples(st.just("flip"), PLACE, st.integers(0, 7)),
    st.tuples(st.just("cut"), PLACE, st.integers(1, 400)),
    st.tuples(st.just("repeat"), PLACE, st.integers(1, 400)),
    st.tuples(st.just("blank"), PLACE, st.integers(1, 64)),
    st.tuples(st.just("end"), PLACE, st.just(0)),
)


def damaged(content: bytes, kind: str, place: float, size: int) -> bytes:
    """The content with a bit turned, a part cut out, doubled or blanked, or everything after a point missing."""
    at = int(place * len(content))
    if kind == "flip":
        return content[:at] + bytes([content[at] ^ 1 << size]) + content[at + 1 :] if content else content
    middle = {"cut": b"", "repeat": content[at : at + size] * 2, "blank": bytes(size), "end": b""}[kind]
    return content[:at] + middle + (b"" if kind == "end" else content[at + size :])


@given(
    st.lists(
        st.tuples(st.sampled_from(SOUND), st.lists(DAMAGE, min_size=1, max_size=3)), min_size=1, max_size=10
    )
)
@few
def test_any_damage_to_a_sound_file(spoilt):
    files = []
    for (suffix, content), damages in spoilt:
        for damage in damages:
            content = damaged(content, *damage)
        files.append((suffix, content))
    throw(files)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"]), DAMAGE
        ),
        min_size=1,
        max_size=8,
    )
)
@few
def test_any_damage_inside_a_workbook(damages):
    """The package stays sound, so that the damage reaches the reader of cells."""
    sound = SOUND[1][1]
    throw(
        [
            ("xlsx", with_member(sound, part, damaged(member_of(sound, part), *damage)))
            for part, damage in damages
        ]
    )


@pytest.mark.parametrize("file", SOUND, ids=lambda file: file[0])
def test_the_undamaged_files_land(file):
    outcomes = throw([file])
    assert {(outcome.outcome, outcome.quarantined) for outcome in outcomes} == {("landed", 0)}
