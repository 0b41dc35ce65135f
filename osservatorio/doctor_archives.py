"""Checks of what a home holds: the landing, what interrupted commands left, the release in use, the audit log, the clock."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from osservatorio.doctor import Answer, Check, Patient
from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.italian import number

RUN_AGAIN = "Esegui «osservatorio run CARTELLA» con l'ultima cartella di consegne."
FROM_COPY = "Ripristinalo dalla copia di sicurezza, oppure caricalo di nuovo dalle consegne in una cartella dei dati nuova."
CLOCK_SLACK = timedelta(minutes=5)


def check_landing(patient: Patient) -> Iterator[Answer]:
    """The landing opens, has the tables of the contracts, and its counts balance."""
    from osservatorio.contracts import load_contracts
    from osservatorio.database import connect

    home = patient.home
    if not home.landing.exists():
        yield "avviso", "Non è stato ancora caricato nulla.", "Esegui «osservatorio run CARTELLA»."
        return
    with connect(home.landing, read_only=True) as con:
        tables = set(con.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall())
        expected = {"meta.deliveries", "quarantine.rows"}
        expected |= {f"{schema}.{extract}" for extract in load_contracts() for schema in ("landing", "held")}
        missing = sorted(expected - {name for (name,) in tables})
        if missing:
            yield (
                "avviso",
                f"All'archivio mancano {len(missing)} tabelle (la prima è {missing[0]}): è di una versione precedente.",
                "Il prossimo «osservatorio run CARTELLA» le aggiunge da sé.",
            )
            return
        row = con.execute(
            """select count(*), coalesce(sum(rows_read), 0),
                count(*) filter (where rows_read is distinct from accepted + quarantined + waiting)
            from meta.deliveries where outcome = 'landed'"""
        ).fetchone()
        deliveries, rows, wrong = row or (0, 0, 0)
    if wrong:
        yield "errore", f"In {number(wrong)} consegne i conti delle righe non tornano.", FROM_COPY
    else:
        yield (
            "ok",
            f"L'archivio si apre: {number(deliveries)} consegne, {number(rows)} righe, i conti tornano.",
            None,
        )


def check_leftovers(patient: Patient) -> Iterator[Answer]:
    """Nothing was left by a command that was interrupted."""
    home = patient.home
    if not home.root.is_dir():
        return
    holder = _holder(home)
    if holder is not None:
        yield (
            "avviso",
            f"Un altro comando sta lavorando in questa cartella{holder}.",
            "Aspetta che finisca e ripeti «osservatorio doctor».",
        )
        return
    left = sorted(_left(home))
    if home.purge_plan.exists():
        yield (
            "errore",
            "Un'eliminazione dei dati scaduti non è stata portata a termine.",
            "Esegui di nuovo «osservatorio purge»: completa il lavoro e ne dà la prova.",
        )
    elif left:
        yield (
            "avviso",
            f"Un comando interrotto ha lasciato {len(left)} file (il primo è «{left[0].relative_to(home.root)}»).",
            "Il prossimo «osservatorio run CARTELLA» riparte da lì o li toglie; non serve cancellarli a mano.",
        )
    else:
        yield "ok", "Nessun comando è in corso e nessuno è rimasto a metà.", None


def _holder(home: Home) -> str | None:
    """Something to say of the command that works in the home; None when none does."""
    from filelock import FileLock, Timeout

    from osservatorio.locking import LOCK_FILE, holder_words

    path = home.root / LOCK_FILE
    if not path.exists():
        return None
    try:
        with FileLock(path, timeout=0):
            return None
    except Timeout:
        return holder_words(home)


def _left(home: Home) -> Iterator[Path]:
    from osservatorio.rewriting import SUFFIX

    for pattern in ("*.wal", f"*{SUFFIX}*", ".*.tmp", "releases/*.wal", "releases/.*.tmp", "keys/.*.tmp"):
        yield from home.root.glob(pattern)
    for path in home.releases.glob("*.duckdb"):
        if not path.with_name(f"{path.stem}.manifest.json").exists():
            yield path
    yield from (home.work / "candidate").glob("*.duckdb")


def check_release(patient: Patient) -> Iterator[Answer]:
    """The pointer names a release that is as it was published."""
    from osservatorio.integrity import check_release as check
    from osservatorio.release import current_release_id, manifest_path

    home = patient.home
    release_id = current_release_id(home)
    if release_id is None:
        if home.landing.exists():
            yield "avviso", "Non c'è ancora nessuna pubblicazione.", RUN_AGAIN
        return
    if not manifest_path(home, release_id).exists():
        yield (
            "errore",
            f"La pubblicazione in uso «{release_id}» non c'è più, o manca la sua scheda.",
            f"Ripristinala dalla copia di sicurezza in «{home.releases}», oppure rimetti in uso un'altra di quelle "
            "elencate da «osservatorio releases list» con «osservatorio releases restore».",
        )
        return
    manifest = check(home, release_id)
    yield "ok", f"La pubblicazione in uso {release_id} è intatta, con dati al {manifest['as_of']}.", None


def check_audit_log(patient: Patient) -> Iterator[Answer]:
    """The audit log is as it was written."""
    from osservatorio.audit_check import verify

    result = verify(patient.home)
    if not result.is_intact:
        first = result.problems[0]
        yield (
            "errore",
            f"Il registro delle operazioni non è intatto ({first.kind}: {first.message}).",
            "«osservatorio audit verify» elenca tutto; conserva il file e avvisa chi risponde dei dati.",
        )
    elif result.entries:
        yield (
            "ok",
            f"Il registro delle operazioni è intatto: {number(len(result.entries))} registrazioni.",
            None,
        )
    elif patient.home.landing.exists():
        yield (
            "avviso",
            "Il registro delle operazioni è vuoto, mentre ci sono dati caricati.",
            "Se i dati sono di una versione precedente va bene così; altrimenti chiedi chi lo ha tolto.",
        )


def check_clock(patient: Patient) -> Iterator[Answer]:
    """The computer's clock is not behind what was already done here, as far as that can be read."""
    last, what = max(_times(patient), default=(None, ""), key=lambda pair: pair[0] or datetime.min)
    now = patient.now.replace(tzinfo=None)
    said = f"L'orologio segna {now:%d/%m/%Y %H:%M}"
    if last is None:
        yield "ok", f"{said}.", None
    elif last - now > CLOCK_SLACK:
        yield (
            "errore",
            f"{said}, ma {what} è del {last:%d/%m/%Y %H:%M}.",
            "Correggi data e ora del computer: le consegne di oggi sembrerebbero del futuro.",
        )
    else:
        yield "ok", f"{said}; {what} è del {last:%d/%m/%Y %H:%M}.", None


def _times(patient: Patient) -> Iterator[tuple[datetime, str]]:
    import duckdb

    from osservatorio.audit_check import verify
    from osservatorio.landing_state import last_loading

    home = patient.home
    last, entries = None, []
    with suppress(UserError, duckdb.Error):
        last = last_loading(home)
    if last:
        yield last, "l'ultimo caricamento"
    with suppress(UserError):
        entries = verify(home).entries
    if entries:
        at = datetime.fromisoformat(entries[-1].at)
        yield at.astimezone(patient.now.tzinfo).replace(tzinfo=None), "l'ultima registrazione"


CHECKS: dict[str, Check] = {
    "Archivio": check_landing,
    "Comandi interrotti": check_leftovers,
    "Pubblicazione": check_release,
    "Registro": check_audit_log,
    "Orologio": check_clock,
}
