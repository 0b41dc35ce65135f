"""Settings of a run: limits of the machine and thresholds of the house."""

import os
from dataclasses import dataclass, field
from typing import Any

from osservatorio.database import DEFAULT_MEMORY_LIMIT
from osservatorio.errors import UserError

ENV_MEMORY = "OSSERVATORIO_MEMORY"
ENV_THREADS = "OSSERVATORIO_THREADS"


def _threads() -> int:
    given = os.environ.get(ENV_THREADS, "")
    if not given:
        return os.cpu_count() or 1
    if not given.isdigit() or int(given) < 1:
        raise UserError(f"{ENV_THREADS} vale «{given}»: scrivi un numero intero da 1 in su.")
    return int(given)


@dataclass(frozen=True)
class Settings:
    """What a run may use and the thresholds that models read as variables.

    `complaint_answer_days` is the general term of L. 241/1990; `full_time_weekly_hours` the week of a
    full-time professional in the co-design document.
    """

    memory_limit: str = field(default_factory=lambda: os.environ.get(ENV_MEMORY, DEFAULT_MEMORY_LIMIT))
    threads: int = field(default_factory=_threads)
    complaint_answer_days: int = 30
    full_time_weekly_hours: int = 36

    def model_variables(self) -> dict[str, Any]:
        """The settings that change figures: part of a release's manifest."""
        return {
            "complaint_answer_days": self.complaint_answer_days,
            "full_time_weekly_hours": self.full_time_weekly_hours,
        }
