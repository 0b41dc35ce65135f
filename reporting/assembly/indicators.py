"""Which indicators may be told: those whose numerator and denominator are both among the shown figures."""

from collections.abc import Iterator, Sequence

from osservatorio.periods import Period
from reporting.context import Context
from reporting.disclosure.cells import Figure
from reporting.disclosure.scheme import Scheme
from reporting.protected import known
from reporting.protected.known import AREA, PERIOD, PHASE, RULE, SERVICE, TOWN, WAVE
from reporting.protected.view import figure_at
from reporting.queries import AMBITO, Record

_PARTS = {
    "minori_in_carico_1000": (known.MINORS_AT_END, known.RESIDENTS),
    "minori_seguiti_1000": (known.MINORS, known.RESIDENTS),
    "interventi_svolti": (known.DELIVERED, known.ACTS),
    "reclami_100_minori": (known.RECEIVED, known.MINORS),
    "compartecipazione_riscossa": (known.PAID, known.CHARGED),
}
_COMPLAINTS = {
    "reclami_entro_termine": (
        (known.COMPLIANT, known.RULE, known.COMPLAINTS_RULE),
        (known.NOT_COMPLIANT, known.RULE, known.COMPLAINTS_RULE),
    ),
    "reclami_accolti": (
        (known.RECEIVED, known.OUTCOME, known.UPHELD),
        (known.RECEIVED, known.OUTCOME, known.NOT_UPHELD),
    ),
}
_SPENDING, _RETURNS, _SATISFIED = "quota_spesa", "questionari_restituiti", "soddisfatti_"
_OF_RULE, _ALL_RULES, _WHOLE = "regola_", "regole_rispettate", "totale"


def indicator_rows(
    context: Context, scheme: Scheme, years: Sequence[Period]
) -> Iterator[tuple[Record, tuple[Figure, ...]]]:
    """The rows of mart_indicators of these years that rest on figures of the scheme, each with those figures."""
    names = ("indicator_code", "period", "municipality_code", "service_code")
    for row in context.read("mart_indicators", names, {"period": tuple(year.code for year in years)}):
        bases = _bases(scheme, row)
        if bases is not None:
            yield row, bases


def _bases(scheme: Scheme, row: Record) -> tuple[Figure, ...] | None:
    """What an indicator rests on; nothing for what is nobody's; None for what the scheme does not have."""
    code, period = row["indicator_code"], row["period"]
    at = {PERIOD: period, TOWN: row["municipality_code"], SERVICE: row["service_code"]}
    if at[SERVICE] not in (scheme.dimensions[SERVICE].total, *scheme.dimensions[SERVICE].parents):
        return None
    if code in _PARTS:
        return tuple(figure_at(scheme, key, at) for key in _PARTS[code])
    if code in _COMPLAINTS:
        return tuple(figure_at(scheme, key, {**at, name: part}) for key, name, part in _COMPLAINTS[code])
    if code.startswith(_SPENDING):
        area = code.removeprefix(_SPENDING).lstrip("_") or scheme.dimensions[AREA].total or ""
        return tuple(figure_at(scheme, key, {**at, AREA: area}) for key in (known.SPENT, known.ALLOTTED))
    waves = [wave for wave, year in scheme.dimensions[WAVE].parents.items() if year == period]
    place = {TOWN: at[TOWN], SERVICE: at[SERVICE]}
    if code == _RETURNS:
        parts = (known.RETURNED, known.DISTRIBUTED)
        return tuple(figure_at(scheme, key, {**place, WAVE: wave}) for wave in waves for key in parts)
    if code.startswith(_SATISFIED):
        phase = code.removeprefix(_SATISFIED)
        phase = scheme.dimensions[PHASE].total or "" if phase == _WHOLE else phase
        parts = (known.SATISFIED, known.ANSWERS)
        return tuple(figure_at(scheme, key, {**place, WAVE: w, PHASE: phase}) for w in waves for key in parts)
    if code.startswith(_OF_RULE) or code == _ALL_RULES:
        rule = scheme.dimensions[RULE].total or "" if code == _ALL_RULES else code.removeprefix(_OF_RULE)
        if rule not in (scheme.dimensions[RULE].total, *scheme.dimensions[RULE].parents):
            return () if at[TOWN] == AMBITO else None  # of a whole period: nobody's
        return tuple(
            figure_at(scheme, key, {**at, RULE: rule}) for key in (known.COMPLIANT, known.NOT_COMPLIANT)
        )
    return None
