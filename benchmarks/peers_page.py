"""The part of docs/prestazioni.md on the product and its peers, from what `python -m benchmarks.peers` has measured.

Nothing is measured here, and no figure is written by hand.
"""

import json
import statistics
from pathlib import Path
from typing import Any

from osservatorio.italian import join_words, number
from osservatorio.markdown import markdown_table

RESULTS = Path(__file__).parent / "results" / "peers.json"
OURS = "ours"
BUSY = 0.5  # processes for each processor, before the first scale
WORKS = {
    "models": "Tutte le tabelle finali",
    "models_postgres": "Le tabelle finali che PostgreSQL sa calcolare",
    "two_marts": "Due tabelle finali (casi per Comune e uso dei servizi)",
    "checks": "Controlli di presenza, codici, limiti, lunghezze e ordine delle date",
    "ingest": "Lettura e controllo delle consegne, riga per riga",
}
PRODUCT = {"checks": "il prodotto (`validate`)", "ingest": "il prodotto (`ingest`)"}
TOOLS = {
    "ours": "il prodotto (DuckDB)",
    "dbt_duckdb": "dbt con DuckDB",
    "sqlmesh": "SQLMesh con DuckDB",
    "spark": "dbt con Apache Spark",
    "postgres": "dbt con PostgreSQL",
    "pandas": "pandas",
    "gx_pandas": "Great Expectations su pandas",
    "pydantic": "pydantic",
}
UNITS = {"cells": "celle", "verdicts": "esiti", "rows": "righe"}

Measured = dict[str, Any]


def peers_section(results: Path = RESULTS) -> list[str]:
    """The paragraphs and tables, as Markdown; none where nothing was measured."""
    if not results.exists():
        return []
    measured = json.loads(results.read_text())
    machine = measured["machine"]
    parts = [
        "## A confronto con altri strumenti",
        "Lo stesso lavoro, sugli stessi dati e sullo stesso computer, fatto dal prodotto e da altri strumenti "
        "(`make bench-peers`). Ogni prova è un processo a sé, avvio compreso; «lavoro» sono i secondi senza l'avvio dello "
        "strumento, dove si possono distinguere. «Volte il prodotto» è il tempo dello strumento diviso per quello del "
        "prodotto: sopra 1 lo strumento è più lento, sotto 1 è più veloce. La memoria è quella di tutti i processi "
        "insieme, e le pagine condivise contano una volta sola. Prima che il tempo conti, il risultato è confrontato con "
        "quello del prodotto: testi, date, numeri interi e decimali esatti devono essere uguali, i numeri in virgola "
        "mobile fino alla nona cifra.",
        f"Misurato su {machine['cores']} processori ({machine['system']}), DuckDB con {machine['threads']} thread e "
        f"{machine['memory_limit']}. I secondi sono la mediana delle prove; tra parentesi, la più veloce e la più lenta.",
    ]
    if measured["scales"][0]["load"] > machine["cores"] * BUSY:
        parts.append(
            "**Il computer faceva molto altro durante le prove**: i secondi dell'orologio e i loro rapporti dicono poco, "
            "valgono quelli di processore."
        )
    for scale in measured["scales"]:
        parts.append(f"### Scala {number(scale['scale'])} ({number(scale['rows'])} righe consegnate)")
        parts += [_table(scale), _quicker(scale)]
    parts += ["### Come sono stati preparati", _set_ups(measured)]
    return [*parts, *_left_out(measured)]


def middle(peer: Measured, name: str) -> float | None:
    """The median of one figure of a peer; None where it gave none."""
    values = [sample[name] for sample in peer["samples"] if sample[name] is not None]
    return statistics.median(values) if values else None


def _ratio(peer: Measured, ours: Measured, name: str) -> float | None:
    theirs, base = middle(peer, name), middle(ours, name)
    return theirs / base if theirs is not None and base else None


def _ours(work: Measured) -> Measured:
    return next(peer for peer in work["peers"] if peer["peer"] == OURS)


def _name(work: Measured, peer: Measured) -> str:
    return PRODUCT.get(work["work"], TOOLS[OURS]) if peer["peer"] == OURS else TOOLS[peer["peer"]]


def _size(work: Measured) -> str:
    about = work["about"]
    return f" ({number(about['marts'])}, da {number(about['models'])} modelli)" if "marts" in about else ""


def _table(scale: Measured) -> str:
    header = [
        "lavoro",
        "strumento",
        "secondi",
        "di cui lavoro",
        "secondi di processore",
        "memoria MB",
        "volte il prodotto, secondi",
        "volte il prodotto, processore",
        "risultato",
    ]
    lines = []
    for work in scale["works"]:
        for peer in work["peers"]:
            title = f"**{WORKS[work['work']]}**{_size(work)}" if peer["peer"] == OURS else ""
            lines.append([title, _name(work, peer), *_figures(peer, _ours(work))])
    return markdown_table(header, lines)


def _figures(peer: Measured, ours: Measured) -> list[str]:
    if not peer["samples"]:
        return [_why_none(peer), *[""] * 6]
    walls = [sample["wall"] for sample in peer["samples"]]
    spread = f" ({number(min(walls), 1)}–{number(max(walls), 1)})" if len(walls) > 1 else " (una prova)"
    work = middle(peer, "work")
    ratios = [_ratio(peer, ours, name) for name in ("wall", "cpu")]
    return [
        number(statistics.median(walls), 1) + spread,
        "" if work is None else number(work, 1),
        number(middle(peer, "cpu"), 1),
        number(max(sample["peak_mb"] for sample in peer["samples"])),
        *("" if peer is ours or ratio is None else number(ratio, 2) for ratio in ratios),
        _result(peer, ours),
    ]


