"""What the checks said about the data of a release, as the manifest keeps it, in tables."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from dashboards.tables import Column, Table
from osservatorio import italian
from osservatorio.release import Release

OUTCOMES = {"superato": "Superato", "superato_con_avvisi": "Superato con avvisi", "bloccato": "Bloccato"}
_STATUSES = {"passed": "Superato", "failed": "Non superato", "error": "Non eseguito"}
_SEVERITIES = {"critical": "Blocca la pubblicazione", "warning": "Avviso", "info": "Informazione"}
_FIRST = {"error": 0, "failed": 1, "passed": 2}

_EXTRACT = Column("extract", "Estrazione", "Estrazione a cui si riferisce.", "testo")
_WHAT_TO_DO = Column("what_to_do", "Che cosa fare", "Il passo da fare per togliere l'avviso.", "testo")


def verdict(release: Release) -> Mapping[str, Any]:
    """outcome, checks, failed, warnings, results. Empty when the release was published without checks."""
    return release.manifest.get("verdict") or {}


def warnings(release: Release) -> list[dict[str, Any]]:
    """What the checks found and let pass: check, severity, extract, codice_ente, message, what_to_do."""
    return list(verdict(release).get("warnings", []))


def warnings_table(release: Release, names: Mapping[str, str], body: str | None) -> Table:
    """The warnings, of one body when given; those of no body in particular concern all."""
    found = [warning for warning in warnings(release) if body in (None, warning.get("codice_ente") or body)]
    frame = pd.DataFrame(found, columns=["message", "what_to_do", "extract", "codice_ente"])
    frame = frame.assign(body_name=frame.codice_ente.map(lambda code: names.get(code, code)))
    columns = (
        Column("message", "Avviso", "Che cosa hanno trovato i controlli sui dati.", "testo"),
        _WHAT_TO_DO,
        Column("body_name", "Ente", "Ente che ha consegnato i dati.", "testo"),
        _EXTRACT,
    )
    return Table("Avvisi e che cosa fare", frame, columns, pd.Series(False, index=frame.index))


def checks_table(release: Release) -> Table:
    """Every check with its outcome, those not passed first."""
    frame = pd.DataFrame(
        verdict(release).get("results", []),
        columns=["check", "extract", "severity", "status", "observed", "message_it"],
    )
    frame = frame.sort_values("status", key=lambda status: status.map(_FIRST), kind="stable")
    frame = frame.assign(status=frame.status.map(_STATUSES), severity=frame.severity.map(_SEVERITIES))
    columns = (
        Column("status", "Esito", "Superato, non superato, oppure non eseguito per un errore.", "testo"),
        Column("check", "Controllo", "Nome del controllo.", "codice"),
        _EXTRACT,
        Column(
            "message_it",
            "Se non è superato",
            "Che cosa significa quando il controllo non è superato.",
            "testo",
        ),
        Column("observed", "Trovato", "Che cosa ha trovato il controllo.", "testo"),
        Column("severity", "Importanza", "Che cosa succede quando il controllo non è superato.", "testo"),
    )
    return Table(
        "Controlli sui dati", frame.reset_index(drop=True), columns, pd.Series(False, index=frame.index)
    )


def publication_table(release: Release) -> Table:
    """Where the figures come from: the publication, its day, its content, its deliveries."""
    manifest = release.manifest
    rows = [
        ("Pubblicazione", release.id),
        ("Data di riferimento dei dati", italian.date_it(release.as_of)),
        ("Creata il", _moment(manifest.get("created_at"))),
        ("Impronta del contenuto (SHA-256)", manifest.get("content_sha256")),
        ("Consegne comprese", italian.number(len(manifest.get("deliveries", [])))),
    ]
    if ambito := release.ambito:  # what is told is of all, but the day
        rows[-1] = ("Consegne comprese", italian.number(ambito.facts.get("deliveries")))
        rows += [
            ("Pubblicazione dell'Ambito da cui vengono le cifre", ambito.release_id),
            ("Impronta del suo contenuto (SHA-256)", ambito.content_sha256),
        ]
    frame = pd.DataFrame(rows, columns=["name", "value"])
    columns = (
        Column("name", "Voce", "Che cosa descrive.", "testo"),
        Column("value", "Valore", "Come la descrive la scheda della pubblicazione.", "testo"),
    )
    return Table("Dettagli della pubblicazione", frame, columns, pd.Series(False, index=frame.index))


def _moment(text: str | None) -> str:
    """An ISO moment as «31/12/2023, ore 09:30» (in the time zone it was written with)."""
    if not text:
        return italian.MISSING
    moment = datetime.fromisoformat(text)
    return f"{italian.date_it(moment)}, ore {moment:%H:%M}"
