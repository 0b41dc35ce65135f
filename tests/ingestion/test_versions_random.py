"""Any history of deliveries: the current version of every record on every date, told by a plain model without SQL.

The warehouse's own macro is compiled as dbt would do it, and asked about the landing that ingestion made.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from delivered_samples import Office, sample
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from ingestion.versions import delivery_versions
from osservatorio.build import PROJECT
from osservatorio.contracts import load_contracts
from osservatorio.database import connect
from osservatorio.home import Home

EXTRACT = "prese_in_carico"
BODIES = ("108030", "108040")
DAYS = [date(2022, 6, day) for day in (1, 2, 3, 4)]
SOUND, SPOILT, ORPHAN = "sound", "spoilt", "orphan"  # accepted; in quarantine; waits for the minor
Key = tuple[str, str]
Place = tuple[date, int]  # where a version stands in the order of versions, row numbers aside


@dataclass(frozen=True)
class Row:
    """A row as a body sends it."""

    key: Key
    day: date
    kind: str = SOUND
    annulled: bool = False


@dataclass(frozen=True)
class Run:
    """The files of one run, each as (full replacement, rows), and the day of the missing minor if it arrives."""

    files: tuple[tuple[bool, tuple[Row, ...]], ...]
    minor: date | None = None


@dataclass(frozen=True)
class Version:
    """A row that was sent: file (from 1 on, in the order of loading), line, run, and the run in which it landed, if any."""

    row: Row
    file: int
    line: int
    sent: int
    landed: int | None

    @property
    def order(self) -> tuple[date, int, int]:
        return self.row.day, self.file, self.line

    @property
    def place(self) -> Place:
        return self.row.day, self.file


@dataclass
class Model:
    """What was sent in which run."""

    versions: list[Version]
    complete: set[int]
    spoken: list[tuple[date, int]]  # each accepted day with the run of its delivery

    @staticmethod
    def of(runs: list[Run]) -> "Model":
        arrival = next((number for number, run in enumerate(runs) if run.minor), None)
        model = Model([], set(), [(DAYS[0], 0)])
        model.spoken += [(run.minor, number) for number, run in enumerate(runs) if run.minor]
        file = 0
        for number, run in enumerate(runs):
            for is_complete, rows in run.files:
                file += 1
                if is_complete:
                    model.complete.add(file)
                for line, row in enumerate(rows, 2):
                    landed = {SOUND: number, SPOILT: None}.get(
                        row.kind, None if arrival is None else max(number, arrival)
                    )
                    model.versions.append(Version(row, file, line, number, landed))
                    if landed is not None:
                        model.spoken.append((row.day, number))
        return model

    def known(self, at: date) -> list[Version]:
        """What had landed at a date: a row that waited, before the first delivery that speaks of a later day."""
        later = min((run for day, run in self.spoken if day > at), default=None)
        return [
            version
            for version in self.versions
            if version.landed is not None
            and (version.landed == version.sent or later is None or version.landed < later)
        ]

    def brought(self, file: int) -> set[Key]:
        return {version.row.key for version in self.versions if version.file == file}

    def replacements(self, known: list[Version], at: date) -> list[tuple[Place, str]]:
        """Where each full replacement of each body stands: with the last day of its accepted rows of that body."""
        days: dict[tuple[int, str], date] = {}
        for version in known:
            if version.file in self.complete:
                name = version.file, version.row.key[0]
                days[name] = max(version.row.day, days.get(name, version.row.day))
        return sorted(((day, file), body) for (file, body), day in days.items() if day <= at)

    def current(self, at: date) -> dict[Key, tuple[int, int]]:
        """File and line of the version of each record that counts at a date."""
        known = self.known(at)
        latest: dict[Key, Version] = {}
        for version in sorted((v for v in known if v.row.day <= at), key=lambda v: v.order):
            latest[version.row.key] = version
        found = {}
        for key, version in latest.items():
            is_left_out = any(
                body == key[0] and place > version.place and key not in self.brought(place[1])
                for place, body in self.replacements(known, at)
            )
            if not (version.row.annulled or is_left_out):
                found[key] = version.file, version.line
        return found

    def left_out(self) -> Counter[int]:
        """How many records each full replacement withdrew by not holding them."""
        landed = [version for version in self.versions if version.landed is not None]
        counts: Counter[int] = Counter()
        for key in {version.row.key for version in landed}:
            own = sorted((v for v in landed if v.row.key == key), key=lambda v: v.order)
            for version, following in zip(own, [*own[1:], None], strict=True):
                missing = [
                    place[1]
                    for place, body in self.replacements(landed, DAYS[-1])
                    if body == key[0]
                    and place > version.place
                    and key not in self.brought(place[1])
                    and (following is None or place < following.place)
                ]
                if missing and not version.row.annulled:
                    counts[missing[0]] += 1
        return counts


keys = st.tuples(st.sampled_from(BODIES), st.sampled_from("123"))
rows = st.builds(
    Row,
    keys,
    st.sampled_from(DAYS),
    st.sampled_from((SOUND, SOUND, SOUND, SPOILT, ORPHAN)),
    st.sampled_from((False, False, False, True)),
)
files = st.tuples(st.booleans(), st.lists(rows, min_size=1, max_size=5).map(tuple))


@st.composite
def histories(draw) -> list[Run]:
    """Up to four runs of up to three files, in one of which the missing minor may arrive.

    Within a run files are loaded by name: full replacements come last.
    """
    sent = draw(st.lists(st.lists(files, min_size=1, max_size=3), min_size=2, max_size=4))
    arrival = draw(st.integers(0, len(sent)))
    day = draw(st.sampled_from(DAYS))
    return [
        Run(tuple(sorted(own, key=lambda file: file[0])), day if number == arrival else None)
        for number, own in enumerate(sent)
    ]


def send(office: Office, runs: list[Run]) -> None:
    """Deliver a history: the missing minor is one of both bodies'."""
    known = [sample("minori", codice_ente=body, data_estrazione=str(DAYS[0])) for body in BODIES]
    office.write("minori__noti.csv", known)
    file = 0
    for run in runs:
        for is_complete, sent in run.files:
            file += 1
            name = f"{EXTRACT}{'__completa' if is_complete else ''}__{file:03d}.csv"
            office.write(name, [cells(row, file) for row in sent])
        if run.minor:
            missing = [
                sample("minori", id_minore="M-9", codice_ente=body, data_estrazione=str(run.minor))
                for body in BODIES
            ]
            office.write("minori__mancanti.csv", missing)
        office.ingest()


