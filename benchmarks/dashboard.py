"""How fast the dashboard answers, in a real browser: start, page switch, filter change, script time, many people at once.

    python benchmarks/dashboard.py SCALE=HOME [SCALE=HOME ...] [--rounds 2] [--users 20] [--starts 3] [--json FILE]

Each HOME holds a published release of deliveries of that scale, for example 1=home and 100=large; nothing is written
there. Goal and measure stand side by side, home by home; `performance_page.py` shows what `--json` keeps of them. Needs
Chromium (Debian's package) and the development tools.
Times of the browser are from the press to the last change of the page that its run of the script made, on the clock of the
page; script times are of the server's own threads, by the clock and by the processor. On a machine that does other work
the processor's are steadier.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from dashboard_crowd import crowd
from playwright.sync_api import Page, sync_playwright
from run_by_stage import machine

from dashboards.pages import PAGES
from osservatorio.home import Home
from osservatorio.release import current_release_id, release_path

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WAIT = 120_000
PAGES_EACH = 5
CHANGED = ("casistica", "utilizzo", "reclami", "affidi", "personale", "risorse")

# The server, with the time of every run of the whole script written to a file; parts that run by themselves are left out.
SERVER = """
import sys, time
from pathlib import Path
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from dashboards.server import serve
from osservatorio.commands.desk import desk_of
from osservatorio.home import Home
runs, plain = open(sys.argv[3], "a", buffering=1), ScriptRunner._run_script
def timed(self, rerun_data):
    clock, processor = time.perf_counter(), time.thread_time()
    plain(self, rerun_data)
    if not rerun_data.fragment_id_queue:
        runs.write(f"{time.perf_counter() - clock} {time.thread_time() - processor}\\n")
ScriptRunner._run_script = timed
home = Home(Path(sys.argv[1]))
serve(home, port=int(sys.argv[2]), open_browser=False, desk=desk_of(home, origin="cruscotto"))
"""

DRAWN = """document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'
 && !document.querySelector('[data-testid=stSkeleton]')
 && [...document.querySelectorAll('[data-testid=stPlotlyChart]')].every(c => c.querySelector('.main-svg'))"""
# Counts the whole runs of the script that have ended, as the server tells them: field 6 of its messages, 0 for a whole run
# (a part that runs by itself ends with another number). What the page shows of a run may come and go between two frames.
LISTENER = """(() => {
    window.ended = 0;
    const tells = (bytes) => {
        let at = 0;
        const number = () => {
            let value = 0, unit = 1;
            while (bytes[at] & 128) { value += (bytes[at++] & 127) * unit; unit *= 128; }
            return value + bytes[at++] * unit;
        };
        while (at < bytes.length) {
            const key = number(), kind = key % 8;
            if (kind === 0) { const value = number(); if (key === 48) return value === 0; }
            else if (kind === 2) { const length = number(); at += length; }
            else at += kind === 1 ? 8 : 4;
        }
        return false;
    };
    window.WebSocket = class extends window.WebSocket {
        constructor(...all) {
            super(...all);
            this.addEventListener('message', ({ data }) => {
                if (data instanceof ArrayBuffer && tells(new Uint8Array(data))) window.ended += 1;
            });
        }
    };
})()"""
# From the next press, wherever it is, to the last change of the page before it has been still for a while, with the run that
# it started ended and everything drawn.
STOPWATCH = f"""() => {{
    const still = 250, patience = {WAIT};
    window.measured = new Promise((done, failed) => {{
        let start = 0, before = 0, last = 0;
        const watch = new MutationObserver(() => {{ last = performance.now(); }});
        watch.observe(document.body, {{ childList: true, characterData: true, subtree: true }});
        document.addEventListener('click', () => {{
            start = last = performance.now();
            before = window.ended;
        }}, {{ capture: true, once: true }});
        const look = () => {{
            const now = performance.now();
            if (start && now - start > patience) failed(new Error('the page did not end what was asked'));
            else if (start && window.ended > before && now - last > still && {DRAWN}) {{
                watch.disconnect();
                done((last - start) / 1000);
            }} else requestAnimationFrame(look);
        }};
        look();
    }});
}}"""


@dataclass(frozen=True)
class Measure:
    """A goal and what was measured: seconds, or how many; `processor` is the same by the processor's clock."""

    key: str
    name: str
    goal: float
    measured: float
    samples: int
    unit: str = "s"
    processor: float | None = None

    @property
    def is_reached(self) -> bool:
        return self.measured <= self.goal


