"""Codes of dimensions -> the Italian labels and the display order that the release's own seeds give."""

from dataclasses import dataclass
from functools import cached_property

from osservatorio.periods import parse_period
from osservatorio.release import Release
from reporting import queries


@dataclass(frozen=True)
class Dimension:
    """The lists that give a dimension its labels and the label of its total row."""

    code_list: str
    total_list: str = ""


DIMENSIONS = {
    "municipality_code": Dimension("municipalities", "total_municipality"),
    "codice_ente": Dimension("municipalities"),
    "service_code": Dimension("services", "total_service"),
    "intervention_type": Dimension("tipo_intervento", "total_intervention_type"),
    "area": Dimension("area", "total_area"),
    "voce": Dimension("voce_spesa", "total_voce"),
    "phase": Dimension("fase_soddisfazione", "total_phase"),
    "category": Dimension("categoria_reclamo", "total_category"),
    "gravity": Dimension("gravita", "total_gravity"),
    "dimension": Dimension("profile_dimension"),
    "profilo": Dimension("profilo_operatore", "total_profilo"),
    "prestazione": Dimension("prestazione", "total_prestazione"),
    "isee_band": Dimension("isee_band"),
    "scenario_code": Dimension("isee_scenario"),
    "level": Dimension("livello_riunione", "total_level"),
    "rule_id": Dimension("", "total_rule"),
}
NONE = Dimension("")
MISSING_LIST = "missing"  # the list of the code that stands for «not given»


@dataclass(frozen=True)
class Labels:
    """The labels of one release."""

    release: Release

    @cached_property
    def lists(self) -> dict[str, dict[str, str]]:
        """Codes and labels of each list, in display order; municipalities and services are lists too."""
        found: dict[str, dict[str, str]] = {}
        for row in queries.code_lists(self.release):
            found.setdefault(row["code_list"], {})[row["code"]] = row["label"]
        found["municipalities"] = {
            row["municipality_code"]: row["name"] for row in queries.municipalities(self.release)
        }
        found["services"] = {row["service_code"]: row["short_name"] for row in queries.services(self.release)}
        return found

    def is_total(self, dimension: str, code: str) -> bool:
        """Whether a code is the one of the total row of its dimension."""
        return code in self.lists.get(DIMENSIONS.get(dimension, NONE).total_list, {})

    def label(self, dimension: str, code: str, code_list: str | None = None) -> str:
        """The label of a code; a code that no list knows is shown as it is."""
        if dimension == "period":
            return parse_period(code).label
        return self._codes(dimension, code_list).get(code, code)

    def order(self, dimension: str, code: str, code_list: str | None = None) -> tuple[int, str]:
        """Sorting key of a code: the display order of its list, then «not given», then totals."""
        codes = list(self._codes(dimension, code_list))
        return (codes.index(code) if code in codes else -1), code

    def _codes(self, dimension: str, code_list: str | None) -> dict[str, str]:
        known = DIMENSIONS.get(dimension, NONE)
        parts = (code_list or known.code_list, MISSING_LIST, known.total_list)
        return {code: label for part in parts for code, label in self.lists.get(part, {}).items()}