def cells(row: Row, file: int) -> dict[str, str]:
    body, spell = row.key
    values = sample(
        EXTRACT,
        codice_ente=body,
        id_presa_in_carico=spell,
        data_estrazione=str(row.day),
        data_segnalazione=str(date(2021, 1, 1) + timedelta(file)),  # no file is another one again
        data_apertura="31/02/2022" if row.kind == SPOILT else "10/03/2022",
        stato_record="annullato" if row.annulled else "",
    )
    return values | ({"id_minore": "M-9"} if row.kind == ORPHAN else {})


def current_version(at: date) -> str:
    """The macro as dbt compiles it, for the sample extract at a date."""
    macros = "".join(
        (PROJECT / "macros" / name).read_text("utf-8") for name in ("as_of.sql", "current_version.sql")
    )
    key = list(load_contracts()[EXTRACT].key)
    schemas = {"landing": "landing.landing"}
    return (
        Environment()
        .from_string(macros + f"{{{{ current_version('{EXTRACT}', {key}) }}}}")
        .render(
            var=lambda name: {"as_of": str(at)}[name],
            source=lambda schema, table: f"{schemas.get(schema, schema)}.{table}",
        )
    )


def late(key: Key, day: int, **more) -> Row:
    return Row(key, DAYS[day], **more)


MEDA_1, MEDA_2 = ("108030", "1"), ("108030", "2")


@given(histories())
@example(  # a full replacement whose row of a record is older than the version known: it holds the record all the same
    [Run(((False, (late(MEDA_1, 1),)),)), Run(((True, (late(MEDA_1, 0), late(MEDA_2, 2))),))]
)
@example(  # of a full replacement every row waited
    [
        Run(((False, (late(MEDA_1, 0),)),)),
        Run(((True, (late(MEDA_2, 1, kind=ORPHAN),)),)),
        Run(((False, (late(("108040", "1"), 2),)),), minor=DAYS[2]),
    ]
)
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
def test_the_current_version_is_the_one_that_the_model_says(runs):
    with TemporaryDirectory() as folder:
        office = Office(Path(folder) / "consegne", Home(Path(folder) / "casa"))
        send(office, runs)
        model = Model.of(runs)
        with connect(office.home.landing, read_only=True) as con:
            numbers = {
                name: int(file.removesuffix(".csv")[-3:])
                for name, file in con.execute(
                    "select delivery_id, file_name from meta.deliveries where extract = $extract",
                    {"extract": EXTRACT},
                ).fetchall()
            }
            for at in DAYS:
                found = con.execute(
                    f"select codice_ente, id_presa_in_carico, delivery_id, source_row from ({current_version(at)})"
                ).fetchall()
                current = {(body, spell): (numbers[name], line) for body, spell, name, line in found}
                assert len(found) == len(current)
                assert current == model.current(at), at
            did = delivery_versions(con)
        left_out = {
            numbers[name]: did[name].left_out for name in numbers if name in did and did[name].left_out
        }
        assert left_out == model.left_out()
