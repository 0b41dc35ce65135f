"""mart_cost_sharing, cell for cell, against the demonstration's files worked out one by one in Python."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any

import pytest
from recomputed_contributions import CENT, cents, contributions_with_tariffs, quota
from records_in_pandas import Records

FIGURES = [
    "contributions",
    "obliged_persons",
    "payers",
    "isee_missing",
    "units",
    "not_assessable",
    "due_by_formula",
    "charged",
    "charged_assessable",
    "difference",
    "paid",
    "unpaid",
    "derogations",
    "waived",
    "mismatches",
    "mismatch_difference",
    "amount_mismatches",
]


@dataclass
class Cell:
    contributions: int = 0
    persons: set = field(default_factory=set)
    paying: set = field(default_factory=set)
    sums: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, row: dict[str, Any], tariff: dict[str, Any] | None) -> None:
        person = (row["person"], row["obbligato"])
        self.contributions += 1
        self.persons.add(person)
        if row["importo_dovuto"] > 0:
            self.paying.add(person)
        sums = self.sums
        sums["isee_missing"] += row["isee"] is None
        sums["units"] += row["quantita"]
        sums["charged"] += row["importo_dovuto"]
        sums["paid"] += row["importo_versato"]
        sums["derogations"] += row["deroga"]
        by_units = cents(Fraction(row["quota_unitaria"]) * Fraction(row["quantita"]))
        sums["amount_mismatches"] += not row["deroga"] and abs(row["importo_dovuto"] - by_units) > CENT
        if tariff is None:
            sums["not_assessable"] += 1
            return
        right = quota(row, tariff)
        due = cents(Fraction(right) * Fraction(row["quantita"]))
        sums["due_by_formula"] += due
        sums["charged_assessable"] += row["importo_dovuto"]
        if row["deroga"]:
            sums["waived"] += due - row["importo_dovuto"]
        elif abs(row["quota_unitaria"] - right) > CENT:
            sums["mismatches"] += 1
            sums["mismatch_difference"] += row["importo_dovuto"] - due

    def figures(self) -> dict[str, Decimal | int]:
        sums = self.sums
        return {
            **{name: sums[name] for name in FIGURES},
            "contributions": self.contributions,
            "obliged_persons": len(self.persons),
            "payers": len(self.paying),
            "difference": sums["charged_assessable"] - sums["due_by_formula"],
            "unpaid": sums["charged"] - sums["paid"],
        }


@pytest.fixture(scope="module")
def rows(records: Records) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
    found = contributions_with_tariffs(records)
    assert len(found) > 14_000
    return found


def test_every_cell_is_what_the_rows_add_up_to(rows, release):
    cells: dict[tuple[int, str, str], Cell] = defaultdict(Cell)
    for row, tariff in rows:
        for town in (row["municipality"], "AMBITO"):
            for service in (row["prestazione"], "TUTTE"):
                cells[row["mese"].year, town, service].add(row, tariff)
    names = ", ".join(FIGURES)
    mart = {
        tuple(key): dict(zip(FIGURES, figures, strict=True))
        for *key, figures in (
            (*row[:3], row[3:])
            for row in release.rows(
                f"select year, municipality_code, prestazione, {names} from mart_cost_sharing"
            )
        )
    }
    assert mart.keys() == cells.keys()
    for key, cell in cells.items():
        expected = cell.figures()
        if mart[key]["units"] is None:  # units of several kinds, or of none that is known
            expected["units"] = None
            assert key[2] == "TUTTE" or cell.sums["not_assessable"] == cell.contributions, key
        assert mart[key] == expected, key


def test_the_collection_rate_is_paid_over_charged(release):
    found = release.rows("select paid, charged, collection_rate from mart_cost_sharing")
    assert any(charged for _, charged, _ in found)
    for paid, charged, rate in found:
        assert rate == (pytest.approx(float(paid / charged)) if charged else None)


def test_bands_of_isee_add_up_to_their_total(release):
    found = release.rows(
        """select total.year, total.municipality_code, total.prestazione,
            sum(band.contributions) = any_value(total.contributions)
                and sum(band.charged) = any_value(total.charged) and sum(band.paid) = any_value(total.paid)
                and sum(band.due_by_formula) = any_value(total.due_by_formula)
                and sum(band.obliged_persons) >= any_value(total.obliged_persons)
        from mart_cost_sharing as total
        left join mart_cost_sharing_by_isee as band using (year, municipality_code, prestazione)
        group by all"""
    )
    assert found
    assert [row for row in found if row[3] is not True] == []


def band_of(isee: Decimal | None) -> str:
    if isee is None:
        return "non_presentato"
    if isee >= 30_000:
        return "30000+"
    low = int((isee / 5000).to_integral_value(ROUND_FLOOR)) * 5000
    return f"{low}-{low + 5000}"


def test_every_cell_of_the_bands_of_isee(rows, release):
    cells: dict[tuple[int, str, str, str], Cell] = defaultdict(Cell)
    for row, tariff in rows:
        for town in (row["municipality"], "AMBITO"):
            for service in (row["prestazione"], "TUTTE"):
                cells[row["mese"].year, town, service, band_of(row["isee"])].add(row, tariff)
    figures = ["contributions", "obliged_persons", "payers", "due_by_formula", "charged", "paid"]
    found = release.rows(
        f"select year, municipality_code, prestazione, isee_band, {', '.join(figures)} from mart_cost_sharing_by_isee"
    )
    expected = {key: tuple(cell.figures()[name] for name in figures) for key, cell in cells.items()}
    assert {row[:4]: row[4:] for row in found} == expected
