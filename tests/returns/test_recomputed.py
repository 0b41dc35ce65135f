"""The marts of the returns computed again, record by record in Python, from the facts of the demonstration."""

from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from osservatorio.home import Home
from osservatorio.release import Release, open_release

FIRST, LAST = date(2022, 1, 1), date(2022, 12, 31)
EVER = date(9999, 1, 1)


@pytest.fixture(scope="module")
def release(returns_home: Home):
    with open_release(returns_home) as opened:
        yield opened


def table(release: Release, name: str, columns: str, where: str = "true") -> list[dict]:
    names = [column.strip() for column in columns.split(",")]
    return [
        dict(zip(names, row, strict=True))
        for row in release.rows(f"select {columns} from {name} where {where}")
    ]


def age(birth: date, day: date) -> int:
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def eighteenth(birth: date) -> date:
    """The day on which a person comes of age; 1 March for who is born on a 29th that the year does not have."""
    try:
        return birth.replace(year=birth.year + 18)
    except ValueError:
        return date(birth.year + 18, 3, 1)


def band(years: int, *ends: int) -> int:
    return sum(years >= end for end in ends)


@pytest.fixture(scope="module")
def minors(release: Release) -> dict[int, dict]:
    columns = "minor_id, first_spell, data_nascita, sesso, cittadinanza, is_unaccompanied"
    return {row["minor_id"]: row for row in table(release, "core.dim_minor", columns)}


def placements(release: Release) -> list[dict]:
    """Those out of home, foster care and facilities alike."""
    foster = table(
        release,
        "core.fct_foster_placement",
        "minor_id, municipality_code, data_inizio, data_fine, forma, collocazione, esito",
        "intensita in ('residenziale', 'pronta_accoglienza') and spell_id is not null",
    )
    housed = table(
        release,
        "core.fct_facility_placement",
        "minor_id, municipality_code, data_inizio, data_fine, titolo, esito",
        "tipo_struttura = 'residenziale' and not con_genitore and spell_id is not null",
    )
    titles = {"consenso": "consensuale", "provvedimento_ag": "giudiziale"}
    for row in foster:
        row |= {"care": "affido", "form": row.pop("forma"), "kinship": row.pop("collocazione")}
    for row in housed:
        title = row.pop("titolo")
        row |= {"care": "struttura", "form": titles.get(title, title), "kinship": None}
    return foster + housed


AGES = ("0-2", "3-5", "6-10", "11-14", "15-17", "18+")
LENGTHS = ("meno_1", "1-2", "2-4", "4+")
CLASSES = (
    "",
    "rientro_famiglia",
    "altra_famiglia",
    "adozione",
    "struttura",
    "struttura",
    "autonomia",
    "rimpatrio",
)


def test_every_cell_of_the_survey_on_minors_out_of_home(release: Release, minors: dict[int, dict]):
    found: dict[tuple, list[int]] = defaultdict(list)
    for row in placements(release):
        start, end = row["data_inizio"], row["data_fine"] or EVER
        end = end if end <= release.as_of else EVER
        if start > LAST or end < FIRST or start > release.as_of:
            continue
        moments = {"nell_anno": None}
        if start < FIRST <= end:
            moments["inizio"] = None
        if start >= FIRST:
            moments["entrati"] = start
        if end <= LAST:
            moments["usciti"] = end
        else:
            moments["fine"] = LAST
        who = minors[row["minor_id"]]
        for moment, day in moments.items():
            told = {
                "totale": "TUTTI",
                "sesso": who["sesso"],
                "cittadinanza": who["cittadinanza"],
                "forma": row["form"],
                "collocazione": row["kinship"],
            }
            if day:
                told["eta"] = AGES[band(age(who["data_nascita"], day), 3, 6, 11, 15, 18)]
            if moment in ("usciti", "fine"):
                told["durata"] = LENGTHS[band(age(start, day), 1, 2, 4)]
            if moment == "usciti":
                outcome = int(row["esito"] or 0)
                told["destinazione"] = ((*CLASSES, "altro", "altro"))[outcome] or "non_indicato"
            for dimension, category in told.items():
                for town in (row["municipality_code"], "AMBITO"):
                    for care in (row["care"], "TUTTE"):
                        for group in ("msna" if who["is_unaccompanied"] else "altri", "TUTTI"):
                            if category is not None:
                                found[moment, town, care, group, dimension, category].append(row["minor_id"])
    columns = "moment, municipality_code, care_type, minor_group, dimension, category, placements, minors"
    published = {
        tuple(row.values())[:6]: tuple(row.values())[6:]
        for row in table(release, "mart_out_of_home_survey", columns, "year = 2022")
    }
    assert published == {place: (len(ids), len(set(ids))) for place, ids in found.items()}
    assert {place[4] for place in published} == {
        "totale", "sesso", "cittadinanza", "forma", "collocazione", "eta", "durata", "destinazione",
    }  # fmt: skip


