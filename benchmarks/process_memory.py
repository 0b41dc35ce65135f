"""Memory of a command with all its processes: a page that several of them share is counted once."""

import psutil


def tree_memory(pid: int) -> int:
    """Bytes of a process and of all that descend from it, now: the sum of their proportional set sizes (Linux)."""
    try:
        tree = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    total = 0
    for process in tree:
        try:
            total += _proportional(process.pid)
        except (OSError, psutil.Error):
            continue
    return total


def _proportional(pid: int) -> int:
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
        for line in lines:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
