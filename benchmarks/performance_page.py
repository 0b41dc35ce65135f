"""docs/prestazioni.md and its pictures, made of what the benchmarks left in `benchmarks/results`.

    python benchmarks/performance_page.py

Nothing is measured here. The page is Italian: who runs the warehouse reads it.
"""

import json
from pathlib import Path
from typing import Any

import vl_convert
from peers_page import peers_section
from performance_goals import Measured, goals, goals_section, middle, verdict

from osservatorio.italian import number
from osservatorio.markdown import markdown_table

RESULTS = Path(__file__).parent / "results"
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
                    verdict(one["measured"] <= one["goal"]),
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


def page() -> str:
    """The page, as Markdown, of the results that there are. `run_by_stage.json` has to be there."""
    measured, dashboard = _result("run_by_stage"), _result("dashboard")
    assert measured
    scales, machine = measured["scales"], measured["machine"]
    parts = [
        "# Prestazioni",
        "Quanto tempo, quanta memoria e quanto disco servono, dal piccolo al grande. La scala 1 è l'Ambito di Seregno "
        "con tre anni di consegne; la scala 10 ha dieci volte i suoi casi, la scala 100 quanti ne avrebbe una regione "
        "di cento Ambiti in un solo archivio. Pagina prodotta da `benchmarks/performance_page.py` con ciò che hanno "
        "misurato gli altri programmi di `benchmarks` (`make bench`): nessuna cifra è scritta a mano.",
        f"Misurato su {machine['cores']} processori e {machine['memory_gb']} GB di memoria ({machine['system']}), "
        f"Python {machine['python']}, DuckDB {machine['duckdb']}, con {machine['threads']} thread di DuckDB e il suo "
        f"limite di memoria predefinito ({machine['memory_limit']}). I secondi sono la mediana delle prove; accanto, la "
        "più veloce e la più lenta. La memoria è quella di tutti i processi del comando, "
        "nel momento in cui è più alta; le pagine condivise contano una volta sola.",
        "## Obiettivi",
        *goals_section(goals(measured, _result("ingest"), _result("incremental"))),
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


def _result(name: str) -> Measured | None:
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")
    measured = _result("run_by_stage")
    assert measured
    (PICTURES / "prestazioni.svg").write_text(_svg(_bars(measured["scales"])), encoding="utf-8")


if __name__ == "__main__":
    main()
