"""Who a person is in the national return: a pseudonym of its own, the same in every year.

It is made with a key of its own, so that neither the landing's pseudonyms nor any other file leads to it. A register
keeps what was given to whom (a digest under that key, never the landing's pseudonym), so that it stays when the key of
the pseudonyms is rotated or a codice fiscale comes later than the minor. Key and register live in the home's `keys/`.
"""

import base64
import hmac
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from hashlib import sha256
from itertools import chain
from pathlib import Path

import duckdb

from osservatorio.database import connect
from osservatorio.errors import UserError, reason_it
from osservatorio.files import read_secret, write_secret
from osservatorio.home import Home

KEY_FILE = "sinba.key"
REGISTER_FILE = "sinba.registro"
KEY_BYTES = 32
LENGTH = 20  # characters: 100 bits
NEW_KEY = "osservatorio keys new --sinba"
_ALIASES = """
    with wanted as (select unnest($spells) as spell),
    known as (
        select
            codice_ente || '/' || id_presa_in_carico as spell,
            codice_ente,
            max_by(id_minore, (data_estrazione, load_seq, source_row)) as id_minore
        from landing.landing.prese_in_carico
        where codice_ente || '/' || id_presa_in_carico in (select spell from wanted)
        group by 1, 2
    ),
    persons as (
        select
            codice_ente,
            id_minore,
            max_by(codice_fiscale, (data_estrazione, load_seq, source_row)) filter (where codice_fiscale is not null)
                as codice_fiscale
        from landing.landing.minori
        where (codice_ente, id_minore) in (select (codice_ente, id_minore) from known)
        group by 1, 2
    )
    select known.spell, known.codice_ente, known.id_minore, persons.codice_fiscale
    from known
    left join persons using (codice_ente, id_minore)
"""
_ALL_ALIASES = """
    select distinct 'id', codice_ente, id_minore from landing.landing.prese_in_carico
    union all
    select distinct 'cf', '', codice_fiscale from landing.landing.minori where codice_fiscale is not null
"""


def new_beneficiary_key(home: Home) -> Path:
    """Create the key (file mode 0600). Raises UserError when it is there already: what it made would change."""
    home.prepare()
    path = home.keys / KEY_FILE
    try:
        write_secret(path, f"{secrets.token_bytes(KEY_BYTES).hex()}\n")
    except FileExistsError:
        raise UserError(
            f"La chiave della rilevazione SINBA esiste già («{path}»): non la sostituisco, perché gli stessi minori "
            "avrebbero un altro identificativo e gli anni non si collegherebbero più."
        ) from None
    except OSError as error:
        raise UserError(
            f"Non riesco a scrivere la chiave in «{home.keys}» ({reason_it(error)}): controlla i permessi."
        ) from error
    return path


def has_beneficiary_key(home: Home) -> bool:
    return (home.keys / KEY_FILE).exists()


def _read_key(home: Home) -> bytes:
    path = home.keys / KEY_FILE
    try:
        key = bytes.fromhex(read_secret(path).strip())
    except FileNotFoundError:
        was_there = (home.keys / REGISTER_FILE).exists()
        what_to_do = (
            "ripristinala dalla copia di sicurezza (con una nuova gli anni non si collegherebbero più)."
            if was_there
            else f"creala una volta sola con «{NEW_KEY}» e conservane una copia al sicuro."
        )
        raise UserError(f"Manca la chiave della rilevazione SINBA, «{path}»: {what_to_do}") from None
    except (OSError, ValueError) as error:
        raise UserError(
            f"La chiave della rilevazione SINBA «{path}» non si legge: ripristinala dalla copia di sicurezza."
        ) from error
    if len(key) != KEY_BYTES:
        raise UserError(
            f"La chiave della rilevazione SINBA «{path}» è incompleta: ripristinala dalla copia di sicurezza."
        )
    return key


