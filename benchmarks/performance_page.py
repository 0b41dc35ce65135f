"""docs/prestazioni.md and its pictures, made of what `run_by_stage.py --json` and `dashboard.py --json` measured.

    python benchmarks/performance_page.py benchmarks/results/run_by_stage.json benchmarks/results/dashboard.json

Nothing is measured here. The page is Italian: who runs the warehouse reads it.
"""

import argparse
import json
import statistics
from pathlib import Path
from typing import Any

import vl_convert
from peers_page import peers_section

from osservatorio.italian import number
from osservatorio.markdown import markdown_table

DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "prestazioni.md"
PICTURES = DOCS / "img"
STAGES = {
    "generate": "generazione delle consegne di prova",
    "run": "**`run` completo**",
    "run again": "`run` delle stesse consegne, di nuovo",
    "ingest": "`ingest`",
    "validate": "`validate`",
    "build": "`build`",
    "publish": "`publish`",
    "floor": "minimo: DuckDB da solo",
    "floor: read": "minimo, sola lettura",
}
DASHBOARD = {
    "start": "avvio del server, mediana",
    "switch": "cambio di pagina, mediana",
    "filter": "cambio di un filtro, mediana",
    "script": "lavoro del server per una pagina, 95º percentile",
    "crowd": "pagine con un errore, con venti persone insieme",
}
APART = ("ingest", "validate", "build", "publish")
RUN_AT_SCALE_ONE = 15.0  # seconds
TIMES_THE_FLOOR = 1.5
MEMORY_MB = 2000

Measured = dict[str, Any]


def middle(scale: Measured, stage: str, name: str) -> float:
    """The median over the runs of one figure of a stage."""
    return statistics.median(sample[name] for sample in scale["samples"][stage])


def _spread(scale: Measured, stage: str) -> str:
    walls = [sample["wall"] for sample in scale["samples"][stage]]
    return f"{number(min(walls), 1)}–{number(max(walls), 1)}" if len(walls) > 1 else "una prova"


def _stages(scale: Measured) -> str:
    rows = scale["weight"]["rows"]
    header = ["che cosa", "secondi", "dal… al…", "secondi di processore", "memoria MB", "righe al secondo"]
    lines = []
    for stage, label in STAGES.items():
        wall = middle(scale, stage, "wall")
        lines.append(
            [
                label,
                number(wall, 1),
                _spread(scale, stage),
                number(middle(scale, stage, "cpu"), 1),
                number(middle(scale, stage, "peak_mb")),
                number(rows / wall),
            ]
        )
    return markdown_table(header, lines)


def _weights(scales: list[Measured]) -> str:
    header = ["scala", "file", "righe", "consegne MB", "archivio delle consegne MB", "pubblicazione MB"]
    return markdown_table(
        header,
        [
            [
                number(scale["scale"]),
                number(scale["weight"]["files"]),
                number(scale["weight"]["rows"]),
                *(number(scale["weight"][name], 1) for name in ("deliveries_mb", "landing_mb", "release_mb")),
            ]
            for scale in scales
        ],
    )


def _verdict(reached: bool) -> str:
    return "raggiunto" if reached else "**mancato**"


def _goals(scales: list[Measured]) -> str:
    by_scale = {scale["scale"]: scale for scale in scales}
    lines = []
    if one := by_scale.get(1):
        wall = middle(one, "run", "wall")
        lines.append(
            [
                "`run` alla scala 1",
                f"{number(RUN_AT_SCALE_ONE)} s",
                f"{number(wall, 1)} s",
                _verdict(wall <= RUN_AT_SCALE_ONE),
            ]
        )
    if hundred := by_scale.get(100):
        ratio = middle(hundred, "run", "wall") / middle(hundred, "floor", "wall")
        peak = middle(hundred, "run", "peak_mb")
        lines += [
            [
                "`run` alla scala 100, volte il minimo",
                number(TIMES_THE_FLOOR, 1),
                number(ratio, 2),
                _verdict(ratio <= TIMES_THE_FLOOR),
            ],
            [
                "memoria di `run` alla scala 100",
                f"{number(MEMORY_MB)} MB",
                f"{number(peak)} MB",
                _verdict(peak <= MEMORY_MB),
            ],
        ]
        if ten := by_scale.get(10):
            costs = [1e6 * middle(scale, "run", "wall") / scale["weight"]["rows"] for scale in (ten, hundred)]
            lines.append(
                [
                    "microsecondi per riga alla scala 100, non più che alla scala 10",
                    number(costs[0], 1),
                    number(costs[1], 1),
                    _verdict(costs[1] <= costs[0]),
                ]
            )
    return markdown_table(["che cosa", "obiettivo", "misurato", "esito"], lines)


def _dashboard(measured: Measured) -> list[str]:
    """How fast the pages answer, one table for each scale."""
    parts = [
        "## Il cruscotto",
        "Misurato da `benchmarks/dashboard.py` con un navigatore vero (Chromium senza finestra), sulla stessa macchina del "
        "server: dal clic all'ultima cosa che cambia nella pagina. Il lavoro del server per una pagina conta anche la prima "
        "volta che la si apre; accanto, lo stesso in secondi di processore, che risentono meno di quanto altro fa la macchina.",
    ]
    for scale in measured["scales"]:
        rows = []
        for one in scale["measures"]:
            is_time = one["unit"] == "s"
            value, goal = (
                f"{number(one[name], 2)} s" if is_time else number(one[name]) for name in ("measured", "goal")
            )
            processor = "" if one["processor"] is None else f"{number(one['processor'], 2)} s"
            rows.append(
                [
                    DASHBOARD[one["key"]],
                    goal if is_time else "nessuna",
                    value,
                    processor,
                    number(one["samples"]),
                    _verdict(one["measured"] <= one["goal"]),
                ]
            )
        before, after = (number(load, 1) for load in scale["load"])
        parts += [
            f"### Scala {number(scale['scale'])}, pubblicazione di {number(scale['release_mb'])} MB",
            markdown_table(["che cosa", "obiettivo", "misurato", "di processore", "misure", "esito"], rows),
            f"Processi in attesa di un processore prima e dopo la misura: {before} e {after}, su "
            f"{measured['machine']['cores']} processori.",
        ]
    return parts


