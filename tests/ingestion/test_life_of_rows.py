"""Any order of deliveries: where each row is in the end, told by a plain model that knows nothing of SQL."""

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from delivered_samples import Office, sample
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from osservatorio.home import Home

MINORS = ("a", "b")
SPELLS = ("1", "2", "3")

minor_rows = st.tuples(st.just("minori"), st.sampled_from(MINORS), st.none(), st.booleans())
spell_rows = st.tuples(
    st.just("prese_in_carico"), st.sampled_from(SPELLS), st.sampled_from(MINORS), st.booleans()
)
runs = st.lists(st.lists(st.one_of(minor_rows, spell_rows), min_size=1, max_size=4), min_size=1, max_size=4)


@dataclass
class Model:
    """Minors known, and every row as [extract, key, parent, place]."""

    minors: set[str] = field(default_factory=set)
    rows: list[list] = field(default_factory=list)

    def run(self, delivered) -> None:
        """Parents first; then a sound spell lands when its minor is known, now or in a later run."""
        ordered = sorted(delivered, key=lambda row: row[0])
        self.rows += [
            [extract, key, parent, "new" if sound else "bad"] for extract, key, parent, sound in ordered
        ]
        for row in self.rows:
            if row[0] == "minori" and row[3] == "new":
                row[3] = "landed"
                self.minors.add(row[1])
        for row in self.rows:
            if row[0] == "prese_in_carico" and row[3] in ("new", "waiting"):
                row[3] = "landed" if row[2] in self.minors else "waiting"

    def places(self, extract: str) -> dict[str, int]:
        found = [row[3] for row in self.rows if row[0] == extract]
        return {place: found.count(place) for place in ("landed", "bad", "waiting")}


def delivered_row(extract: str, key: str, parent: str | None, sound: bool) -> dict[str, str]:
    if extract == "minori":
        return sample("minori", id_minore=key, sesso="F" if sound else "?", data_nascita="2012-05-01")
    date = "2022-03-10" if sound else "31/02/2022"
    return sample("prese_in_carico", id_presa_in_carico=key, id_minore=parent, data_apertura=date)


@given(runs)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_row_is_where_the_model_says(deliveries):
    with TemporaryDirectory() as folder:
        office = Office(Path(folder) / "consegne", Home(Path(folder) / "casa"))
        office.folder.mkdir()
        model = Model()
        for number, rows in enumerate(deliveries):
            for extract in ("minori", "prese_in_carico"):
                own = [delivered_row(*row) for row in rows if row[0] == extract]
                if own:
                    note = {
                        "data_estrazione": f"2022-07-{number + 1:02d}"
                    }  # no two files with the same content
                    office.write(f"{extract}__{number}.csv", [row | note for row in own])
            office.ingest()
            model.run(rows)
        for extract in ("minori", "prese_in_carico"):
            expected = model.places(extract)
            assert office.query(f"select count(*) from landing.{extract}") == [(expected["landed"],)]
            assert office.query(
                f"select count(*) filter (not waiting), count(*) filter (waiting) from held.{extract}"
            ) == [(expected["bad"], expected["waiting"])]
            counted = office.query(
                "select coalesce(sum(accepted), 0)::int, coalesce(sum(quarantined), 0)::int, coalesce(sum(waiting), 0)::int "
                "from meta.deliveries where extract = $extract",
                extract=extract,
            )
            assert counted == [(expected["landed"], expected["bad"], expected["waiting"])]
        live = office.query(
            "select count(distinct (delivery_id, \"row\")) from quarantine.rows where state = 'waiting'"
        )
        assert live[0][0] <= model.places("prese_in_carico")["waiting"]
