"""Fixtures that rooms share: the demonstration, generated and run once as a user would."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).parent.parent


def command(
    *arguments: str | Path, home: Path | None = None, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run `osservatorio` in a process of its own, as a user does."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OSSERVATORIO_")}
    if home:
        environment["OSSERVATORIO_HOME"] = str(home)
    done = subprocess.run(
        [sys.executable, "-m", "osservatorio.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        timeout=600,
    )
    if check and done.returncode != 0:
        raise AssertionError(
            f"osservatorio {arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
    return done


@pytest.fixture(scope="session")
def osservatorio():
    """The command line: `osservatorio("run", folder, home=home)`."""
    return command


def _once(tmp_path_factory: pytest.TempPathFactory, name: str, make) -> Path:
    """Make a session-wide folder once, whichever of the parallel test processes comes first."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = shared / name
    with FileLock(shared / f"{name}.lock"):
        if not (shared / f"{name}.done").exists():
            make(folder)
            (shared / f"{name}.done").touch()
    return folder


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home where `osservatorio demo` has run at scale 1; tests only read it. Its output is in demo.txt."""

    def make(folder: Path) -> None:
        done = command("demo", home=folder)
        (folder / "demo.txt").write_text(done.stdout, "utf-8")

    return _once(tmp_path_factory, "demo_home", make)


@pytest.fixture(scope="session")
def demo_deliveries(demo_home: Path) -> Path:
    """The folder of deliveries that the demonstration generated; tests only read it."""
    return demo_home / "consegne"


@pytest.fixture(scope="session")
def small_deliveries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small set of deliveries, for tests that run the whole job on a home of their own."""
    return _once(
        tmp_path_factory,
        "small_deliveries",
        lambda folder: command("generate", "--out", folder, "--scale", "0.1", "--years", "2022-2022"),
    )


def require_program(name: str, package: str) -> str:
    """The path of a system program. Left out with a reason where it is missing; in CI that is a failure."""
    from shutil import which

    path = which(name)
    if path:
        return path
    reason = f"left out: «{name}» (Debian package {package}) is not installed here"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> str:
    return require_program("chromium", "chromium")


@pytest.fixture(scope="session")
def soffice() -> str:
    return require_program("soffice", "libreoffice-calc")
