"""The yearly survey on minors in foster care and residential care: its tables, from their mart."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.release import open_release
from reporting.model import Column, Format, KeyFigure, KeyFigures, Report, Row, Section, Table, text_column
from reporting.queries import AMBITO, TUTTE, TUTTI, Record
from reporting.returns.produced import Produced
from reporting.returns.workbooks import Source, csv_of, survey_report, workbook_file, write_files
from reporting.returns.years import require_year, year_of

NAME = "minori-fuori-famiglia"
KEY = "minori_fuori_famiglia"
MART = "mart_out_of_home_survey"
ENTERED, LEFT, AT_END, AT_START = "entrati", "usciti", "fine", "inizio"
FOSTER, FACILITY = "affido", "struttura"
GROUPS = {"altri": "senza MSNA", "msna": "MSNA"}
CARE = {FOSTER: "In affido", FACILITY: "In struttura", TUTTE: "In tutto"}
# Each moment: its name in the name of a sheet, and the dimensions that the survey asks for.
MOMENTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    AT_END: ("Presenti", ("eta", "sesso", "cittadinanza", "forma", "collocazione", "durata")),
    ENTERED: ("Entrati", ("eta", "sesso", "cittadinanza", "forma", "collocazione")),
    LEFT: ("Usciti", ("eta", "sesso", "cittadinanza", "forma", "collocazione", "durata", "destinazione")),
}
LISTS = {
    "eta": "fascia_eta_rilevazione",
    "sesso": "sesso",
    "cittadinanza": "cittadinanza",
    "forma": "forma_accoglienza",
    "collocazione": "collocazione_affido",
    "durata": "durata_accoglienza",
    "destinazione": "outcome_class",
}
HOW_TO_READ = (
    "Fuori famiglia vuol dire che il minore dorme altrove: affidi residenziali e di pronta accoglienza, strutture "
    "residenziali senza un genitore. Gli affidi diurni e a tempo parziale, e chi è in comunità con un genitore, non "
    "sono contati.",
    "I minori stranieri non accompagnati (MSNA) stanno sempre in colonne a parte.",
    "Chi passa da una famiglia o da una struttura a un'altra esce dalla prima ed entra nella seconda. In ogni riga un "
    "minore conta una volta sola: per questo la somma delle righe può superare il totale.",
    "L'età è in anni compiuti nel giorno che si conta: il 31 dicembre, l'ingresso, l'uscita. La durata è quella della "
    "singola accoglienza; le fasce sono semiaperte: due anni esatti sono nella fascia da due a quattro.",
    "Gli inserimenti secondo l'art. 403 c.c. e quelli con verbale per MSNA non sono né consensuali né giudiziali: stanno "
    "in righe proprie.",
    "Le accoglienze di chi ha compiuto 18 anni (prosieguo amministrativo) stanno nella riga 18 anni e oltre.",
    "La Regione e il Ministero cambiano il modello da un anno all'altro: prima di trasmettere si confronta con quello "
    "ricevuto. Le notti per settimana in affido, che il modello nazionale chiede, non sono fra i dati consegnati.",
)


def produce(home: Home, year: str, *, release_id: str | None = None) -> Produced:
    """Write the survey of a year under `home.exports/<release id>/minori-fuori-famiglia_<year>/`: a workbook by tables
    and a CSV with every cell of every municipality.

    Raises UserError for what is not a year of the release, and for a year without anybody out of home.
    """
    period = year_of(year)
    with open_release(home, release_id) as release:
        require_year(release, period, (MART,))
        source = Source.of(release, period)
        report = survey(source)
        columns = [column for (mart, _), column in source.columns.items() if mart == MART]
        rows = source.read(MART, [column.key for column in columns])
        release_name = release.id
    folder = home.exports / release_name / f"{NAME}_{period.code}"
    name, content = workbook_file(report)
    files = write_files(folder, {name: content, f"{report.stem}.csv": csv_of(columns, rows)})
    figures = {figure.column.label: figure.value for figure in key_figures(report)}
    return Produced(release_name, folder, files, {label: int(str(value)) for label, value in figures.items()})


def key_figures(report: Report) -> tuple[KeyFigure, ...]:
    """The figures of the summary sheet."""
    blocks = (block for section in report.sections for block in section.blocks)
    return tuple(item for block in blocks if isinstance(block, KeyFigures) for item in block.items)


def survey(source: Source) -> Report:
    """The tables of the survey. Raises UserError for a year in which nobody was out of home."""
    names = ("moment", "care_type", "minor_group", "dimension", "category", "placements", "minors")
    rows = source.read(MART, names, municipality_code=AMBITO)
    if not rows:
        raise UserError(
            f"Nell'anno {source.period.code} non risultano minori fuori famiglia: non c'è nulla da rilevare."
        )
    cells = {tuple(row[name] for name in names[:5]): row for row in rows}
    sections = [
        Section(
            "sintesi",
            "Sintesi",
            (KeyFigures(tuple(_summary(source, cells)), ""), _by_care(source, cells)),
        )
    ]
    for moment, (short, dimensions) in MOMENTS.items():
        title = source.codes("momento_rilevazione")[moment]
        tables = [_table(source, cells, moment, short, dimension) for dimension in dimensions]
        sections.append(Section(moment, title, tuple(tables)))
    sections.append(Section("comuni", "Per Comune", (_by_town(source),)))
    return survey_report(
        source,
        KEY,
        "Minori fuori famiglia",
        sections,
        HOW_TO_READ,
        description=f"Rilevazione dei minori in affido e in strutture residenziali, {source.period.label}.",
    )


def _minors(source: Source, key: str, label: str) -> Column:
    return replace(source.columns[MART, "minors"], key=key, label=label)


def _value(cells: Mapping[tuple[str, ...], Record], *place: str, measure: str = "minors") -> int:
    """A cell of the mart; a cell that has nobody is not in it."""
    row = cells.get(place)
    return int(row[measure]) if row else 0


def _summary(source: Source, cells: Mapping[tuple[str, ...], Record]) -> Iterator[KeyFigure]:
    moments = source.codes("momento_rilevazione")
    for moment in (AT_START, ENTERED, LEFT, AT_END):
        for group, said in GROUPS.items():
            column = _minors(source, f"{moment}_{group}", f"{moments[moment]}, {said}")
            yield KeyFigure(MART, column, _value(cells, moment, TUTTE, group, "totale", TUTTI))


def _columns(source: Source) -> list[tuple[str, str, Column]]:
    """Group, kind of care and column of each figure of a table."""
    return [
        (group, care, _minors(source, f"{group}_{care}", f"{words}, {said}"))
        for group, said in GROUPS.items()
        for care, words in CARE.items()
    ]


def _table(
    source: Source, cells: Mapping[tuple[str, ...], Record], moment: str, short: str, dimension: str
) -> Table:
    """Minors of a moment by one dimension; the last row is the total."""
    columns = _columns(source)
    label = source.codes("dimensione_rilevazione")[dimension]
    known = {**source.codes(LISTS[dimension]), **source.codes("missing")}
    used = {place[4] for place in cells if place[0] == moment and place[3] == dimension}
    rows = [
        Row(
            (code,),
            (name, *(_value(cells, moment, care, group, dimension, code) for group, care, _ in columns)),
        )
        for code, name in known.items()
        if code in used or code not in source.codes("missing")
    ]
    total = (_value(cells, moment, care, group, "totale", TUTTI) for group, care, _ in columns)
    only = " Solo gli affidi hanno una collocazione." if dimension == "collocazione" else ""
    return Table(
        key=f"{moment}_{dimension}",
        title=f"{source.codes('momento_rilevazione')[moment]}: {label.lower()}",
        sheet=f"{short} {label.split()[0].lower()}",
        marts=(MART,),
        columns=(text_column("category", label, 2.0), *(column for _, _, column in columns)),
        rows=(*rows, Row((TUTTI,), ("Totale", *total), is_total=True)),
        note=f"Minori.{only}",
        period=source.period.code,
    )


def _by_care(source: Source, cells: Mapping[tuple[str, ...], Record]) -> Table:
    """Placements and minors of each moment, by kind of care."""
    measures = [
        (
            group,
            measure,
            replace(source.columns[MART, measure], key=f"{group}_{measure}", label=f"{label}, {said}"),
        )
        for group, said in GROUPS.items()
        for measure, label in (("placements", "Accoglienze"), ("minors", "Minori"))
    ]
    rows = [
        Row(
            (moment, care),
            (
                name,
                words,
                *(_value(cells, moment, care, group, "totale", TUTTI, measure=m) for group, m, _ in measures),
            ),
            is_total=care == TUTTE,
        )
        for moment, name in source.codes("momento_rilevazione").items()
        for care, words in CARE.items()
    ]
    return Table(
        key="quadro",
        title="Accoglienze e minori, per momento e tipo di accoglienza",
        sheet="Quadro",
        marts=(MART,),
        columns=(
            text_column("moment", "Momento", 2.0),
            text_column("care_type", "Accoglienza", 1.5),
            *(column for _, _, column in measures),
        ),
        rows=tuple(rows),
        period=source.period.code,
    )


def _by_town(source: Source) -> Table:
    names = ("municipality_code", "moment", "minor_group", "minors")
    found = source.read(MART, names, care_type=TUTTE, dimension="totale", minor_group=tuple(GROUPS))
    cells = {
        (row["municipality_code"], row["moment"], row["minor_group"]): int(row["minors"]) for row in found
    }
    moments = source.codes("momento_rilevazione")
    places = [(moment, group) for group in GROUPS for moment in (AT_START, ENTERED, LEFT, AT_END)]
    towns = {**source.codes("municipalities"), AMBITO: source.labels.label("municipality_code", AMBITO)}
    return Table(
        key="comuni",
        title="Minori per Comune titolare del caso",
        sheet="Comuni",
        marts=(MART,),
        columns=(
            text_column("municipality_code", "Comune", 2.0, form=Format.TEXT),
            *(
                _minors(source, f"{group}_{moment}", f"{moments[moment]}, {GROUPS[group]}")
                for moment, group in places
            ),
        ),
        rows=tuple(
            Row((code,), (name, *(cells.get((code, *place), 0) for place in places)), is_total=code == AMBITO)
            for code, name in towns.items()
        ),
        period=source.period.code,
    )
