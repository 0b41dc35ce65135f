"""HiGHS made quiet: one thread, a fixed seed, not a word on the terminal."""

from typing import Any

import highspy
import numpy as np

# The public class writes a banner on standard output, where programs expect JSON; this one under it does not.
from highspy._core import _Highs


def quiet_solver(seed: int, **options: Any) -> _Highs:
    """A solver with one thread and a fixed seed, so that equal input gives equal output."""
    solver = _Highs()
    settings = {"output_flag": False, "log_to_console": False, "threads": 1, "random_seed": seed, **options}
    for name, value in settings.items():
        solver.setOptionValue(name, value)
    return solver


def linear_model(
    cost: np.ndarray,
    bounds: tuple[np.ndarray, np.ndarray],
    rows: tuple[np.ndarray, np.ndarray, np.ndarray],
    sides: tuple[np.ndarray, np.ndarray],
    whole: np.ndarray | None = None,
) -> highspy.HighsLp:
    """A programme for HiGHS; `rows` are start, index and coefficient, row by row, `whole` marks integer columns."""
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(cost), len(sides[0])
    model.col_cost_ = cost
    model.col_lower_, model.col_upper_ = bounds
    model.row_lower_, model.row_upper_ = sides
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.num_col_, matrix.num_row_ = model.num_col_, model.num_row_
    matrix.start_, matrix.index_, matrix.value_ = rows
    if whole is not None:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[int(one)] for one in whole]
    return model
