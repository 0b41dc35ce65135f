"""A mart and its recomputation, cell for cell."""

import pandas as pd

from osservatorio.release import Release


def differences(
    release: Release, mart: str, expected: pd.DataFrame, *, key: list[str], where: str = "true"
) -> pd.DataFrame:
    """The cells of the expected columns that differ, and the rows that only one side has."""
    columns = [name for name in expected.columns if name not in key]
    rows = release.rows(f"select {', '.join((*key, *columns))} from {mart} where {where}")
    built = pd.DataFrame(rows, columns=[*key, *columns])
    for frame in (built, expected):
        assert not frame.duplicated(key).any(), f"{mart}: key {key} comes twice"
    # Whatever their type, numbers are compared as numbers and keys as texts.
    sides = [
        frame.astype(dict.fromkeys(key, str)).set_index(key)[columns].apply(_numbers)
        for frame in (expected, built)
    ]
    expected_side, built_side = (side.stack(future_stack=True) for side in sides)
    both = pd.concat([expected_side, built_side], axis=1, keys=["expected", "built"])
    missing = both.index.droplevel(-1)
    one_side = ~missing.isin(sides[0].index) | ~missing.isin(sides[1].index)
    close = (both["expected"] - both["built"]).abs() <= 1e-9 * both["built"].abs().clip(lower=1)
    unknown = both["expected"].isna() & both["built"].isna()
    return both[one_side | ~(close | unknown)]


def check(release: Release, mart: str, expected: pd.DataFrame, **options: object) -> None:
    """Nothing differs, and something was compared."""
    assert len(expected) > 0
    found = differences(release, mart, expected, **options)
    assert found.empty, f"{mart}: {len(found)} cells differ\n{found.head(20)}"


def _numbers(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column).astype("float64")