class Beneficiaries:
    """The identifiers of persons, by the spells of care that the landing knows them by. Made by `beneficiaries_of`."""

    def __init__(self, key: bytes, register: sqlite3.Connection, landing: duckdb.DuckDBPyConnection) -> None:
        self._key = key
        self._register = register
        self._landing = landing

    def begin(self) -> None:
        """The persons are told from the start again: nobody has been given an identifier in this return yet."""
        self._register.execute("delete from used")

    def identify(self, persons: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """The identifier of each person: `persons` has, by a name of the caller's, their spells («body/number»).

        No two persons of a return have the same one. A person of whom the landing knows no spell has none.
        """
        spells = sorted({spell for of_person in persons.values() for spell in of_person})
        known: dict[str, list[bytes]] = {}
        rows = self._landing.execute(_ALIASES, {"spells": spells}).fetchall()
        for spell, body, minor, fiscal_code in sorted(rows, key=lambda row: (row[3] is None, *map(str, row))):
            known.setdefault(spell, []).extend(self._aliases(body, minor, fiscal_code))
        found = {}
        for person, of_person in persons.items():
            aliases = list(dict.fromkeys(alias for spell in of_person for alias in known.get(spell, ())))
            if aliases:
                found[person] = self._identifier(aliases)
        return found

    def _aliases(self, body: str, minor: str, fiscal_code: str | None) -> Iterator[bytes]:
        if fiscal_code:
            yield _digest(self._key, "cf", "", fiscal_code)
        yield _digest(self._key, "id", body, minor)

    def _identifier(self, aliases: Sequence[bytes]) -> str:
        """The one given first to any of the aliases, else a new one, noted under all of them."""
        marks = ", ".join("?" for _ in aliases)
        given = self._register.execute(
            f"select id, alias from given where alias in ({marks}) order by rowid", list(aliases)
        ).fetchall()
        unknown = set(aliases) - {alias for _, alias in given}
        candidates = chain((one for one, _ in given), (_encoded(self._key, aliases[0], n) for n in range(10)))
        for candidate in candidates:
            if self._register.execute("insert or ignore into used values (?)", [candidate]).rowcount:
                self._register.executemany(
                    "insert into given (alias, id) values (?, ?)",
                    [(alias, candidate) for alias in aliases if alias in unknown],
                )
                return candidate
        raise AssertionError("no identifier is left for a person")


@contextmanager
def beneficiaries_of(home: Home) -> Iterator[Beneficiaries]:
    """The identifiers of one return; what was given is kept when the return went well.

    Raises UserError when the key is missing or damaged.
    """
    key = _read_key(home)
    with (
        closing(_open_register(home)) as register,
        connect(home.landing, read_only=True) as landing,
        register,
    ):
        register.execute("create temp table used (id text primary key)")
        register.execute("begin")
        yield Beneficiaries(key, register, landing)


def carry_over(home: Home, links: Sequence[bytes]) -> None:
    """Before the landing's pseudonyms are keyed with `links`: note what was given under the pseudonyms to come as well.

    Stopped at any point it does no harm: both the present and the coming pseudonyms lead to what was given.
    """
    if not links or not (home.keys / REGISTER_FILE).exists() or not home.landing.exists():
        return
    key = _read_key(home)
    with (
        closing(_open_register(home)) as register,
        connect(home.landing, read_only=True) as landing,
        register,
    ):
        rows = landing.execute(_ALL_ALIASES)
        while page := rows.fetchmany(2000):
            register.executemany(
                "insert into given (alias, id) select ?, id from given where alias = ? on conflict (alias) do nothing",
                [
                    (_digest(key, kind, body, _keyed(value, links)), _digest(key, kind, body, value))
                    for kind, body, value in page
                ],
            )


def forget_unknown(home: Home) -> int:
    """Remove from the register whoever the landing does not know any more. Returns how many entries went."""
    if not (has_beneficiary_key(home) and (home.keys / REGISTER_FILE).exists() and home.landing.exists()):
        return 0
    key = _read_key(home)
    with (
        closing(_open_register(home)) as register,
        connect(home.landing, read_only=True) as landing,
        register,
    ):
        register.execute("create temp table known (alias blob primary key)")
        rows = landing.execute(_ALL_ALIASES)
        while page := rows.fetchmany(2000):
            register.executemany(
                "insert or ignore into known values (?)", [(_digest(key, *map(str, row)),) for row in page]
            )
        return register.execute("delete from given where alias not in (select alias from known)").rowcount


def _open_register(home: Home) -> sqlite3.Connection:
    """The register (file mode 0600), made where there is none."""
    path = home.keys / REGISTER_FILE
    try:
        if not path.exists():
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        register = sqlite3.connect(path)
        register.execute("pragma temp_store = memory")
        register.execute("create table if not exists given (alias blob primary key, id text not null)")
    except (OSError, sqlite3.Error) as error:
        why = reason_it(error) if isinstance(error, OSError) else "il file non è integro o è in uso"
        raise UserError(
            f"Il registro della rilevazione SINBA «{path}» non si apre ({why}): chiudi gli altri programmi che lo usano "
            "o ripristinalo dalla copia di sicurezza."
        ) from error
    return register


def _digest(key: bytes, kind: str, body: str, pseudonym: str) -> bytes:
    """An alias under the key: nothing of the landing's pseudonym is in it."""
    return hmac.digest(key, f"alias:{kind}:{body}/{pseudonym}".encode(), sha256)[:16]


def _encoded(key: bytes, basis: bytes, attempt: int) -> str:
    digest = hmac.digest(key, b"beneficiary:" + basis + bytes([attempt]), sha256)
    return base64.b32encode(digest).decode()[:LENGTH]


def _keyed(pseudonym: str, links: Iterable[bytes]) -> str:
    """What a rotation makes of a pseudonym of the landing."""
    for link in links:
        pseudonym = hmac.digest(link, pseudonym.encode(), sha256).hex()
    return pseudonym
