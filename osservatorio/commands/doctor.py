"""`osservatorio doctor`: is everything in order, and if not, how to mend it."""

from dataclasses import asdict
from datetime import datetime

import typer

from osservatorio.commands.common import HomeOption, JsonOption, home_for_reading, print_json, say
from osservatorio.errors import EXIT_DONE, EXIT_WITHHELD

MARKS = {"ok": "ok     ", "avviso": "AVVISO ", "errore": "ERRORE "}


def doctor(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Controlla installazione e dati. Dice che cosa non va e come rimediare."""
    from osservatorio.doctor import examine, is_sound

    place = home_for_reading(home)
    findings = examine(place, now=datetime.now().astimezone())
    sound = is_sound(findings)
    if as_json:
        print_json({"sound": sound, "checks": [asdict(finding) for finding in findings]})
    else:
        width = max(len(finding.check) for finding in findings)
        for finding in findings:
            say(f"{MARKS[finding.outcome]} {finding.check.ljust(width)}  {finding.message}")
            if finding.remedy:
                say(f"{' ' * (len(MARKS['ok']) + width + 3)}→ {finding.remedy}")
        say()
        errors = sum(finding.outcome == "errore" for finding in findings)
        warnings = sum(finding.outcome == "avviso" for finding in findings)
        say(f"Controlli: {len(findings)}, errori {errors}, avvisi {warnings}.")
    raise typer.Exit(EXIT_DONE if sound else EXIT_WITHHELD)