def _why_none(peer: Measured) -> str:
    if "timeout" in peer:
        return f"interrotto dopo {number(peer['timeout'])} s"
    if "not_tried" in peer:
        return f"non provato: alla scala minore aveva impiegato {number(peer['not_tried'])} s"
    return "non riuscito"


def _result(peer: Measured, ours: Measured) -> str:
    if peer is ours:
        return "termine di confronto"
    compared = peer["compared"]
    counted = f"{number(compared['cells'])} {UNITS[compared['unit']]}"
    if compared["different"]:
        return f"**{number(compared['different'])} differenze** su {counted}"
    return f"uguale: {counted}"


def _quicker(scale: Measured) -> str:
    """Where another tool is quicker than the product, said plainly."""
    found = []
    for work in scale["works"]:
        ours = _ours(work)
        for peer in work["peers"]:
            if peer is ours:
                continue
            ratios = [
                f"{number(ratio, 2)} volte i {word} del prodotto"
                for name, word in (("wall", "secondi"), ("cpu", "secondi di processore"))
                if (ratio := _ratio(peer, ours, name)) is not None and ratio < 1
            ]
            if ratios:
                found.append(f"{TOOLS[peer['peer']]} in «{WORKS[work['work']]}», {join_words(ratios)}")
    if not found:
        return "In nessuno di questi lavori un altro strumento è più veloce del prodotto."
    return "**Più veloci del prodotto**: " + "; ".join(found) + "."


def _set_ups(measured: Measured) -> str:
    v = measured["versions"]
    told = [
        (scale["scale"], peer["about"])
        for scale in measured["scales"]
        for work in scale["works"]
        for peer in work["peers"]
        if "loaded" in peer["about"]
    ]
    loaded = [f"{number(about['loaded'], 1)} s alla scala {number(scale)}" for scale, about in told]
    server = next((about["version"] for _, about in told), "")
    texts = {
        "ours": f"DuckDB {v['duckdb']}; per le tabelle, le istruzioni che `osservatorio build` tiene pronte, senza le prove, "
        "elenchi compresi; legge l'archivio delle consegne com'è",
        "dbt_duckdb": f"dbt-duckdb {v['dbt-duckdb']}, lo stesso progetto senza le prove, letto una volta prima (lettura parziale)",
        "sqlmesh": f"SQLMesh {v['sqlmesh']}: lo stesso SQL compilato, un piano applicato a file nuovi, elenchi già caricati, "
        "nessuna riscrittura delle interrogazioni",
        "spark": f"Spark {v['pyspark']} su questo computer, 2 thread e 2 GB, come in `dbt_project/spark`: legge i Parquet di "
        "`landing export`, traduce i modelli e scrive le tabelle finali in Parquet",
        "postgres": f"PostgreSQL {server} con dbt-postgres {v['dbt-postgres']}, SQL tradotto prima da sqlglot "
        f"{v['sqlglot']}; shared_buffers 512 MB, work_mem 128 MB, due processori anche in parallelo, tabelle senza giornale "
        "(unlogged), nessuna attesa del disco, statistiche aggiornate dopo ogni tabella, viste tenute come tabelle; dati già "
        f"caricati ({join_words(loaded) if loaded else 'tempo non misurato'}, non contati)",
        "pandas": f"pandas {v['pandas']} con pyarrow {v['pyarrow']}: dai Parquet, solo le colonne che servono, codici come "
        "categorie, raggruppamenti e unioni di colonne intere, le due tabelle scritte in Parquet",
        "gx_pandas": f"Great Expectations {v['great-expectations']}, gli stessi controlli su tabelle di pandas lette da "
        "Parquet; gli esiti sono confrontati anche su una copia dei dati con errori messi apposta",
        "pydantic": f"pydantic {v['pydantic']}: un modello per contratto, riga per riga, con riferimenti, pseudonimi e righe "
        "accettate scritte in Parquet; senza messaggi, quarantena, conto delle versioni e regole fra più colonne diverse "
        "dall'ordine di due valori",
    }
    present = {
        peer["peer"] for scale in measured["scales"] for work in scale["works"] for peer in work["peers"]
    }
    rows = [[TOOLS[name], text] for name, text in texts.items() if name in present]
    return markdown_table(["strumento", "preparazione"], rows)


def _left_out(measured: Measured) -> list[str]:
    """What the translation to PostgreSQL does not say, with the reasons."""
    works = [
        work for scale in measured["scales"] for work in scale["works"] if work["work"] == "models_postgres"
    ]
    if not works:
        return []
    about = works[-1]["about"]
    reasons = {
        model: reason for model, reason in about["left_out"].items() if not reason.startswith("reads ")
    }
    if not reasons:
        return ["PostgreSQL calcola tutte le tabelle finali."]
    listed = join_words([f"`{name}`" for name in about["marts_left_out"]])
    models = join_words([f"`{name}`" for name in sorted(reasons)])
    return [
        f"Non calcolate su PostgreSQL: {listed}. Dipendono da modelli che la traduzione non sa dire ({models}): usano come "
        "valore un record con campi nominati (`struct_pack`), che PostgreSQL 15 ha solo con un tipo dichiarato prima. Il "
        "rapporto con il prodotto è calcolato sulle tabelle rimaste, per entrambi."
    ]