def _bars(scales: list[Measured]) -> dict[str, Any]:
    """Seconds of each stage, and of the floor, by scale."""
    order = ["run", *APART, "floor"]
    values = [
        {
            "scala": f"scala {number(scale['scale'])}",
            "stadio": "minimo" if stage == "floor" else stage,
            "secondi": middle(scale, stage, "wall"),
        }
        for scale in scales
        for stage in order
    ]
    return {
        "data": {"values": values},
        "facet": {"column": {"field": "scala", "type": "nominal", "title": None, "sort": None}},
        "resolve": {"scale": {"x": "independent"}},
        "spec": {
            "width": 190,
            "height": 150,
            "encoding": {
                "y": {
                    "field": "stadio",
                    "type": "nominal",
                    "sort": ["run", *APART, "minimo"],
                    "title": None,
                    "axis": {"ticks": False, "domain": False},
                },
                "x": {
                    "field": "secondi",
                    "type": "quantitative",
                    "title": "secondi",
                    "axis": {"tickCount": 4},
                },
            },
            "layer": [
                {
                    "mark": {"type": "bar", "height": {"band": 0.7}},
                    "encoding": {
                        "color": {
                            "condition": {"test": "datum.stadio == 'minimo'", "value": "#5C6F82"},
                            "value": "#0066CC",
                        }
                    },
                },
                {
                    "mark": {"type": "text", "align": "left", "dx": 3, "color": "#1A1A1A"},
                    "encoding": {"text": {"field": "secondi", "type": "quantitative", "format": ",.1f"}},
                },
            ],
        },
    }


def _svg(specification: dict[str, Any]) -> str:
    look = {
        "background": "white",
        "config": {"font": "Titillium Web, Helvetica, Arial, sans-serif", "view": {"stroke": None}},
    }
    schema = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json"}
    return vl_convert.vegalite_to_svg({**schema, **look, **specification}, format_locale="it-IT")


def page(measured: Measured, dashboard: Measured | None = None) -> str:
    """The page, as Markdown; `dashboard` is what was measured of the pages."""
    scales, machine = measured["scales"], measured["machine"]
    parts = [
        "# Prestazioni",
        "Quanto tempo, quanta memoria e quanto disco servono, dal piccolo al grande. La scala 1 è l'Ambito di Seregno "
        "con tre anni di consegne; la scala 10 ha dieci volte i suoi casi, la scala 100 quanti ne avrebbe una regione "
        "di cento Ambiti in un solo archivio. Pagina prodotta da `benchmarks/performance_page.py` con ciò che hanno "
        "misurato `benchmarks/run_by_stage.py` (`make bench`) e `benchmarks/dashboard.py`: nessuna cifra è scritta a mano.",
        f"Misurato su {machine['cores']} processori e {machine['memory_gb']} GB di memoria ({machine['system']}), "
        f"Python {machine['python']}, DuckDB {machine['duckdb']}, con {machine['threads']} thread di DuckDB e il suo "
        f"limite di memoria predefinito ({machine['memory_limit']}). I secondi sono la mediana delle prove; accanto, la "
        "più veloce e la più lenta. La memoria è la somma più alta di tutti i processi del comando.",
        "## Obiettivi",
        _goals(scales),
        "Il *minimo* è DuckDB da solo: legge gli stessi file, come può, in tabelle con i tipi giusti ed esegue lo "
        "stesso SQL dei modelli, senza alcun controllo, pseudonimo, quarantena o conto delle righe "
        "(`benchmarks/floor.py`). Quello che `run` impiega in più è ciò che il prodotto aggiunge.",
        "## Quanto pesa ogni scala",
        _weights(scales),
        "![Secondi di ogni stadio e del minimo, per scala](img/prestazioni.svg)",
    ]
    for scale in scales:
        ratio = middle(scale, "run", "wall") / middle(scale, "floor", "wall")
        parts += [
            f"## Scala {number(scale['scale'])}",
            _stages(scale),
            f"`run` impiega {number(ratio, 2)} volte il minimo.",
        ]
    parts.append(
        "Gli stadi sono misurati come comandi a sé, uno dopo l'altro, in un'altra cartella: `run` li sovrappone e paga una "
        "volta sola gli avvii, perciò costa meno della loro somma."
    )
    if dashboard is not None:
        parts += _dashboard(dashboard)
    parts += peers_section()
    return "\n\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("dashboard", type=Path, nargs="?", help="what was measured of the dashboard")
    options = parser.parse_args()
    measured = json.loads(options.results.read_text())
    dashboard = json.loads(options.dashboard.read_text()) if options.dashboard else None
    PAGE.write_text(page(measured, dashboard), encoding="utf-8")
    (PICTURES / "prestazioni.svg").write_text(_svg(_bars(measured["scales"])), encoding="utf-8")


if __name__ == "__main__":
    main()
