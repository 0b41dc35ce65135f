"""What the recipes of the governance pack are given: protected figures for level one, exact ones for level two."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from osservatorio.periods import parse_period
from reporting import queries
from reporting.context import Context
from reporting.disclosure.cells import PublishedCell, PublishedTable
from reporting.disclosure.policy import Policy
from reporting.governance import derived
from reporting.governance import known as own
from reporting.governance.gathering import gather, periods_of, spending_period
from reporting.governance.known import DEADLINE
from reporting.governance_queries import deadline_kinds
from reporting.model import Value
from reporting.protected import known
from reporting.protected.context import ProtectedContext
from reporting.protected.view import ProtectedView, shown_derived, shown_figures


@dataclass(frozen=True)
class GovernanceContext(ProtectedContext):
    """The figures of the semesters of two years."""

    SOURCES: ClassVar[Mapping[str, tuple[str, str]]] = {
        **known.sources(own.FIGURES.values()),
        **derived.SOURCES,
    }
    HEADS: ClassVar[Mapping[str, tuple[str, str]]] = {
        known.PERIOD: (known.COMPLAINTS, "period"),
        known.SERVICE: (known.CASELOAD, "service_name"),
        known.AREA: (own.PROGRESS, "area_name"),
        known.RULE: (known.RULES, "rule_title"),
        DEADLINE: (own.DEADLINES, "deadline_name"),
    }

    @cached_property
    def deadlines(self) -> dict[str, str]:
        """The kinds of deadline, in display order."""
        return {row["deadline_kind"]: row["name"] for row in deadline_kinds(self.release)}

    def value(self, key: str, **at: str) -> Value:
        """A figure of the report's period, or of the year so far; deadlines are those at the reference date."""
        if key in own.UNDATED or key == derived.DEADLINES:
            return self.view.value(key, **{name: code for name, code in at.items() if name != known.PERIOD})
        return super().value(key, **at)

    @property
    def has_deadlines(self) -> bool:
        """Whether anything was delivered that has a deadline."""
        return self.view.has(own.OVERDUE)

    @property
    def year_so_far(self) -> dict[str, str]:
        """Where the spending from the first day of the year to the end of the semester stands."""
        return {known.PERIOD: spending_period(self.period)}

    def name_of(self, dimension: str, code: str) -> str:
        """The label of a code of a dimension."""
        return self.deadlines[code] if dimension == DEADLINE else super().name_of(dimension, code)


def exact_context(context: Context) -> GovernanceContext:
    """The context of level two, which stays in the office: the same figures, none withheld, and the release itself.

    Raises UserError as `gather`.
    """
    periods = periods_of(context)
    given = gather(context, periods)
    tables = tuple(
        PublishedTable(
            table.key,
            table.dimensions,
            tuple(PublishedCell(cell.place, cell.measure, cell.value) for cell in table.cells),
            table.title,
        )
        for table in given.tables
    )
    shown = shown_figures(given.known, tables)
    rests = shown_derived(given.known, shown, derived.derived_figures(context, given.known, periods))
    covered = queries.periods(context.release, context.period.type)
    return GovernanceContext(
        context.release,
        context.period,
        context.before,
        context.is_complete,
        context.place,
        context.words,
        context.earlier,
        protected=ProtectedView(given.known, tables, (), Policy(), (), rests),
        in_release=tuple(parse_period(row["period"]) for row in covered),
    )
