"""Proof that the audit log of a home is as it was written: what was edited, deleted, moved or cut is found."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from osservatorio.audit import Entry, is_begun_line, read_line
from osservatorio.audit_head import HEAD_FILE, KEY_FILE, NO_LINE, Head, read_head, read_key
from osservatorio.home import Home


@dataclass(frozen=True)
class Problem:
    """What is wrong, where. `kind`: modifica, aggiunta, cancellazione, spostamento, taglio, catena, testa, chiave.

    `line` is the line of the file, from 1, or None where no line is left to show.
    """

    kind: str
    line: int | None
    message: str


@dataclass
class Verification:
    """The entries that are as written, what is wrong, and what is worth knowing without being wrong."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        return not self.problems


def verify(home: Home) -> Verification:
    """Check the whole log against its key and its head. Raises AuditError when the key is damaged."""
    key = read_key(home)
    content = home.audit_log.read_bytes() if home.audit_log.exists() else b""
    if key is None:
        if content:
            message = f"manca la chiave «{KEY_FILE}»: il registro non si può verificare"
            return Verification(problems=[Problem("chiave", None, message)])
        return Verification(notes=["Il registro non contiene ancora nulla."])
    head = read_head(home, key)
    if head is None:
        message = (
            f"la testa «{HEAD_FILE}» manca o è stata modificata: un taglio alla fine non si può escludere"
        )
        result = _check(key, content, _head_of(key, content))
        result.problems.insert(0, Problem("testa", None, message))
        return result
    return _check(key, content, head)


def _head_of(key: bytes, content: bytes) -> Head:
    """The head as the log itself would have it: used to check the rest when the true one is lost."""
    entries = [entry for line in content.split(b"\n") if (entry := read_line(key, line))]
    last = max(entries, key=lambda entry: entry.n, default=None)
    return Head(last.n, last.mac) if last else Head(0, NO_LINE)


def _check(key: bytes, content: bytes, head: Head) -> Verification:
    *lines, piece = content.split(b"\n")
    if piece:
        lines.append(piece)
    read = [read_line(key, line) for line in lines]
    result = Verification(entries=[entry for entry in read if entry])
    if piece and read[-1] is None and is_begun_line(piece, head.count + 1):
        read.pop()
        result.notes.append(
            "In fondo c'è una registrazione interrotta mentre veniva scritta: la prossima la sistema da sé."
        )
    ends_short = bool(piece) and len(read) == len(lines)
    numbers = {entry.n for entry in result.entries}
    missing = [n for n in range(1, head.count + 1) if n not in numbers]
    result.problems += _strange_lines(read, missing, head.count, ends_short)
    result.problems += _order(read)
    result.problems += _gaps(read, missing, head.count)
    result.problems += _chain(read, head)
    if ends_short and read[-1] is not None and read[-1].n <= head.count:
        result.problems.append(Problem("taglio", len(read), "la fine della riga è stata tagliata"))
    if head.count + 1 in numbers and not any(entry.n > head.count + 1 for entry in result.entries):
        result.notes.append("L'ultima registrazione è intera, ma è stata interrotta prima di essere contata.")
    return result


def _strange_lines(
    read: list[Entry | None], missing: list[int], count: int, ends_short: bool
) -> Iterator[Problem]:
    """Lines that nobody wrote so: each stands for a missing one of its place, or was put in. Takes from `missing`."""
    for place, entry in enumerate(read):
        if entry is not None:
            continue
        before = max((e.n for e in read[:place] if e), default=0)
        after = min((e.n for e in read[place + 1 :] if e), default=count + 1)
        replaced = next((n for n in missing if before < n < after), None)
        if replaced is None:
            yield Problem("aggiunta", place + 1, "la riga non è una registrazione: è stata aggiunta")
            continue
        missing.remove(replaced)
        if ends_short and place == len(read) - 1:
            yield Problem("taglio", place + 1, f"la registrazione {replaced} è stata tagliata")
        else:
            yield Problem("modifica", place + 1, f"la registrazione {replaced} è stata modificata")


def _order(read: list[Entry | None]) -> Iterator[Problem]:
    """Lines after one with a higher number, and lines that are there twice."""
    highest = 0
    seen: set[int] = set()
    for place, entry in enumerate(read):
        if entry is None:
            continue
        if entry.n in seen:
            yield Problem("aggiunta", place + 1, f"la registrazione {entry.n} è ripetuta")
        elif entry.n < highest:
            yield Problem(
                "spostamento",
                place + 1,
                f"la registrazione {entry.n} viene dopo la {highest}: l'ordine è cambiato",
            )
        seen.add(entry.n)
        highest = max(highest, entry.n)


def _gaps(read: list[Entry | None], missing: list[int], count: int) -> Iterator[Problem]:
    """Runs of lines that are not there any more; those at the end were cut."""
    runs: list[list[int]] = []
    for n in missing:
        if runs and runs[-1][-1] == n - 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    for run in runs:
        place = next((i + 1 for i, entry in enumerate(read) if entry and entry.n > run[-1]), None)
        which = f"la registrazione {run[0]}" if len(run) == 1 else f"le registrazioni {run[0]}-{run[-1]}"
        verb = "manca" if len(run) == 1 else "mancano"
        if run[-1] == count:
            yield Problem("taglio", None, f"alla fine {verb} {which}: il registro è stato tagliato")
        else:
            yield Problem("cancellazione", place, f"prima di questa riga {verb} {which}")


def _chain(read: list[Entry | None], head: Head) -> Iterator[Problem]:
    """Lines written as they are but not one after the other: a log put back from a copy, then continued."""
    macs: dict[int, set[str]] = {0: {NO_LINE}}
    for entry in read:
        if entry:
            macs.setdefault(entry.n, set()).add(entry.mac)
    for place, entry in enumerate(read):
        if entry and entry.prev not in macs.get(entry.n - 1, {entry.prev}):
            yield Problem(
                "catena", place + 1, f"la registrazione {entry.n} non segue la {entry.n - 1} che c'è qui"
            )
    if head.last not in macs.get(head.count, {head.last}):
        yield Problem("catena", None, f"la registrazione {head.count} non è quella che la testa conosce")
    beyond = [entry.n for entry in read if entry and entry.n > head.count + 1]
    if beyond:
        yield Problem(
            "testa",
            None,
            f"la testa conosce {head.count} registrazioni e il registro arriva alla {max(beyond)}",
        )
