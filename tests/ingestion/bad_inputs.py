"""A case of the corpus played out: the wrong delivery, what became of it, and the delivery that mends it."""

import re
from collections.abc import Mapping

from corpus.case import Case, Content, Delivery, Flaw
from delivered_samples import Office

from ingestion.ingest import DeliveryOutcome
from ingestion.rules import catalogue
from osservatorio.contracts import load_contracts

EMPTY = "vuoto"
QUOTED = re.compile("«[^»]*»|(?<=caricate: )[^.]*|(?<=riconosciute: )[^.]*")  # what was delivered
ENGLISH = re.compile(
    r"\b(the|and|rows?|columns?|errors?|invalid|expected|found|values?|missing|traceback|exception|lines?|null|none|"
    r"must|not|cannot|could|unknown|failed|while|with|for|from|was|is|of)\b",
    re.IGNORECASE,
)


def play(case: Case, office: Office) -> None:
    """Deliver what the case builds and hold what it says; then mend it."""
    delivery = case.build()
    for earlier in delivery.before:
        _deliver(office, earlier)
    outcomes = _deliver(office, {**delivery.beside, delivery.file: delivery.content})
    _check_outcome(outcomes[delivery.part or delivery.file], delivery)
    for name in delivery.beside:
        assert (outcomes[name].outcome, outcomes[name].quarantined) == ("landed", 0), name
    _check_quarantine(office, delivery)
    for query, rows in delivery.lands.items():
        assert office.query(query) == rows, query
    _check_mended(office, delivery)


def _deliver(office: Office, files: Mapping[str, Content]) -> dict[str, DeliveryOutcome]:
    """Put the files where those of the last delivery were, and ingest the folder."""
    for path in office.folder.iterdir():
        path.unlink()
    for name, content in files.items():
        path = office.folder / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            content(path)
    outcomes = office.outcomes()
    assert not list(office.home.root.glob("*.wal"))
    return outcomes


def _check_outcome(outcome: DeliveryOutcome, delivery: Delivery) -> None:
    assert outcome.outcome == delivery.end, outcome
    faulty = len({flaw.row for flaw in delivery.flaws})
    if delivery.end == "landed":
        counts = (outcome.accepted, outcome.waiting, outcome.quarantined)
        assert counts == (delivery.accepted, delivery.waiting, faulty - delivery.waiting)
        assert outcome.rows_read == sum(counts)
    else:
        assert outcome.rows_read == outcome.accepted == outcome.quarantined == outcome.waiting == 0
        assert outcome.message
    for words in delivery.says:
        assert words in (outcome.message or "")
    if outcome.message:
        check_italian(outcome.message)


def _check_quarantine(office: Office, delivery: Delivery) -> None:
    entries = office.query(
        'select file, "row", "column", rule, message, found, state from quarantine.rows order by "row", rule'
    )
    expected = sorted(delivery.flaws, key=lambda flaw: (flaw.row, flaw.rule))
    assert [(row, rule) for _, row, _, rule, *_ in entries] == [(flaw.row, flaw.rule) for flaw in expected]
    for (file, _, column, rule, message, found, state), flaw in zip(entries, expected, strict=True):
        assert file == (delivery.part or delivery.file)
        _check_entry(delivery.extract, rule, column, message, found, flaw)
        assert state == ("waiting" if delivery.waiting else "open")


def _check_entry(
    extract: str, rule: str, column: str | None, message: str, found: str | None, flaw: Flaw
) -> None:
    contract = load_contracts()[extract]
    (known,) = [other for other in catalogue(contract) if other.id == rule]
    assert column == known.column
    assert flaw.found in message
    assert flaw.expected in message
    check_italian(message)
    if column:
        assert contract.column(column).label.lower() in message.lower()
    if column and contract.column(column).secret:
        assert found is None
    assert found in (None, EMPTY) or found.split("; ")[0][:40] in message


def _check_mended(office: Office, delivery: Delivery) -> None:
    name = delivery.mended_as or delivery.file
    outcomes = _deliver(office, {name: delivery.mended})
    assert {outcome.outcome for outcome in outcomes.values()} == {"landed"}
    assert sum(outcome.quarantined + outcome.waiting for outcome in outcomes.values()) == 0
    contract = load_contracts()[delivery.extract]
    keys = ", ".join(contract.key)
    records = f"select count(*) from (select distinct {keys} from landing.{delivery.extract})"
    assert office.query(records) == [(delivery.whole,)]
    still_open = office.query(
        "select file, \"row\", rule from quarantine.rows where state in ('open', 'waiting')"
    )
    assert not still_open


def check_italian(message: str) -> None:
    """A whole sentence without a word of English; what was delivered stands between «» and may be anything."""
    told = QUOTED.sub("«»", message)
    assert not ENGLISH.search(told), message
    assert message[0].isupper() or message[0] in "«", message
    assert message.endswith((".", ")")), message
    assert "\n" not in message
