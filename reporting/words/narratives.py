"""The partner's own words: one Markdown file for each text of each report, under the data home.

narratives/<kind>/<period>[_<municipality>]/<key>.md, with the proposals of a year in `proposte.yaml` beside them.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.periods import parse_period
from reporting.model import Line
from reporting.words import keeping
from reporting.words.keeping import Mark
from reporting.words.markdown import read_markdown
from reporting.words.proposals import FILE_NAME, Proposal, proposals_path, read_proposals
from reporting.words.proposals import KIND as PROPOSALS_KIND

SUFFIX = ".md"
_BEFORE = f"prima/{FILE_NAME}"  # the proposals of the year before


@dataclass(frozen=True)
class Narratives:
    """What people wrote for one report, as it stood at one moment.

    `texts` are the words by file name; `problems` say in Italian why a file cannot be used.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    def lines(self, key: str) -> tuple[Line, ...]:
        """The lines of a text; none when it is missing. Raises UserError for one that cannot be used."""
        return read_markdown(self._text(f"{key}{SUFFIX}"))

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        """The proposals of the report's own year. Raises UserError for a file that cannot be used."""
        return read_proposals(self._text(FILE_NAME), FILE_NAME)

    @property
    def proposals_before(self) -> tuple[Proposal, ...]:
        """The proposals of the year before, with what became of them. Raises as `proposals`."""
        return read_proposals(self._text(_BEFORE), FILE_NAME)

    @cached_property
    def version(self) -> str:
        """Eight hexadecimal digits that stand for all these words; empty when there are none."""
        if not self.texts:
            return ""
        content = json.dumps(sorted(self.texts.items()), ensure_ascii=False, separators=(",", ":"))
        return sha256(content.encode()).hexdigest()[:8]

    def without_problems(self) -> "Narratives":
        """The same words; what cannot be used counts as missing."""
        return replace(self, problems={})

    def _text(self, name: str) -> str:
        if name in self.problems:
            raise UserError(self.problems[name])
        return self.texts.get(name, "")


NO_WORDS = Narratives()


@dataclass(frozen=True)
class WordsVersion:
    """The words of a report as they stood after one of them was saved: `name` is the file, `id` their version."""

    mark: Mark
    name: str
    words: Narratives

    @property
    def id(self) -> str:
        return self.words.version

    @property
    def key(self) -> str:
        """The key of the text that was saved (for proposals, the name of their file)."""
        return self.name.removesuffix(SUFFIX)

    @property
    def text(self) -> str:
        """The text that was saved, empty when it was removed."""
        return self.words.texts.get(self.name, "")

    @property
    def text_id(self) -> str:
        return keeping.digest_of(self.text)[:8]


def text_path(home: Home, kind: str, period_code: str, key: str, slug: str = "") -> Path:
    return keeping.folder_of(home, kind, period_code, slug) / f"{key}{SUFFIX}"


def narratives_of(
    home: Home, kind: str, period_code: str, slug: str = "", version: str | None = None
) -> Narratives:
    """What people wrote for a report, or what they had written at an earlier version («ab12cd34»).

    Raises UserError for a version that the history does not have. Files that cannot be used are among `problems`.
    """
    texts, problems = {}, {}
    for name, path in _paths(home, kind, period_code, slug).items():
        try:
            text = keeping.read_kept(path)
            if path.name == FILE_NAME:
                read_proposals(text, path)
            if text:
                texts[name] = text
        except UserError as error:
            problems[name] = error.message
    now = Narratives(texts, problems)
    if version is None or (version == now.version and not problems):
        return now
    if version == "":
        return NO_WORDS
    for earlier in reversed(narratives_versions(home, kind, period_code, slug)):
        if earlier.id == version:
            return earlier.words
    raise UserError(
        f"La versione «{version}» dei testi non è nella storia: «osservatorio report text history {kind} "
        f"{period_code}» elenca quelle conservate."
    )


def narratives_versions(home: Home, kind: str, period_code: str, slug: str = "") -> list[WordsVersion]:
    """The words of a report after each saving, the oldest first. Raises UserError for a damaged history.

    What was changed with an editor since the last saving is not among them: see `pick_up`.
    """
    saved = [
        (version.moment, name, version)
        for name, path in _paths(home, kind, period_code, slug).items()
        for version in keeping.versions(path)
    ]
    texts: dict[str, str] = {}
    result = []
    for _, name, version in sorted(saved, key=lambda item: item[:2]):
        texts.pop(name, None)
        if version.text:
            texts[name] = version.text
        result.append(WordsVersion(version.mark, name, Narratives(dict(texts))))
    return result


def pick_up(home: Home, at: datetime) -> list[Path]:
    """Keep as versions all that was changed with an editor, of all reports. Returns the files.

    What cannot be read is left out (whoever uses it tells), and so is what cannot be written.
    """
    changed = []
    for path in _all_paths(home):
        with suppress(UserError):
            if not keeping.is_new(path):
                continue
            with keeping.turn(path.parent):
                if keeping.pick_up(path, at):
                    changed.append(path)
    return changed


def _all_paths(home: Home) -> Iterator[Path]:
    for folder in sorted(path for path in home.narratives.glob("*/*") if path.is_dir()):
        for suffix in (SUFFIX, Path(FILE_NAME).suffix):
            yield from (folder / name for name in keeping.kept_names(folder, suffix))


def _paths(home: Home, kind: str, period_code: str, slug: str) -> dict[str, Path]:
    """The files whose words a report may show, by the name that `Narratives.texts` has for them."""
    folder = keeping.folder_of(home, kind, period_code, slug)
    paths = {name: folder / name for name in keeping.kept_names(folder, SUFFIX)}
    if kind == PROPOSALS_KIND:
        paths[FILE_NAME] = proposals_path(home, period_code)
        paths[_BEFORE] = proposals_path(home, parse_period(period_code).year_before.code)
    return paths
