"""The SQL of the governance pack: lists of the release's own seeds, and sums of its meetings; bound parameters."""

from datetime import date

from osservatorio.errors import UserError
from osservatorio.release import Release
from reporting.queries import Record, select


def require_marts(release: Release, marts: tuple[str, ...]) -> None:
    """Raises UserError for a release made before these marts were there."""
    known = {row["mart"] for row in select(release, ("mart",), "from seeds.mart_columns group by mart", {})}
    if missing := [mart for mart in marts if mart not in known]:
        raise UserError(
            f"La pubblicazione «{release.id}» è stata fatta da una versione precedente dell'Osservatorio e non ha "
            f"la tavola «{missing[0]}»: costruiscine una nuova con «osservatorio build» e «osservatorio publish»."
        )


def deadline_kinds(release: Release) -> list[Record]:
    """deadline_kind, name, document, article, horizon_days, due_text, what_to_do; in display order."""
    names = ("deadline_kind", "name", "document", "article", "horizon_days", "due_text", "what_to_do")
    return select(release, names, "from seeds.deadline_kinds order by sort_order", {})


def decision_points(release: Release) -> list[Record]:
    """point_code, title, threshold, unit, condition, question; in the order of their weight."""
    names = ("point_code", "title", "threshold", "unit", "condition", "question")
    return select(release, names, "from seeds.decision_points order by sort_order", {})


def how_to_mend(release: Release) -> dict[str, str]:
    """What to do about each rule, by its code; in display order."""
    found = select(release, ("rule_id", "how_to_mend"), "from seeds.rules order by sort_order", {})
    return {row["rule_id"]: row["how_to_mend"] for row in found}


def open_decisions(release: Release, until: date) -> dict[str, Record]:
    """By level, of the meetings held until a day: meetings with decisions still open, those decisions, the oldest."""
    names = ("level", "meetings", "decisions_open", "oldest")
    tail = """
        from (
            select
                level,
                count(*) as meetings,
                sum(decisions_open)::bigint as decisions_open,
                min(meeting_date) as oldest
            from mart_meetings
            where meeting_date <= $until and decisions_open > 0
            group by level
        )
        order by level
    """
    return {row["level"]: row for row in select(release, names, tail, {"until": until})}
