"""Deliveries at random into one small landing, as ingestion leaves them: what may happen to a record happens often."""

from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from dbt_landings import Landing

BODIES = ("108005", "108024")
FIRST, LAST = date(2020, 1, 1), date(2023, 12, 31)
KEYS = {
    "minori": "id_minore",
    "prese_in_carico": "id_presa_in_carico",
    "interventi": "id_intervento",
    "compartecipazioni": "id_compartecipazione",
    "tariffe": "anno",
}
MOST = {"minori": 5, "prese_in_carico": 6, "interventi": 14, "compartecipazioni": 8, "tariffe": 2}
ACTS = ("colloquio", "incontro_protetto", "accesso_adm", "visita_domiciliare")


class Deliveries:
    """A landing that grows by one delivery at a time, of new records, corrections, withdrawals and replacements."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = Random(seed)
        self.landing = Landing(folder)
        self.path = self.landing.close()
        self.load_seq = 0
        self.as_of = date(2021, 6, 30)
        self.waiting: list[tuple[str, str, int, dict[str, Any]]] = []
        self.told: list[str] = []

    def deliver(self) -> str:
        """Land something, and perhaps move the reference date on; returns it (ISO)."""
        import duckdb

        with duckdb.connect(str(self.path)) as con:
            self.landing._con = con
            for _ in range(self.random.randint(1, 4)):
                self._settle(con) if self.waiting and self.random.random() < 0.3 else self._delivery(con)
        if self.random.random() < 0.6:
            self.as_of = min(LAST, self.as_of + timedelta(days=self.random.choice((1, 90, 184))))
        self.told.append(f"as_of {self.as_of}")
        return self.as_of.isoformat()

    def _moment(self) -> datetime:
        return datetime(2024, 1, 1) + timedelta(days=self.load_seq)

    def _delivery(self, con: Any) -> None:
        self.load_seq += 1
        extract = self.random.choices(list(KEYS), weights=(3, 3, 5, 3, 1))[0]
        body = self.random.choice(BODIES)
        extracted = min(LAST, self.as_of + timedelta(days=self.random.choice((0, 0, 0, -200, 30))))
        is_full = self.random.random() < 0.25
        name = f"d{self.load_seq}"
        count = self.random.randint(1, 5)
        numbers = self.random.sample(range(MOST[extract]), min(count, MOST[extract]))
        waits = 0
        for row, number in enumerate(numbers, start=1):
            values = self._record(extract, number) | {
                "codice_ente": body,
                KEYS[extract]: 2021 + number if extract == "tariffe" else f"{extract[0]}{number}",
                "data_estrazione": extracted - timedelta(days=self.random.choice((0, 0, 0, 40))),
                "stato_record": "annullato" if self.random.random() < 0.1 else "attivo",
            }
            if self.random.random() < 0.12:
                waits += 1
                self._hold(con, extract, name, row, values)
            else:
                self._land(con, "landing", extract, name, row, values)
        con.execute(
            """insert into meta.deliveries by name select $name as delivery_id, $extract as extract,
            $extract || '.csv' as file_name, $is_full as is_full_replacement, $rows as rows_read,
            $rows - $waits as accepted, 0 as quarantined, $waits as waiting, 'landed' as outcome,
            $body as codice_ente, $first::date as first_extraction, $last::date as last_extraction,
            $seq as load_seq, $at::timestamp as loaded_at""",
            {
                "name": name,
                "extract": extract,
                "is_full": is_full,
                "rows": len(numbers),
                "waits": waits,
                "body": body,
                "first": extracted - timedelta(days=40),
                "last": extracted,
                "seq": self.load_seq,
                "at": self._moment(),
            },
        )
        self.told.append(f"{name} {extract} {body} {numbers} {extracted} full={is_full} waits={waits}")

    def _record(self, extract: str, number: int) -> dict[str, Any]:
        some = self.random
        spell = f"p{some.randrange(MOST['prese_in_carico'])}"
        day = FIRST + timedelta(days=some.randrange((self.as_of - FIRST).days))
        match extract:
            case "minori":
                return {
                    "codice_fiscale": some.choice((f"cf{number}", f"cf{number}", "cf-shared", None)),
                    "data_nascita": date(some.choice((2008, 2015)), 5, 1),
                    "sesso": some.choice("MF"),
                    "cittadinanza": "italiana",
                }
            case "prese_in_carico":
                closed = day + timedelta(days=some.choice((20, 300)))
                is_closed = some.random() < 0.4 and closed <= self.as_of
                return {
                    "id_minore": f"m{some.randrange(MOST['minori'])}",
                    "codice_servizio": some.choice(("equipe_tutela", "adm", "spazio_neutro")),
                    "data_apertura": day,
                    "data_chiusura": closed if is_closed else None,
                    "motivo_chiusura": "3" if is_closed else None,
                    "comune_riferimento": some.choice((None, None, "108039")),
                }
            case "interventi":
                return {
                    "id_presa_in_carico": spell,
                    "tipo": some.choice(ACTS),
                    "settore": None,
                    "data_intervento": day,
                    "durata_minuti": some.choice((30, 60, 180)),
                    "esito": some.choice(("svolto", "svolto", "assente")),
                }
            case "compartecipazioni":
                return {
                    "id_presa_in_carico": spell,
                    "mese": day.replace(day=1),
                    "prestazione": "adm",
                    "obbligato": "genitore_1",
                    "isee": some.choice((None, 9000, 20000)),
                    "quantita": some.choice((1, 10)),
                    "quota_unitaria": 2,
                    "importo_dovuto": 20,
                    "importo_versato": 10,
                }
        return {
            "prestazione": "adm",
            "isee_iniziale": 6000,
            "isee_finale": some.choice((24000, 30000)),
            "quota_minima": 0,
            "contribuzione_massima": some.choice((10, 15)),
        }

    def _land(self, con: Any, schema: str, extract: str, name: str, row: int, values: dict[str, Any]) -> None:
        moment = values.get("loaded_at", self._moment())
        known = values | {
            "delivery_id": name,
            "loaded_at": moment,
            "load_seq": int(name[1:]),
            "source_row": row,
        }
        columns = {told[0] for told in con.execute(f"describe landing.{schema}.{extract}").fetchall()}
        if schema == "landing":
            self.landing.put(extract, known)
            return
        known = {column: value for column, value in known.items() if column in columns}
        con.execute(
            f"insert into landing.held.{extract} ({', '.join(known)}) values ({', '.join('?' * len(known))})",
            list(known.values()),
        )

    def _hold(self, con: Any, extract: str, name: str, row: int, values: dict[str, Any]) -> None:
        self._land(con, "held", extract, name, row, values)
        con.execute(
            """insert into quarantine.rows by name select $name as delivery_id, $extract as extract,
            $extract || '.csv' as file, $row as "row", 'id' as "column", 'riferimento' as rule,
            'Aspetta.' as message, 'waiting' as state""",
            {"name": name, "extract": extract, "row": row},
        )
        self.waiting.append((extract, name, row, values))

    def _settle(self, con: Any) -> None:
        """A row that waited lands: with its own delivery, at another moment."""
        self.load_seq += 1
        extract, name, row, values = self.waiting.pop(self.random.randrange(len(self.waiting)))
        known = {"extract": extract, "name": name, "row": row}
        con.execute(
            f"delete from landing.held.{extract} where delivery_id = $name and source_row = $row",
            {"name": name, "row": row},
        )
        self._land(con, "landing", extract, name, row, values | {"loaded_at": self._moment()})
        con.execute(
            """update quarantine.rows set state = 'landed', closed_at = $at::timestamp
            where extract = $extract and delivery_id = $name and "row" = $row""",
            known | {"at": self._moment()},
        )
        con.execute(
            "update meta.deliveries set accepted = accepted + 1, waiting = waiting - 1 where delivery_id = $name",
            {"name": name},
        )
        self.told.append(f"settled {extract} {name} {row}")
