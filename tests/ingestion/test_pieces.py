"""How deliveries are cut into pieces, and how pieces are made ahead of their use."""

import threading
from types import SimpleNamespace

import pyarrow as pa
import pytest

from ingestion.ahead import Ahead
from ingestion.pieces import Piece, Refused, in_pieces
from ingestion.refusal import RefusedFile

TABLE = pa.table({"x": pa.array(range(100), pa.int64())})  # 800 bytes


def content(tables, *, is_large: bool = False) -> SimpleNamespace:
    return SimpleNamespace(delivery=object(), tables=tables, is_large=is_large)


def cut(contents, batch_bytes: int = 1500) -> list[Piece | Refused]:
    return list(in_pieces(((one.delivery, one) for one in contents), batch_bytes))


def test_small_deliveries_share_a_piece_up_to_its_size():
    small = [content([TABLE]) for _ in range(5)]
    pieces = cut(small)
    assert [piece.batch for piece in pieces] == [small[:2], small[2:4], small[4:]]
    assert [place for place, _ in pieces[0].tables] == [0, 1]
    assert len({piece.number for piece in pieces}) == 3


def test_the_pieces_of_a_large_delivery_have_one_number_and_follow_one_another():
    small, large, other = content([TABLE]), content([TABLE] * 3, is_large=True), content([TABLE])
    pieces = cut([small, large, other])
    assert [piece.batch for piece in pieces] == [[large], [large], [large], [small, other]]
    assert len({piece.number for piece in pieces[:3]}) == 1
    assert pieces[3].number != pieces[0].number


def test_a_large_delivery_that_fails_halfway_is_refused_under_the_number_of_its_pieces():
    def tables():
        yield TABLE
        raise RefusedFile("cambiato")

    large, after = content(tables(), is_large=True), content([TABLE])
    begun, refused, last = cut([large, after])
    assert isinstance(refused, Refused)
    assert (refused.number, refused.delivery, refused.refusal.message) == (
        begun.number,
        large.delivery,
        "cambiato",
    )
    assert last.batch == [after]
    assert last.number != begun.number


def test_a_delivery_refused_before_any_row_is_a_step_of_its_own():
    refusal, delivery, good = RefusedFile("vuoto"), object(), content([TABLE])
    refused, piece = in_pieces([(delivery, refusal), (good.delivery, good)], 1500)
    assert refused == Refused(refused.number, delivery, refusal)
    assert piece.number != refused.number


def test_one_item_is_made_while_the_one_before_it_is_in_use():
    made = [threading.Event() for _ in range(3)]

    def items():
        for place, event in enumerate(made):
            event.set()
            yield place

    used = []
    for place in Ahead(items()):
        if place + 1 < len(made):
            assert made[place + 1].wait(10)
        assert not any(event.is_set() for event in made[place + 2 :])
        used.append(place)
    assert used == [0, 1, 2]


def test_what_making_an_item_raises_is_raised_when_it_is_asked_for():
    def items():
        yield 1
        raise RefusedFile("rotto")

    ahead = Ahead(items())
    assert next(ahead) == 1
    with pytest.raises(RefusedFile, match="rotto"):
        next(ahead)


def test_closing_waits_for_the_item_being_made():
    going_on, done = threading.Event(), threading.Event()

    def items():
        yield 1
        going_on.set()
        assert not done.wait(0.2)
        done.set()
        yield 2

    ahead = Ahead(items())
    assert next(ahead) == 1
    assert going_on.wait(10)
    ahead.close()
    assert done.is_set()
