"""The SQL of the statutory returns: rows of a year of their marts, and the reviewed codes; bound parameters."""

from collections.abc import Iterator

from osservatorio.release import Release
from reporting.queries import Record, mart_slice, select

SINBA = "mart_sinba"
PAGE = 2000  # records read at a time: what a return needs of memory does not grow with the year
_SINBA_COLUMNS = (
    "minor",
    "codice_ente",
    "spells",
    "services",
    "is_minor",
    "age",
    "birth_year",
    "is_unaccompanied",
    "condizione_minore",
    "luogo_vita",
    "scuola_frequentata",
    "condizione_lavoro",
    "is_disabled",
    "composizione_famiglia",
    "comune_residenza",
    "referred_on",
    "referral_source",
    "valutazione_minore",
    "valutazione_famiglia",
    "reported_on",
    "measured_on",
    "measure_authority",
    "measure_type",
    "is_removal_403",
    "potesta_tutela",
    "foster_form",
    "foster_kinship",
    "foster_intensity",
    "foster_outcome",
    "facility_character",
    "facility_title",
    "facility_with_parent",
    "facility_outcome",
    "motivo_chiusura",
    "situazione_chiusura",
)


def years(release: Release) -> list[Record]:
    """year, is_complete, is_covered of the years of the release, the oldest first."""
    names = ("year", "is_complete", "is_covered")
    tail = """
        from (
            select year(period_start)::integer as year, any_value(is_complete) as is_complete,
                any_value(is_covered) as is_covered
            from mart_caseload_by_municipality
            where period_type = 'year'
            group by period_start
        )
        order by year
    """
    return select(release, names, tail, {})


def sinba_mapping(release: Release) -> list[Record]:
    """attribute, source, value, code, note, basis: the reviewed codes, in the order of the seed."""
    names = ("attribute", "source", "value", "code", "note", "basis")
    return select(release, names, "from seeds.sinba_mapping order by rowid", {})


def sinba_pages(release: Release, year: int) -> Iterator[list[Record]]:
    """The rows of a year, in the order of their key, a page at a time."""
    after = ""
    while True:
        tail = f"from {SINBA} where year = $year and minor > $after order by minor limit {PAGE}"
        page = select(release, _SINBA_COLUMNS, tail, {"year": year, "after": after})
        if page:
            yield page
        if len(page) < PAGE:
            return
        after = page[-1]["minor"]


def sinba_services(release: Release, year: int) -> list[Record]:
    """service_code, name of the services of the year's spells; in display order."""
    tail = f"""
        from seeds.services
        where service_code in (
            select unnest(string_split(services, '|')) from {SINBA} where year = $year and is_minor
        )
        order by sort_order
    """
    return select(release, ("service_code", "name"), tail, {"year": year})


def minors_in_year(release: Release, year: int) -> int:
    """Persons with a spell on a day of the year, as the caseload counts them."""
    where = {
        "period_type": "year",
        "period": str(year),
        "municipality_code": "AMBITO",
        "service_code": "TUTTI",
    }
    (row,) = mart_slice(release, "mart_caseload_by_municipality", ("minors_in_period",), where)
    return int(row["minors_in_period"])
