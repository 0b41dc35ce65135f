"""dbt's session opens its files as the rest of the house does: same settings, encrypted archives with their key.

dbt-duckdb loads this before it attaches the databases of the profile, which it then finds attached. The key is neither
in the profile nor in a variable nor in the text of a statement.
"""

import os
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from osservatorio.database import SETTINGS, attach, spill_to


class Plugin(BasePlugin):
    """The plugin of the profile's `plugins`."""

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """What the profile does not say is as in every session of the house."""
        config.update(SETTINGS | config)

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Attach the databases of the profile, under the names that it gives them."""
        for attachment in self.creds.attach or ():
            if attachment.read_only:  # the landing
                spill_to(conn, Path(os.environ["OSSERVATORIO_TEMP_DIR"]), beside=Path(attachment.path))
            attach(conn, Path(attachment.path), attachment.alias, read_only=attachment.read_only)
