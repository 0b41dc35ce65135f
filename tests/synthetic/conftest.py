"""Generated folders, made once for the tests of this room."""

from pathlib import Path

import pytest
from built_once import built_once
from delivered import Delivered

from ingestion.synthetic.generate import GenerationSummary, generate


@pytest.fixture(scope="session")
def ambito_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Ambito for three years, without spoiled rows."""
    return built_once(tmp_path_factory, "ambito_pulito", lambda folder: generate(folder, dirty=0))


@pytest.fixture(scope="session")
def ambito(ambito_folder: Path) -> Delivered:
    return Delivered(ambito_folder)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, GenerationSummary]:
    """A twentieth of the Ambito, one year, clean."""
    folder = tmp_path_factory.mktemp("small")
    return folder, generate(folder, years=(2022, 2022), scale=0.05, dirty=0)


@pytest.fixture(scope="session")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, GenerationSummary]:
    """The same with a fifth of spoiled rows."""
    folder = tmp_path_factory.mktemp("spoiled")
    return folder, generate(folder, years=(2022, 2022), scale=0.05, dirty=0.2)
