"""The indicators of a report's period, of the same one a year before, and of the years that it looks back on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from osservatorio.release import Release
from reporting import queries
from reporting.model import Format
from reporting.queries import AMBITO, TUTTI
from reporting.statements import Measure
from reporting.text import SMALL

Key = tuple[str, str, str, str]  # indicator, period, municipality, service


@dataclass(frozen=True)
class Measures:
    """Rows of mart_indicators, found by indicator, period, municipality and service."""

    rows: Mapping[Key, Measure]

    def get(self, code: str, period: str, place: str, service: str = TUTTI) -> Measure | None:
        """An indicator, or None where the release has no such row."""
        return self.rows.get((code, period, place, service))

    def places(self, code: str, period: str, service: str = TUTTI) -> dict[str, Measure]:
        """An indicator by municipality, the Ambito left out."""
        return {
            place: measure
            for (name, when, place, what), measure in self.rows.items()
            if (name, when, what) == (code, period, service) and place != AMBITO
        }

    def services(self, code: str, period: str, place: str) -> dict[str, Measure]:
        """An indicator by service, the total left out."""
        return {
            service: measure
            for (name, when, where, service), measure in self.rows.items()
            if (name, when, where) == (code, period, place) and service != TUTTI
        }


SATISFIED, RETURNED = "soddisfatti_", "questionari_restituiti"


def read_measures(release: Release, periods: tuple[str, ...], places: tuple[str, ...] | None) -> Measures:
    """The indicators of these periods, of all municipalities or of some.

    The answers of one questionnaire are not independent of one another: satisfaction rests on its questionnaires,
    and is small where fewer than `SMALL` came back, however many answers they hold.
    """
    rows = {
        (row["indicator_code"], row["period"], row["municipality_code"], row["service_code"]): Measure(
            row["indicator_code"],
            row["indicator_name"],
            row["value"],
            row["numerator"],
            row["denominator"],
            row["low"],
            row["high"],
            row["is_small"],
            row["unit"],
            Format(row["value_format"]),
        )
        for row in queries.measures(release, periods, places)
    }
    for key, measure in rows.items():
        if key[0].startswith(SATISFIED):
            returned = rows.get((RETURNED, *key[1:]))
            if returned is None or (returned.numerator or 0) < SMALL:
                rows[key] = replace(measure, is_small=True)
    return Measures(rows)
