"""`osservatorio releases`: what was published."""

from typing import Annotated

import typer

from osservatorio.commands import compare
from osservatorio.commands.common import (
    HomeOption,
    JsonOption,
    home_for_reading,
    print_json,
    print_table,
    say,
)
from osservatorio.commands.help_it import ItalianCommand, new_group

app = new_group("Le pubblicazioni: elenco, scheda, confronto, ritorno a una precedente.")
OUTCOMES = {"superato": "superati", "superato_con_avvisi": "superati con avvisi", "bloccato": "bloccati"}


@app.callback()
def releases() -> None:
    """Le pubblicazioni: elenco, scheda, confronto, ritorno a una precedente."""


for command in (compare.compare, compare.restore):
    app.command(cls=ItalianCommand)(command)


@app.command("list", cls=ItalianCommand)
def list_releases(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Elenca le pubblicazioni, dalla più recente; * segna quella in uso."""
    from osservatorio.catalogue import release_list

    rows = release_list(home_for_reading(home))
    if as_json:
        print_json({"releases": rows})
        return
    if not rows:
        say("Non c'è ancora nessuna pubblicazione: esegui «osservatorio run CARTELLA».")
        return
    print_table(
        ["", "pubblicazione", "dati al", "creata il", "consegne", "controlli"],
        [
            [
                "*" if row["is_current"] else "",
                row["release_id"],
                row["as_of"],
                row["created_at"].replace("T", " ")[:16],
                str(row["deliveries"]),
                OUTCOMES[row["outcome"]],
            ]
            for row in rows
        ],
        right=[4],
    )


@app.command("show", cls=ItalianCommand)
def show(
    release_id: Annotated[str, typer.Argument(metavar="ID", help=f"Pubblicazione. {compare.NAMES}")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Mostra la scheda di una pubblicazione: consegne, righe, versioni, esito dei controlli."""
    from osservatorio.catalogue import find_release
    from osservatorio.italian import number
    from osservatorio.release import read_manifest

    place = home_for_reading(home)
    manifest = read_manifest(place, find_release(place, release_id))
    if as_json:
        print_json(manifest)
        return
    say(f"Pubblicazione {manifest['release_id']}")
    say(f"  dati al           {manifest['as_of']}")
    say(f"  creata il         {manifest['created_at'].replace('T', ' ')}")
    say(f"  contenuto sha256  {manifest['content_sha256']}")
    say(f"  chiave            {manifest['key_id']}")
    say(f"  versioni          {', '.join(f'{k} {v}' for k, v in sorted(manifest['versions'].items()))}")
    verdict = manifest["verdict"]
    say(f"  controlli         {OUTCOMES[verdict['outcome']]} ({len(verdict['warnings'])} avvisi)")
    for warning in verdict["warnings"]:
        say(f"    - {warning['message']} {warning['what_to_do']}")
    say()
    print_table(
        ["tabella", "righe"],
        [[name, number(count)] for name, count in sorted(manifest["row_counts"].items())],
        right=[1],
    )
    say()
    print_table(
        ["consegna", "estratto", "lette", "accettate", "in quarantena", "in attesa", "sha256"],
        [
            [
                d["file"],
                d["extract"],
                number(d["rows_read"]),
                number(d["accepted"]),
                number(d["quarantined"]),
                number(d.get("waiting")),
                d["sha256"][:12],
            ]
            for d in manifest["deliveries"]
        ],
        right=[2, 3, 4, 5],
    )
