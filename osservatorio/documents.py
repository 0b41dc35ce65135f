"""The desk of the reports: where people write their words, keep the proposals and have the documents made.

Commands and pages both sit at it, so that what one saves the other sees, and every change is in the audit log.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from osservatorio.errors import UserError
from osservatorio.fingerprint import facts_of_files
from osservatorio.home import Home
from osservatorio.italian import join_words
from osservatorio.periods import Period, parse_period
from osservatorio.reference import Municipality
from osservatorio.release import Release
from osservatorio.settings import Settings

if TYPE_CHECKING:
    from reporting.due.calendar import Due
    from reporting.due.readiness import File as File  # for the pages, which may not name the room itself
    from reporting.due.readiness import Readiness
    from reporting.due.readiness import Text as Text
    from reporting.kinds import Kind
    from reporting.model import Narrative
    from reporting.words.keeping import Mark, Version
    from reporting.words.narratives import WordsVersion
    from reporting.words.proposals import Code, Proposal

MAX_AUTHOR = 100
Progress = Callable[[str, int, int], None]


class Recording(Protocol):
    """Records an event in the audit log around what is done inside; facts put in the dictionary go with its end."""

    def __call__(self, event: str, **facts: Any) -> AbstractContextManager[dict[str, Any]]: ...


@dataclass(frozen=True)
class Job:
    """A report of a period, for the Ambito or for a municipality."""

    kind: "Kind"
    period: Period
    town: Municipality | None = None

    @property
    def slug(self) -> str:
        return self.town.slug if self.town else ""

    @property
    def facts(self) -> dict[str, str]:
        """What the audit log keeps of it."""
        return {"periodo": self.period.code, **({"comune": self.slug} if self.town else {})}


@dataclass(frozen=True)
class Desk:
    """A home, who sits at the desk and through what («comando», «cruscotto»), the clock, the audit log."""

    home: Home
    author: str
    origin: str
    now: Callable[[], datetime]
    recorded: Recording

    def by(self, author: str) -> "Desk":
        """The same desk with the name that a person types; a blank one changes nothing. Raises UserError for an identifier."""
        from reporting.words.keeping import checked, one_line

        name = one_line(checked(author, "nome di chi scrive"))
        return replace(self, author=name[:MAX_AUTHOR]) if name else self

    # What there is to do

    def kinds(self) -> "Mapping[str, Kind]":
        """The reports that the office owes, by key."""
        from reporting.kinds import KINDS

        return KINDS

    def kind(self, key: str) -> "Kind":
        """A kind of report by its key. Raises UserError for another."""
        kinds = self.kinds()
        if key not in kinds:
            raise UserError(f"Il rapporto «{key[:40]}» non esiste: scegli fra {join_words(list(kinds))}.")
        return kinds[key]

    def job(self, kind: str, period: str, town: Municipality | None = None) -> Job:
        """A report by its kind and period.

        Raises UserError for an unknown kind, a period of another length, a municipality where there are no editions.
        """
        from reporting.kinds import period_of, refuse_edition

        chosen = self.kind(kind)
        refuse_edition(chosen, town)
        return Job(chosen, period_of(chosen, period), town)

    def periods(self, release: Release, kind: str) -> list[Period]:
        """The periods of a kind that a release covers, the latest first."""
        from reporting.queries import periods

        covered = periods(release, self.kind(kind).period_type)
        return [parse_period(record["period"]) for record in reversed(covered)]

    def readiness(self, release: Release, job: Job) -> "Readiness":
        """How far a report is: data, texts, files."""
        from reporting.due.readiness import readiness

        return readiness(self.home, release, job.kind, job.period, job.town)

    def editions(self, job: Job) -> list[Municipality]:
        """The municipalities with an edition of a report begun."""
        from reporting.due.readiness import editions_of

        return editions_of(self.home, job.kind, job.period)

    def calendar(self, release: Release, today: date) -> "list[Due]":
        """What is due, by when, and what is missing for it, with the terms of the home's settings."""
        from reporting.due.calendar import calendar

        return calendar(self.home, release, today, Settings.of(self.home).deadlines)

    # The words

    def expected_texts(self, release: Release, job: Job) -> "tuple[Narrative, ...]":
        """The texts that a report asks for, in reading order."""
        from reporting.due.readiness import expected_texts
        from reporting.words.narratives import narratives_of

        words = narratives_of(self.home, job.kind.key, job.period.code, job.slug)
        return expected_texts(release, job.kind, job.period, job.town, words)

    def text_path(self, job: Job, key: str) -> Path:
        from reporting.words.narratives import text_path

        return text_path(self.home, job.kind.key, job.period.code, key, job.slug)

    def text(self, job: Job, key: str) -> str:
        """The words in use, empty when there are none. Raises UserError when they cannot be used."""
        from reporting.words.keeping import read_kept

        return read_kept(self.text_path(job, key))

    def history(self, job: Job, key: str) -> "list[Version]":
        """Every version of a text, the oldest first."""
        from reporting.words.keeping import versions

        return versions(self.text_path(job, key))

    def words_versions(self, job: Job) -> "list[WordsVersion]":
        """All the words of a report after each saving, the oldest first."""
        from reporting.words.narratives import narratives_versions

        return narratives_versions(self.home, job.kind.key, job.period.code, job.slug)

    def save_text(self, job: Job, key: str, text: str, based_on: str | None = None) -> "Version | None":
        """Put a text in use and keep it as a version; None when nothing changed. Raises UserError as `keeping.save`."""
        from reporting.words.keeping import checked, digest_of, save

        path = self.text_path(job, key)
        facts = {"rapporto": job.kind.key, **job.facts, "testo": key, "autore": self.author}
        digest = digest_of(checked(text, path.name))
        with self._changing("report text", **facts, versione=digest[:8]):
            return save(path, text, self._mark(), based_on)

    def pick_up(self) -> list[Path]:
        """Keep as versions the files that people changed with an editor."""
        from reporting.words.narratives import pick_up

        return pick_up(self.home, self.now())

    # The proposals

    def has_proposals(self, job: Job) -> bool:
        """Whether a report contains the proposals of its year."""
        from reporting.words.proposals import KIND

        return job.kind.key == KIND

    def roles(self) -> "dict[str, Code]":
        from reporting.words.proposals import roles

        return roles()

    def states(self) -> "dict[str, Code]":
        from reporting.words.proposals import states

        return states()

    def proposals(self, year: str) -> "tuple[Proposal, ...]":
        from reporting.words.proposing import proposals_of

        return proposals_of(self.home, year)

    def add_proposal(self, year: str, *, day: date | None = None, **fields: Any) -> "Proposal":
        """Add a proposal, open from a day (today). Raises UserError for what cannot be accepted."""
        from reporting.words.proposing import add_proposal

        mark = self._mark()
        with self._changing("report proposals add", anno=year[:20], autore=self.author) as facts:
            proposal = add_proposal(self.home, year, mark, day=day or mark.at.date(), **fields)
            facts["proposta"] = proposal.id
        return proposal

    def update_proposal(
        self,
        year: str,
        proposal_id: str,
        *,
        state: str | None = None,
        day: date | None = None,
        note: str = "",
        **fields: Any,
    ) -> "Proposal":
        """Change a proposal, or say what became of it on a day (today). Raises UserError as `update_proposal`."""
        from reporting.words.proposing import update_proposal

        mark = self._mark()
        with self._changing(
            "report proposals update", anno=year[:20], proposta=proposal_id[:20], autore=self.author
        ) as facts:
            proposal = update_proposal(
                self.home,
                year,
                proposal_id,
                mark,
                day=day or mark.at.date(),
                state=state,
                note=note,
                **fields,
            )
            facts["stato"] = proposal.last.state
        return proposal

    # The documents

    def produce(
        self,
        job: Job,
        formats: tuple[str, ...] = (),
        release_id: str | None = None,
        progress: Progress | None = None,
    ) -> Mapping[str, Path]:
        """Have a report made with the words of now. Returns its files by format. Raises UserError as `produce`."""
        from reporting.produce import produce

        with self.recorded(f"report {job.kind.key}", **job.facts, da=self.origin) as facts:
            self.pick_up()
            produced = produce(
                self.home,
                job.kind.key,
                job.period.code,
                comune=job.slug or None,
                formats=formats,
                release_id=release_id,
                progress=progress,
                at=self.now(),
            )
            facts.update(facts_of_files(*produced.files.values()))
        return produced.files

    def _changing(self, event: str, **facts: Any) -> AbstractContextManager[dict[str, Any]]:
        return self.recorded(event, **facts, da=self.origin)

    def _mark(self) -> "Mark":
        from reporting.words.keeping import Mark

        return Mark(self.now(), self.author, self.origin)
