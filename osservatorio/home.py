"""The data home: where the landing, the releases, the keys and the reports live."""

import os
from dataclasses import dataclass
from pathlib import Path

from osservatorio.errors import UserError, reason_it

ENV_HOME = "OSSERVATORIO_HOME"
DEFAULT_HOME = "data"
DEMO_FOLDER = "demo"


@dataclass(frozen=True)
class Home:
    """Paths of one data home. Nothing here touches the disk but `prepare`."""

    root: Path

    @classmethod
    def locate(cls, given: Path | None = None) -> "Home":
        """The home given on the command line, else OSSERVATORIO_HOME, else ./data."""
        return cls(Path(given or os.environ.get(ENV_HOME) or DEFAULT_HOME).expanduser().absolute())

    @classmethod
    def locate_for_demo(cls, given: Path | None = None) -> "Home":
        """Where the demonstration goes: the home asked for, else a folder of its own inside the default home."""
        home = cls.locate(given)
        return home if given or os.environ.get(ENV_HOME) else home.demo

    @classmethod
    def locate_for_reading(cls, given: Path | None = None) -> "Home":
        """Like `locate`; a default home without releases gives way to its demonstration, where there is one."""
        home = cls.locate(given)
        if given or os.environ.get(ENV_HOME) or home.landing.exists() or not home.demo.current.exists():
            return home
        return home.demo

    @property
    def demo(self) -> "Home":
        """The home of the demonstration inside this one: real and synthetic data never share an archive."""
        return Home(self.root / DEMO_FOLDER)

    @property
    def landing(self) -> Path:
        return self.root / "landing.duckdb"

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def current(self) -> Path:
        return self.root / "current.json"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def narratives(self) -> Path:
        """What people write for the reports, in their own words."""
        return self.root / "narratives"

    @property
    def disclosure(self) -> Path:
        """The register of the protected exports."""
        return self.root / "disclosure"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def audit_log(self) -> Path:
        return self.root / "audit.log"

    @property
    def purge_plan(self) -> Path:
        """What a purge looks for; there only until it has given its proof."""
        return self.root / "eliminazione.duckdb"

    @property
    def data_docs(self) -> Path:
        return self.root / "data_docs"

    @property
    def work(self) -> Path:
        """Scratch of the build in course; may be deleted at any time when nothing runs."""
        return self.root / "work"

    def prepare(self) -> None:
        """Create the folders of the home. Raises UserError where the place cannot be written."""
        try:
            self.root.parent.mkdir(parents=True, exist_ok=True)
            self.root.mkdir(mode=0o700, exist_ok=True)
            for folder in (self.releases, self.reports, self.data_docs, self.work):
                folder.mkdir(parents=True, exist_ok=True)
            self.keys.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"Non riesco a scrivere nella cartella dei dati «{self.root}» ({reason_it(error)}): "
                "controlla i permessi o indica un'altra cartella con --home."
            ) from error
        if not os.access(self.root, os.W_OK):
            raise UserError(
                f"La cartella dei dati «{self.root}» è in sola lettura: "
                "controlla i permessi o indica un'altra cartella con --home."
            )
