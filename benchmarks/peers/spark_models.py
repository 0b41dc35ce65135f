"""The models on Apache Spark, as `dbt_project/spark` builds them, on this machine.

python -m benchmarks.peers.spark_models WORK
"""

import json
import shutil
import sys
import time
from pathlib import Path


def main(folder: str) -> None:
    from dbt_project.spark.build import build

    work = Path(folder)
    about = json.loads((work / "about.json").read_text())
    out = work / "spark"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    started = time.perf_counter()
    failures = build(
        str(work / "exported"),
        str(out),
        about["as_of"],
        threads=about["threads"],
    )
    if any(failures.values()) or not failures:
        raise SystemExit(f"Spark: {failures}")
    (work / "spark_told.json").write_text(json.dumps({"work": time.perf_counter() - started}))


if __name__ == "__main__":
    main(*sys.argv[1:])
