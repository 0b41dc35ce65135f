"""Amounts of memory, as people write them."""

import pytest

from osservatorio.settings import memory_share


@pytest.mark.parametrize(
    ("limit", "share"),
    [("1200MB", "300MB"), ("4GB", "1000MB"), (" 2 GiB", "537MB"), ("600MB", "300MB"), ("molta", "molta")],
)
def test_a_share_of_the_memory_is_an_amount_and_enough(limit: str, share: str):
    assert memory_share(limit, 0.25, "300MB") == share
