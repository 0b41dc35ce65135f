"""What the recipe of the Assembly's pack is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from reporting.assembly import derived
from reporting.protected import known
from reporting.protected.context import ProtectedContext


@dataclass(frozen=True)
class AssemblyContext(ProtectedContext):
    """The protected figures of a year and of the year before it."""

    SOURCES: ClassVar[Mapping[str, tuple[str, str]]] = {**known.SOURCES, **derived.SOURCES}
    HEADS: ClassVar[Mapping[str, tuple[str, str]]] = {
        known.TOWN: (known.CASELOAD, "municipality_name"),
        known.SERVICE: (known.CASELOAD, "service_name"),
        known.AGE: (known.PROFILE, "category_name"),
        known.AREA: (known.BUDGET, "area_name"),
        known.BENEFIT: (known.SHARING, "prestazione_name"),
        known.ISEE: (known.BY_ISEE, "isee_band_name"),
        known.RULE: (known.RULES, "rule_title"),
        known.WAVE: (known.SATISFACTION, "rilevazione"),
        known.PHASE: (known.SATISFACTION, "phase_name"),
        known.SCENARIO: (known.SIMULATION, "scenario_name"),
    }
