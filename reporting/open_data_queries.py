"""The SQL of the open data: the cube of a release, its years, and the services with cases."""

from osservatorio.release import Release
from reporting.queries import Record, mart_slice, select

CUBE = "mart_open_data_cube"


def has_cube(release: Release) -> bool:
    """Whether the release was built by a version that makes the cube."""
    names = ("table_name",)
    tail = "from information_schema.tables where table_catalog = current_database() and table_name = $mart"
    return bool(select(release, names, tail, {"mart": CUBE}))


def cube_years(release: Release) -> list[Record]:
    """year, is_complete, is_covered of the years that the cube tells of, the oldest first."""
    names = ("year", "is_complete", "is_covered")
    return select(release, names, f"from {CUBE} group by all order by year", {})


def cube_cells(release: Release, year: int, columns: tuple[str, ...]) -> list[Record]:
    """Columns of the cells of a year that have someone."""
    return mart_slice(release, CUBE, columns, {"year": year})


def services_with_cases(release: Release) -> list[Record]:
    """service_code, name, area of the services that minors are taken into care by; in display order."""
    names = ("service_code", "name", "area")
    return select(release, names, "from seeds.services where has_cases order by sort_order", {})
