"""HiGHS made quiet: one thread, a fixed seed, not a word on the terminal."""

from typing import Any

# The public class writes a banner on standard output, where programs expect JSON; this one under it does not.
from highspy._core import _Highs


def quiet_solver(seed: int, **options: Any) -> _Highs:
    """A solver with one thread and a fixed seed, so that equal input gives equal output."""
    solver = _Highs()
    settings = {"output_flag": False, "log_to_console": False, "threads": 1, "random_seed": seed, **options}
    for name, value in settings.items():
        solver.setOptionValue(name, value)
    return solver
