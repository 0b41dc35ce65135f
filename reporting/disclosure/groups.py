"""Problems that have nothing to do with each other: columns that no line ties while all that stays shown is known."""

from collections.abc import Iterable

import numpy as np

from reporting.disclosure.cuts import Cut
from reporting.disclosure.tables import System


def groups_of(
    system: System, always: np.ndarray, choice: np.ndarray, extra: Iterable[Cut]
) -> list[np.ndarray]:
    """The columns of each group with something that must be withheld, in the order of their first column.

    Columns that stay shown separate; unknown ones tie. `extra` are cuts that tie besides the lines.
    """
    moves = always | choice | (~system.is_open & ~system.is_shown)
    above = np.arange(len(system.columns))

    def root(one: int) -> int:
        while above[one] != one:
            above[one] = above[above[one]]
            one = int(above[one])
        return one

    def tie(members: np.ndarray) -> None:
        if len(members) > 1:
            first = root(int(members[0]))
            for other in members[1:]:
                above[root(int(other))] = first

    moving = moves[system.index]
    for row in range(len(system.low)):
        part = slice(system.start[row], system.start[row + 1])
        tie(system.index[part][moving[part]])
    for cut in extra:
        condition = [] if cut.condition is None else [cut.condition]
        tie(np.concatenate([cut.columns, condition]).astype(np.int64))
    roots = np.array([root(place) if moves[place] else -1 for place in range(len(above))])
    held = always | (
        ~system.is_open & ~system.is_shown & np.array([c in system.facts for c in system.columns])
    )
    wanted = list(dict.fromkeys(int(one) for one in roots[held]))
    return [np.flatnonzero(roots == one) for one in wanted]
