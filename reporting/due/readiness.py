"""How far a report is: its data, the texts that it waits for, the files made so far."""

from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.italian import join_words
from osservatorio.periods import Period
from osservatorio.reference import Municipality, municipalities
from osservatorio.release import Release
from reporting import queries
from reporting.due.origin import words_of_file
from reporting.kinds import Kind
from reporting.model import Narrative
from reporting.produce import report_of
from reporting.words import keeping
from reporting.words.keeping import Mark
from reporting.words.narratives import SUFFIX, Narratives, narratives_of, text_path

# The texts of the reports composed last, at most so many.
_KEPT = 30
_composed: dict[tuple[object, ...], tuple[Narrative, ...]] = {}

WORDLESS = ("csv",)  # formats of figures alone: no words of people are in them


class Data(StrEnum):
    """What the release has of a period."""

    COMPLETE = "completi"
    PARTIAL = "parziali"
    MISSING = "mancanti"


class FileState(StrEnum):
    CURRENT = "aggiornato"
    OLD_WORDS = "testi cambiati dopo"
    OTHER_RELEASE = "di un'altra pubblicazione"
    MISSING = "da produrre"


@dataclass(frozen=True)
class Text:
    """What the report expects from people, one of its texts or (not `is_text`) something kept elsewhere.

    `problem` says why what was written cannot be used; `saved` is the last saving.
    """

    key: str
    title: str
    prompt: str
    is_written: bool
    problem: str = ""
    saved: Mark | None = None
    is_text: bool = True

    @property
    def state(self) -> str:
        return "da correggere" if self.problem else "scritto" if self.is_written else "da scrivere"


@dataclass(frozen=True)
class File:
    """A file of the report in one format: the one of the release, or else the last of another one."""

    format: str
    state: FileState
    path: Path | None = None
    release_id: str = ""


@dataclass(frozen=True)
class Readiness:
    """How far the report of a period is, for the Ambito or a municipality.

    `unused` are texts that it does not show; `problems` say which files of proposals cannot be used, and why.
    """

    kind: Kind
    period: Period
    town: Municipality | None
    data: Data
    texts: tuple[Text, ...]
    unused: tuple[str, ...]
    files: tuple[File, ...]
    words_version: str
    problems: tuple[str, ...] = ()

    @property
    def edition(self) -> str:
        return f"Comune di {self.town.name}" if self.town else "Ambito"

    @property
    def waiting(self) -> tuple[Text, ...]:
        """The texts still to be written or to be put right."""
        return tuple(text for text in self.texts if text.problem or not text.is_written)

    @property
    def is_produced(self) -> bool:
        """Whether every format is there, of this release and with these words."""
        return all(file.state is FileState.CURRENT for file in self.files)

    @property
    def is_ready(self) -> bool:
        return self.data is Data.COMPLETE and not (self.waiting or self.problems) and self.is_produced

    @property
    def missing(self) -> tuple[str, ...]:
        """What is missing, in Italian, first what must be done first."""
        found = []
        if self.data is not Data.COMPLETE:
            found.append(
                "i dati del periodo" if self.data is Data.MISSING else "il resto dei dati del periodo"
            )
        found += [
            f"{'il testo ' if text.is_text else ''}«{text.title}»"
            + (" (da correggere)" if text.problem else "")
            for text in self.waiting
        ]
        found += ["la correzione delle proposte"] if self.problems else []
        stale = {
            state: [file.format.upper() for file in self.files if file.state is state]
            for state in (FileState.MISSING, FileState.OLD_WORDS, FileState.OTHER_RELEASE)
        }
        if stale[FileState.MISSING]:
            found.append(f"la produzione in {join_words(stale[FileState.MISSING])}")
        if old := stale[FileState.OLD_WORDS] + stale[FileState.OTHER_RELEASE]:
            found.append(f"una nuova produzione in {join_words(old)}")
        return tuple(found)

    def as_json(self) -> dict[str, Any]:
        """Plain values for other programs."""
        return {
            "rapporto": self.kind.key,
            "nome": self.kind.name,
            "periodo": self.period.code,
            "edizione": self.town.slug if self.town else "ambito",
            "dati": str(self.data),
            "testi": [
                {
                    "chiave": text.key,
                    "titolo": text.title,
                    "stato": text.state,
                    "problema": text.problem or None,
                    "salvato": text.saved.at.isoformat() if text.saved else None,
                    "autore": text.saved.author if text.saved else None,
                }
                for text in self.texts
            ],
            "testi_non_usati": list(self.unused),
            "problemi": list(self.problems),
            "versione_testi": self.words_version or None,
            "file": [
                {
                    "formato": file.format,
                    "stato": str(file.state),
                    "percorso": str(file.path) if file.path else None,
                    "pubblicazione": file.release_id or None,
                }
                for file in self.files
            ],
            "pronto": self.is_ready,
            "manca": list(self.missing),
        }