@contextmanager
def server(home: Path, runs: Path) -> Iterator[tuple[str, float, float]]:
    """A running dashboard: its address, and how long it took to answer from the start of its process, by the clock and by
    the processor."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url, start = f"http://127.0.0.1:{port}", time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(home), str(port), str(runs)],
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    try:
        while True:
            try:
                urllib.request.urlopen(f"{url}/salute", timeout=5).close()
                break
            except OSError:
                if process.poll() is not None:
                    sys.exit("the dashboard did not start")
                time.sleep(0.01)
        took, used = time.perf_counter() - start, psutil.Process(process.pid).cpu_times()
        yield url, took, used.user + used.system
    finally:
        process.terminate()
        process.wait(timeout=20)


def starts(home: Path, runs: Path, many: int) -> tuple[list[float], list[float]]:
    """Seconds from the start of the process to its first answer, once the files are in memory: by the clock and by the
    processor."""
    clock, processor = [], []
    for _ in range(many + 1):
        with server(home, runs) as (_, took, used):
            clock.append(took)
            processor.append(used)
    return clock[1:], processor[1:]


def settle(page: Page, title: str) -> None:
    page.wait_for_function(
        f"title => document.querySelector('h1')?.innerText === title && {DRAWN}", arg=title, timeout=WAIT
    )


def timed(page: Page, press: Callable[[], None]) -> float:
    page.evaluate(STOPWATCH)
    press()
    return page.evaluate("window.measured")


def switches(page: Page, rounds: int) -> list[float]:
    """Seconds of every page switch; a first round, which fills what is kept between runs, is left out."""
    seconds = []
    for turn in range(rounds + 1):
        for info in PAGES.values():
            link = page.get_by_test_id("stSidebarNav").get_by_role("link", name=info.title, exact=True)
            took = timed(page, link.click)
            settle(page, info.title)
            if turn:
                seconds.append(took)
    return seconds


def changes(page: Page, url: str, rounds: int) -> list[float]:
    """Seconds of a change of the municipality, each to one that the page has not shown yet."""
    seconds = []
    for name in CHANGED:
        page.goto(f"{url}/{name}?periodo=2022-S1&comune=ambito")
        settle(page, PAGES[name].title)
        for town in ("Meda", "Seveso", "Seregno", "Giussano")[: rounds * 2]:
            page.get_by_role("combobox", name="Comune").click()
            seconds.append(timed(page, page.get_by_role("option", name=town, exact=True).click))
    return seconds


def script_times(runs: Path) -> tuple[list[float], list[float]]:
    """Seconds of every run of the script: by the clock and by the processor."""
    lines = [line.split() for line in runs.read_text("utf-8").splitlines()]
    return [float(line[0]) for line in lines], [float(line[1]) for line in lines]


def highest_but_5_percent(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def measure(home: Path, rounds: int, users: int, many_starts: int) -> list[Measure]:
    chromium = shutil.which("chromium") or sys.exit(
        "Chromium is missing: install Debian's package «chromium»"
    )
    with tempfile.TemporaryDirectory() as folder:
        first, alone, together = (Path(folder) / name for name in ("starts", "alone", "together"))
        started, used = starts(home, first, many_starts)
        with sync_playwright() as playwright, server(home, alone) as (url, *_):
            playwright.selectors.set_test_id_attribute("data-testid")
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="it-IT").new_page()
            page.add_init_script(LISTENER)
            page.goto(f"{url}/?periodo=2022-S1")
            settle(page, next(iter(PAGES.values())).title)
            switched, changed = switches(page, rounds), changes(page, url, rounds)
            browser.close()
        with server(home, together) as (url, *_):
            many = crowd(url, users, PAGES_EACH)
        clock, processor = script_times(alone)
    return [
        Measure(
            "start",
            "server start, median",
            1.5,
            statistics.median(started),
            len(started),
            processor=statistics.median(used),
        ),
        Measure("switch", "page switch, median", 0.6, statistics.median(switched), len(switched)),
        Measure("filter", "filter change, median", 0.7, statistics.median(changed), len(changed)),
        Measure(
            "script",
            "script on the server, 95th percentile",
            0.15,
            highest_but_5_percent(clock),
            len(clock),
            processor=highest_but_5_percent(processor),
        ),
        Measure(
            "crowd",
            f"errors: {users} people at once, {many.median:.1f} s a page",
            0,
            many.errors,
            many.pages,
            unit="pages",
        ),
    ]


def of_scale(text: str) -> tuple[float, Path]:
    """«100=/dati/grande» as a scale and a home."""
    scale, _, home = text.partition("=")
    try:
        found = float(scale), Path(home)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not SCALE=HOME: {text}") from error
    if not home or not found[1].is_dir():
        raise argparse.ArgumentTypeError(f"not SCALE=HOME, or no such folder: {text}")
    return found


def show(scale: float, megabytes: float, found: list[Measure], load: float) -> None:
    print(f"\nscale {scale:g}: a release of {megabytes:,.0f} MB")
    print(f"{'':<52} {'goal':>7} {'measured':>9} {'processor':>10} {'samples':>8}")
    for one in found:
        by_processor = "" if one.processor is None else f"{one.processor:.3f}"
        mark = "" if one.is_reached else "  not reached"
        print(f"{one.name:<52} {one.goal:>7} {one.measured:>9.3f} {by_processor:>10} {one.samples:>8}{mark}")
    print(
        f"Processes waiting for a processor before and after: {load:.1f}, {busy():.1f} on {os.cpu_count()} processors.",
        flush=True,
    )


def busy() -> float:
    """How many processes waited for a processor in the last minute; 0 where the system does not tell."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("homes", type=of_scale, nargs="+", metavar="SCALE=HOME")
    parser.add_argument(
        "--rounds", type=int, default=2, choices=(1, 2), help="how often each page is visited"
    )
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the results to this file")
    options = parser.parse_args()
    scales = []
    for scale, home in options.homes:
        load = busy()
        found = measure(home, options.rounds, options.users, options.starts)
        megabytes = release_path(Home(home), current_release_id(Home(home)) or "").stat().st_size / 1e6
        show(scale, megabytes, found, load)
        scales.append(
            {
                "scale": scale,
                "release_mb": megabytes,
                "load": [load, busy()],
                "measures": [asdict(one) for one in found],
            }
        )
        if options.json:  # after each scale: a long one may be stopped
            options.json.parent.mkdir(parents=True, exist_ok=True)
            options.json.write_text(json.dumps({"machine": machine(), "scales": scales}, indent=1) + "\n")


if __name__ == "__main__":
    main()
