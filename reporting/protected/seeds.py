"""What the pack reads of the release's own lists: services with their areas, rules with what they are about."""

from osservatorio.release import Release
from reporting.queries import Record, select


def service_areas(release: Release) -> dict[str, str]:
    """The area of each service that follows cases, in display order."""
    rows = select(
        release, ("service_code", "area"), "from seeds.services where has_cases order by sort_order", {}
    )
    return {row["service_code"]: row["area"] for row in rows}


def rules(release: Release) -> dict[str, Record]:
    """rule_id, title, document, article, severity, period_kind of each rule, in display order."""
    names = ("rule_id", "title", "document", "article", "severity", "period_kind")
    return {row["rule_id"]: row for row in select(release, names, "from seeds.rules order by sort_order", {})}


def record_rules(release: Release) -> dict[str, Record]:
    """The rules that look at records about persons; the others look at whole periods."""
    return {code: rule for code, rule in rules(release).items() if rule["period_kind"] == "record"}
