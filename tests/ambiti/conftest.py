"""Two Ambiti of made-up figures, and a home where both are published together."""

from pathlib import Path

import pytest
from ambiti_by_hand import move_elsewhere, publish_both, publish_one

from osservatorio.home import Home


@pytest.fixture(scope="session")
def two_homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Home]:
    """The homes of two Ambiti, with few tables; tests only read them."""
    root = tmp_path_factory.mktemp("ambiti")
    return publish_one(root / "primo", is_small=True), publish_one(
        root / "secondo", move_elsewhere, is_small=True, as_of="2023-09-30"
    )


@pytest.fixture(scope="session")
def together(tmp_path_factory: pytest.TempPathFactory, two_homes: tuple[Home, Home]) -> Home:
    """A home with one release of both; tests only read it."""
    home = Home(tmp_path_factory.mktemp("insieme"))
    publish_both(home, two_homes)
    return home


@pytest.fixture
def own_together(tmp_path: Path) -> Home:
    """An empty home for a release of many."""
    home = Home(tmp_path / "insieme")
    home.prepare()
    return home
