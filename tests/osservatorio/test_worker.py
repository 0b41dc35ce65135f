"""Stages in processes of their own: progress arrives whole, and a broken stage says where to look."""

import time

import pytest

from osservatorio.errors import StageError
from osservatorio.worker import Worker

CHATTY = """
import threading
from osservatorio.worker import report_progress, wait_for_task

task = wait_for_task()
def chat():
    for step in range(task["steps"]):
        report_progress("Prova", step, task["steps"])
threads = [threading.Thread(target=chat) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Make a module that a worker can run."""

    def make(text: str) -> str:
        (tmp_path / "a_stage_of_the_test.py").write_text(text, "utf-8")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        return "a_stage_of_the_test"

    return make


def test_progress_of_threads_arrives_whole(module, tmp_path):
    worker = Worker(module(CHATTY), tmp_path / "log")
    seen = []
    worker.start({"steps": 500})
    worker.finish(lambda *step: seen.append(step))
    worker.cancel()
    assert sorted(seen) == sorted(("Prova", step, 500) for step in range(500) for _ in range(4))


@pytest.mark.parametrize("text", ["raise SystemExit(3)", "import not_there", "1/0"])
def test_a_broken_stage_points_to_its_log(module, tmp_path, text):
    worker = Worker(module(text), tmp_path / "log")
    worker.start({})
    with pytest.raises(StageError, match="log"):
        worker.finish()
    worker.cancel()


def test_a_cancelled_stage_ends_at_once(module, tmp_path):
    worker = Worker(module("import time; time.sleep(60)"), tmp_path / "log")
    start = time.monotonic()
    worker.cancel()
    assert time.monotonic() - start < 20
