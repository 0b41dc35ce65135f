"""What each contribution should have been by the regulation's formula, worked out row by row in exact fractions."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from records_in_pandas import Records

CENT = Decimal("0.01")


def cents(amount: Fraction) -> Decimal:
    """The nearest cent; half a cent goes up."""
    exact = amount * 100 + Fraction(1, 2)
    return Decimal(exact.numerator // exact.denominator) * CENT


def quota(row: dict[str, Any], tariff: dict[str, Any]) -> Decimal:
    isee = row["isee"]
    start, end = Fraction(tariff["isee_iniziale"]), Fraction(tariff["isee_finale"])
    top, bottom = Fraction(tariff["contribuzione_massima"]), Fraction(tariff["quota_minima"])
    if row["prestazione"] in ("incontri_protetti", "adm"):
        bottom = Fraction(0)
    if isee is None:
        amount = top
    elif Fraction(isee) < start:
        amount = Fraction(0)
    else:
        amount = min(top, bottom + (top - bottom) * (Fraction(isee) - start) / (end - start))
    if row["prestazione"] == "struttura" and row["ordine_figlio"] >= 2:
        amount -= amount / 4
    return cents(amount)


def contributions_with_tariffs(records: Records) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Every contribution with the person and municipality of its spell, and the tariff of its body and year."""
    extracts = ("minori", "prese_in_carico", "tariffe", "compartecipazioni")
    minors, spells, tariffs, contributions = (
        records.plain(extract).to_dict("records") for extract in extracts
    )
    persons = {
        (m["codice_ente"], m["id_minore"]): m["codice_fiscale"] or (m["codice_ente"], m["id_minore"])
        for m in minors
    }
    spells = {(s["codice_ente"], s["id_presa_in_carico"]): s for s in spells}
    tariffs = {(t["codice_ente"], t["anno"], t["prestazione"]): t for t in tariffs}
    found = []
    for row in contributions:
        spell = spells.get((row["codice_ente"], row["id_presa_in_carico"]))
        if spell is None:
            continue
        row["municipality"] = spell["town"]
        row["person"] = persons.get((row["codice_ente"], spell["id_minore"]), spell["id_minore"])
        found.append((row, tariffs.get((row["codice_ente"], row["mese"].year, row["prestazione"]))))
    return found
