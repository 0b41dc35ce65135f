"""Values put where their texts stand."""

import numpy as np
import pyarrow as pa
import pytest

from ingestion.values import Part, _put


@pytest.mark.parametrize("start", [0, 3, 11])
def test_texts_that_are_no_values_go_and_the_others_stay_where_they_are(start):
    texts = pa.array([None if n % 5 == 0 else f"ID-{n}" for n in range(40)], pa.string()).slice(start)
    places = np.array([1, 2, 9, 20])
    part = Part(texts.take(pa.array(places)), places, repeats=True)
    values = part.texts.to_pylist()
    values[1] = values[3] = None
    put = _put(texts, part, pa.array([*values, "behind"], pa.string()))
    expected = texts.to_pylist()
    expected[2] = expected[20] = None
    assert put.to_pylist() == expected
    assert put.null_count == expected.count(None)
    put.validate(full=True)
    assert texts.to_pylist()[2] == f"ID-{start + 2}" or (start + 2) % 5 == 0


def test_texts_that_become_others_are_put_as_those():
    texts = pa.array(["a", "b", None, "c"], pa.string())
    part = Part(pa.array(["b", "c"], pa.string()), np.array([1, 3]), repeats=True)
    assert _put(texts, part, pa.array(["B", None], pa.string())).to_pylist() == ["a", "B", None, None]