def test_every_person_of_the_national_return(release: Release, minors: dict[int, dict]):
    spells = table(
        release,
        "core.fct_spell",
        "minor_id, codice_ente, id_presa_in_carico, service_code, data_segnalazione, fonte_segnalazione, data_apertura, "
        "data_chiusura, valutazione_minore, motivo_chiusura",
    )
    sent: dict[int, date] = {}
    for row in table(release, "core.fct_court_report", "minor_id, data_invio", "data_invio is not null"):
        if row["data_invio"] <= LAST:
            sent[row["minor_id"]] = min(row["data_invio"], sent.get(row["minor_id"], EVER))
    measured: dict[int, list] = defaultdict(list)
    columns = (
        "minor_id, data_provvedimento, id_provvedimento, codice_ente, autorita, tipo, data_fine_validita"
    )
    for row in table(release, "core.fct_measure", columns):
        if row["data_provvedimento"] <= LAST and (row["data_fine_validita"] or EVER) >= FIRST:
            measured[row["minor_id"]].append(tuple(row.values())[1:6])
    by_minor: dict[int, list[dict]] = defaultdict(list)
    for row in spells:
        by_minor[row["minor_id"]].append(row)
    expected = {}
    for minor, own in by_minor.items():
        year = [
            row for row in own if row["data_apertura"] <= LAST and (row["data_chiusura"] or EVER) >= FIRST
        ]
        if not year:
            continue
        year.sort(key=lambda row: (row["data_apertura"], row["codice_ente"], row["id_presa_in_carico"]))
        birth = minors[minor]["data_nascita"]
        adult = eighteenth(birth)
        is_minor = max(min(row["data_apertura"] for row in year), FIRST) < adult
        last_day = max(min(row["data_chiusura"] or EVER, LAST) for row in year)
        referred = sorted(
            (
                row["data_segnalazione"],
                row["codice_ente"],
                row["id_presa_in_carico"],
                row["fonte_segnalazione"],
            )
            for row in own
            if row["data_segnalazione"] and row["data_segnalazione"] <= LAST
        )
        latest = max(measured[minor], default=(None,) * 5)
        is_closed = all(row["data_chiusura"] and row["data_chiusura"] <= LAST for row in year)
        last_closed = max(
            year,
            key=lambda row: (
                row["data_chiusura"] or EVER,
                row["data_apertura"],
                row["codice_ente"],
                row["id_presa_in_carico"],
            ),
        )
        expected[minors[minor]["first_spell"]] = (
            is_minor,
            age(birth, min(last_day, adult - timedelta(days=1))) if is_minor else None,
            "|".join(sorted({row["service_code"] for row in year})),
            referred[0][0] if referred else None,
            referred[0][3] if referred else None,
            next((row["valutazione_minore"] for row in reversed(year) if row["valutazione_minore"]), None),
            sent.get(minor),
            latest[0],
            latest[3],
            latest[4],
            is_closed,
            last_closed["motivo_chiusura"] if is_closed else None,
        )
    columns = (
        "minor, is_minor, age, services, referred_on, referral_source, valutazione_minore, reported_on, measured_on, "
        "measure_authority, measure_type, is_closed, motivo_chiusura"
    )
    published = {
        next(iter(row.values())): tuple(row.values())[1:]
        for row in table(release, "mart_sinba", columns, "year = 2022")
    }
    assert published == expected
    assert Counter(row[0] for row in published.values())[False] > 5  # the demonstration has persons of age
