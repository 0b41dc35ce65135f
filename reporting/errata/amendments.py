"""What came of earlier reports: the figures that are others now, and the deliveries that can have moved them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from osservatorio.circumstances import Circumstance, circumstances
from osservatorio.compare import moved_by
from osservatorio.provenance import DeliveryChange, changed_deliveries
from osservatorio.upstream import both_manifests, extracts_behind, origin_of
from reporting.context import Context
from reporting.errata.corrections import Correction, corrections
from reporting.errata.earlier import EarlierReport
from reporting.queries import AMBITO


@dataclass(frozen=True)
class Amendment:
    """What differs from one earlier report, and what came between the two releases."""

    report: EarlierReport
    items: tuple[Correction, ...]
    deliveries: tuple[DeliveryChange, ...]
    circumstances: tuple[Circumstance, ...]
    manifest: dict[str, Any]  # of both releases: where figures come from

    @property
    def name(self) -> str:
        """«primo semestre 2022, pubblicazione 2022-06-30-…»."""
        return f"{self.report.period.label}, pubblicazione {self.report.release_id}"

    @cached_property
    def _known(self) -> dict[tuple[Any, ...], list[str]]:
        return {}

    def deliveries_of(self, item: Correction) -> list[str]:
        """Ids of the deliveries that can have moved a figure."""
        key = (item.table.marts, item.place, item.codes)
        if key not in self._known:
            extracts = {
                extract
                for mart in item.table.marts
                for extract in extracts_behind(self.manifest, origin_of(self.manifest, mart, item.codes))
            }
            place = None if item.place == AMBITO else item.place
            (self._known[key],) = moved_by([place], sorted(extracts), self.deliveries).values()
        return self._known[key]


def amendments(context: Context, reports: Sequence[EarlierReport]) -> list[Amendment]:
    """What differs from each of the reports that can be compared."""
    covered = {report.period.code for report in reports}
    result = []
    for report in reports:
        if report.then is None or report.now is None or report.manifest is None:
            continue
        before, after = report.manifest, context.release.manifest
        manifest = both_manifests(before, after)
        with_before = report.period.year_before.code not in covered
        items = corrections(report.then, report.now, after, context.place, with_before=with_before)
        result.append(
            Amendment(
                report,
                tuple(items),
                tuple(changed_deliveries(before, after)),
                tuple(item for item in circumstances(before, after) if item.kind != "key_id"),
                manifest,
            )
        )
    return result


def numbered_deliveries(found: Sequence[Amendment]) -> dict[str, int]:
    """The deliveries that can have moved a figure, numbered in the order of extract and file."""
    named = {name for each in found for item in each.items for name in each.deliveries_of(item)}
    known = {change.delivery["delivery_id"]: change.delivery for each in found for change in each.deliveries}
    ordered = sorted(named, key=lambda name: (known[name]["extract"], known[name]["file"], name))
    return {name: place for place, name in enumerate(ordered, 1)}
