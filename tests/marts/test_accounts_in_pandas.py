"""The account of the deliveries, and the figures that the Ambito has published, worked out again from the files."""

from collections import Counter
from pathlib import Path

import pandas as pd
from comparing import check
from delivered import read_table
from records_in_pandas import ALL, AMBITO, Records

from osservatorio.contracts import load_contracts
from osservatorio.database import connect
from osservatorio.home import Home
from osservatorio.reference import read_seed

TEAMS = "equipe_territoriale"


def rows_set_aside(home: Path) -> set[tuple[str, int, str]]:
    """File, row and rule of every row set aside."""
    with connect(Home(home).landing, read_only=True) as con:
        return set(con.execute('select file, "row", rule from quarantine.rows').fetchall())


def test_every_row_is_accounted_for(records: Records, release, demo_home: Path):
    """Rows in the files, less those set aside, are the rows accepted, file by file and rule by rule."""
    aside = rows_set_aside(demo_home)
    rows_of_rule = Counter((file, rule) for file, _, rule in aside)
    rows_of_file = Counter(file for file, _ in {(file, row) for file, row, _ in aside})
    expected = []
    for extract in load_contracts():
        for path in sorted(records.folder.glob(f"{extract}__*")):
            delivered = len(read_table(path)[1])
            expected.append((extract, path.name, ALL, delivered, rows_of_file[path.name]))
            expected += [
                (extract, file, rule, delivered, rows)
                for (file, rule), rows in rows_of_rule.items()
                if file == path.name
            ]
    frame = pd.DataFrame(
        expected, columns=["extract", "file_name", "rule", "rows_delivered", "rows_quarantined"]
    )
    frame["rows_accepted"] = frame["rows_delivered"] - frame["rows_quarantined"]
    frame["quarantined_rate"] = frame["rows_quarantined"] / frame["rows_delivered"]
    check(release, "mart_data_quality", frame, key=["extract", "file_name", "rule"])


def test_reconciliation(records: Records, release):
    """Each published figure is counted again: minors on a day, resources of some years."""
    spells, resources = records.spells, records["risorse"]
    expected = []
    for figure in read_seed("published_figures"):
        town, declared = figure["municipality_code"], float(figure["declared"])
        if figure["measure"] == "minors_at_end":
            day = pd.Timestamp(figure["reference_date"])
            is_open = (spells["data_apertura"] <= day) & ~(spells["data_chiusura"] <= day)
            of_service = spells["service"] == figure["service_code"]
            found = spells[is_open & of_service & spells["municipality"].isin([town, *_all(town, spells)])]
            computed = found["person"].nunique()
        else:
            years = resources["anno"].between(int(figure["first_year"]), int(figure["last_year"]))
            areas = (resources["area"] == figure["area"]) | (figure["area"] == ALL)
            # What belongs to all stands under the Ambito alone.
            towns = (town == AMBITO) | ((resources["municipality"] == town) & (resources["area"] == TEAMS))
            computed = resources[years & areas & towns]["importo"].sum()
        expected.append((figure["figure_id"], declared, computed, computed - declared))
    frame = pd.DataFrame(expected, columns=["figure_id", "declared", "computed", "difference"])
    check(release, "mart_reconciliation", frame, key=["figure_id"])


def _all(town: str, spells: pd.DataFrame) -> list[str]:
    return list(spells["municipality"].unique()) if town == AMBITO else []