def readiness(
    home: Home, release: Release, kind: Kind, period: Period, town: Municipality | None = None
) -> Readiness:
    """How far a report is, read from a release that is open and from the home. Writes nothing."""
    slug = town.slug if town else ""
    words = narratives_of(home, kind.key, period.code, slug)
    covered = {record["period"]: record["is_complete"] for record in queries.periods(release, period.type)}
    is_complete = covered.get(period.code)
    texts = _texts(home, release, kind, period, town, words) if is_complete is not None else ()
    expected = {f"{text.key}{SUFFIX}" for text in texts if text.is_text}
    return Readiness(
        kind,
        period,
        town,
        Data.MISSING if is_complete is None else Data.COMPLETE if is_complete else Data.PARTIAL,
        texts,
        tuple(
            name
            for name in sorted({*words.texts, *words.problems})
            if texts and name.endswith(SUFFIX) and name not in expected
        ),
        tuple(_file(home, release, kind, period, slug, name, words) for name in kind.formats),
        words.version,
        tuple(message for name, message in words.problems.items() if not name.endswith(SUFFIX)),
    )


def editions_of(home: Home, kind: Kind, period: Period) -> list[Municipality]:
    """The municipalities with an edition of their own begun: some text or file of theirs exists."""
    return [
        town
        for town in municipalities().values()
        if keeping.kept_names(keeping.folder_of(home, kind.key, period.code, town.slug), SUFFIX)
        or next(home.reports.glob(f"*/{_stem(kind, period, town.slug)}.*"), None)
    ]


def expected_texts(
    release: Release, kind: Kind, period: Period, town: Municipality | None, words: Narratives
) -> tuple[Narrative, ...]:
    """The texts that the recipe of a report asks for. Raises UserError for a period that the release lacks."""
    if kind.texts is not None:
        return kind.texts(words.without_problems())
    # A page asks at every press: the report is composed again only when its release or its words have changed.
    key = (release.path, release.id, kind.key, period.code, town and town.slug, *sorted(words.texts.items()))
    found = _composed.get(key)
    if found is None:
        found = report_of(release, kind, period, town, words.without_problems()).narratives
        if len(_composed) >= _KEPT:
            _composed.clear()
        _composed[key] = found
    return found


def _texts(
    home: Home, release: Release, kind: Kind, period: Period, town: Municipality | None, words: Narratives
) -> tuple[Text, ...]:
    slug = town.slug if town else ""
    result = []
    for block in expected_texts(release, kind, period, town, words):
        path = text_path(home, kind.key, period.code, block.key, slug)
        saved = None
        with suppress(UserError):  # a damaged history is told by who shows it
            saved = keeping.last_mark(path)
        problem = words.problems.get(path.name, "")
        result.append(
            Text(block.key, block.title, block.prompt, not block.is_missing, problem, saved, block.is_text)
        )
    return tuple(result)


def _file(
    home: Home, release: Release, kind: Kind, period: Period, slug: str, name: str, words: Narratives
) -> File:
    file_name = f"{_stem(kind, period, slug)}.{name}"
    path = home.reports / release.id / file_name
    if path.is_file():
        is_current = name in WORDLESS or words_of_file(path) == words.version
        state = FileState.CURRENT if is_current else FileState.OLD_WORDS
        return File(name, state, path, release.id)
    others = sorted(home.reports.glob(f"*/{file_name}"))
    if others:
        return File(name, FileState.OTHER_RELEASE, others[-1], others[-1].parent.name)
    return File(name, FileState.MISSING)


def _stem(kind: Kind, period: Period, slug: str) -> str:
    return "_".join(part for part in (kind.key, period.code, slug) if part)
