"""What is known of a text is what was found of it, however many others came before."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.known_texts import KnownTexts

PIECE = st.lists(st.none() | st.sampled_from("abcdefg"), max_size=5)


def lengthened(text: str | None) -> str:
    return f"{text} found"


@settings(deadline=None)
@given(pieces=st.lists(PIECE, max_size=8), most=st.integers(0, 8))
def test_every_text_is_found_and_none_is_asked_for_twice_while_it_is_kept(pieces, most):
    known = KnownTexts(most)
    kept: set[str | None] = set()
    for piece in pieces:
        texts = pa.array(piece, pa.string())
        if len(kept) > most:
            kept = set()
        unknown = known.unknown(texts)
        assert sorted(unknown.to_pylist(), key=str) == sorted({None, *piece} - kept, key=str)
        if len(unknown):
            known.add(unknown, pa.table({"value": [lengthened(text) for text in unknown.to_pylist()]}))
            kept |= set(unknown.to_pylist())
        expected = [lengthened(text) for text in (*piece, None)]
        assert known.of(texts).column("value").to_pylist() == expected
