"""The models by the product itself: the statements of a plan, run as `osservatorio build` runs them, without tests.

python -m benchmarks.peers.ours PLAN TOLD
"""

import json
import sys
import time
from pathlib import Path


def main(plan_file: str, told: str) -> None:
    from osservatorio.build_plan import Plan, Step
    from osservatorio.plan_run import run_plan

    started = time.perf_counter()
    content = json.loads(Path(plan_file).read_text())
    run_plan(
        Plan(content["first"], [Step(**step) for step in content["steps"]], {}), lambda done, steps: None
    )
    Path(told).write_text(json.dumps({"work": time.perf_counter() - started}))


if __name__ == "__main__":
    main(*sys.argv[1:])
