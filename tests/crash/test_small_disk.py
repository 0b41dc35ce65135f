"""Full and read-only disks, on real small file systems in a name space of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CASES = Path(__file__).with_name("small_disk_cases.py")
AS_ROOT = ["unshare", "--mount", "--propagation", "private"]
AS_ANYONE = ["unshare", "--map-root-user", "--mount", "--propagation", "private"]


def where_mounting_is_allowed(folder: Path) -> list[str]:
    """The words before a command that may mount. Left out with a reason where nothing may; in CI, as root, a failure."""
    is_root = hasattr(os, "getuid") and os.getuid() == 0
    for words in (AS_ROOT, AS_ANYONE) if is_root else (AS_ANYONE,):
        try:
            probe = [*words, "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
            if subprocess.run(probe, capture_output=True, timeout=30).returncode == 0:
                return words
        except OSError:
            continue
    reason = "left out: this system lets nobody mount a small file system"
    if is_root and os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def test_on_a_small_disk(small_deliveries: Path, plan_of_builds: None, tmp_path: Path):
    words = where_mounting_is_allowed(tmp_path)
    # It forks commands from a process of its own: one outside the name space would not see its disks.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_XDIST_")}
    done = subprocess.run(
        [*words, sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", str(CASES)],
        env={**environment, "CONSEGNE_DI_PROVA": str(small_deliveries)},
        cwd=CASES.parent.parent.parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
