"""The survey on municipal social expenditure and the table per minor of D.M. Interno 16/04/2025, from their marts."""

from collections.abc import Sequence
from dataclasses import replace

from osservatorio.errors import UserError
from osservatorio.home import Home
from osservatorio.release import open_release
from reporting.model import Paragraph, Report, Row, Section, Table, Value, text_column
from reporting.queries import TUTTI, Record
from reporting.returns.produced import Produced
from reporting.returns.workbooks import Source, csv_of, survey_report, workbook_file, write_files
from reporting.returns.years import require_year, year_of

NAME = "spesa-sociale"
KEY, MINORS_KEY = "spesa_sociale", "spesa_minori_dm_16-04-2025"
MART, MINORS_MART = "mart_social_expenditure", "mart_minor_costs"
AMOUNTS = (
    "users",
    "committed",
    "spent",
    "paying_persons",
    "user_share_due",
    "user_share_paid",
    "municipal_share",
)
SOURCES = (
    "spent",
    "from_comuni",
    "from_fondo_regionale",
    "from_fondo_nazionale",
    "from_fondo_europeo",
    "from_partner",
    "from_utenza",
    "from_unknown",
)
OF_A_MINOR = (
    "minor",
    "spells",
    "measure_authority_name",
    "measure_date",
    "committed",
    "paid",
    "foster_out_of_home_days",
    "placement_out_of_home_days",
    "is_unaccompanied",
)
SHORT = {"measure_date": "Data del provv.", "is_unaccompanied": "MSNA"}  # headings narrower than their labels
PUBLIC_AUTHORITY = "pubblica_autorita_403"  # of art. 403 c.c.: no judge
HOW_TO_READ = (
    "L'area d'utenza è «Famiglia e minori», per i soli servizi di tutela dell'Ambito: gli altri servizi sociali dei "
    "Comuni non sono fra i dati consegnati.",
    "La spesa di un servizio comune a tutti (per esempio la direzione) sta nella riga dell'Ambito, salvo quando la "
    "consegna nomina un Comune: per questo la somma dei Comuni può essere minore dell'Ambito.",
    "La quota dei Comuni è la spesa pagata meno ciò che le famiglie hanno versato: comprende i fondi che la finanziano, "
    "che stanno nella tavola delle fonti.",
    "La fonte «compartecipazione delle famiglie» è quella scritta nelle spese; la quota versata dagli utenti viene dalle "
    "compartecipazioni. Sono due consegne diverse e possono non coincidere.",
    "Non si sa: la quota del Servizio sanitario nazionale, che le consegne non prevedono; la voce del questionario ISTAT "
    "a cui corrisponde ogni servizio, che cambia da un'edizione all'altra e va scelta da chi compila.",
)
HOW_TO_READ_MINORS = (
    "Il decreto chiede, per ogni minore allontanato con provvedimento dell'Autorità giudiziaria: gli estremi del "
    "provvedimento, la spesa impegnata di competenza dell'anno e i pagamenti in conto competenza, i giorni di affidamento "
    "nell'anno. Ogni Comune trasmette i propri: c'è un foglio per Comune.",
    "I giorni sono quelli fuori dalla famiglia d'origine: affidi residenziali e di pronta accoglienza, strutture "
    "residenziali senza un genitore. Un giorno in cui cadono un affido e un inserimento è in entrambe le colonne.",
    "Impegnato e pagato sono le rette e i contributi di affido collegati a una presa in carico del minore; [x] quando "
    "nessuna spesa è collegata: va cercata nella contabilità.",
    "Del provvedimento i dati hanno autorità e data; il numero di registro non è consegnato e si prende dal fascicolo. Il "
    "provvedimento è l'ultimo non successivo alla fine dell'accoglienza nell'anno: il decreto può chiedere quello "
    "d'allontanamento, da verificare.",
    "Il minore è indicato con il numero di una presa in carico: il nome non è nei dati, lo aggiunge il Comune dove serve.",
    "Nel foglio «Da verificare» stanno i minori fuori famiglia senza un provvedimento dell'Autorità giudiziaria nei "
    "dati: consensuali, art. 403 c.c. o con il provvedimento non consegnato.",
    "Non si sa: se la piattaforma del Ministero chieda altri campi (per esempio sui maggiorenni in prosieguo): prima di "
    "copiare si confronta con il modello pubblicato per l'anno.",
)


def produce(home: Home, year: str, *, release_id: str | None = None) -> Produced:
    """Write the survey of a year and the table per minor under `home.exports/<release id>/spesa-sociale_<year>/`.

    Raises UserError for what is not a year of the release, and for a year without any expenditure.
    """
    period = year_of(year)
    with open_release(home, release_id) as release:
        require_year(release, period, (MART, MINORS_MART))
        source = Source.of(release, period)
        report, minors = survey(source), minors_table(source)
        columns = [column for (mart, _), column in source.columns.items() if mart == MART]
        rows = source.read(MART, [column.key for column in columns])
        release_name = release.id
    folder = home.exports / release_name / f"{NAME}_{period.code}"
    contents = dict(
        [workbook_file(report), (f"{report.stem}.csv", csv_of(columns, rows)), workbook_file(minors)]
    )
    files = write_files(folder, contents)
    listed = sum(len(table.rows) for table in minors.tables if table.key != "verificare")
    checked = sum(len(table.rows) for table in minors.tables if table.key == "verificare")
    return Produced(
        release_name,
        folder,
        files,
        {"Minori nella tavola del D.M. 16/04/2025": listed, "Minori da verificare": checked},
    )


def survey(source: Source) -> Report:
    """The tables of the survey on social expenditure. Raises UserError for a year without any expenditure."""
    sections = (
        Section(
            "comuni",
            "Utenti, spesa e quote per Comune e servizio",
            (_by_service(source, AMOUNTS, "spesa", "Spesa"),),
        ),
        Section("fonti", "Da dove viene il denaro", (_by_service(source, SOURCES, "fonti", "Fonti"),)),
    )
    return survey_report(
        source,
        KEY,
        "Spesa sociale dei Comuni: tutela dei minori",
        sections,
        HOW_TO_READ,
        description=f"Utenti, spesa e quote per Comune e servizio, {source.period.label}.",
    )


def _by_service(source: Source, names: Sequence[str], key: str, sheet: str) -> Table:
    found = source.read(MART, ("municipality_code", "service_code", *names))
    if not found:
        raise UserError(f"Nell'anno {source.period.code} non risultano spese: non c'è nulla da rilevare.")
    labels = source.labels
    found.sort(
        key=lambda row: (
            labels.order("municipality_code", row["municipality_code"]),
            labels.order("service_code", row["service_code"]),
        )
    )
    rows = [
        Row(
            (row["municipality_code"], row["service_code"]),
            (
                labels.label("municipality_code", row["municipality_code"]),
                labels.label("service_code", row["service_code"]),
                *(row[name] for name in names),
            ),
            is_total=row["service_code"] == TUTTI,
        )
        for row in found
    ]
    return Table(
        key=key,
        title="Utenti, spesa e quote" if key == "spesa" else "Spesa pagata per fonte di finanziamento",
        sheet=sheet,
        marts=(MART,),
        columns=(
            text_column("municipality_code", "Comune", 1.5),
            text_column("service_code", "Servizio", 2.0),
            *(source.columns[MART, name] for name in names),
        ),
        rows=tuple(rows),
        period=source.period.code,
    )


def minors_table(source: Source) -> Report:
    """The table per minor, a sheet for each municipality; who has no measure of a judge stands on a sheet of its own."""
    names = (*OF_A_MINOR, "municipality_code", "measure_authority")
    found = [
        row
        for row in source.read(MINORS_MART, names)
        if row["foster_out_of_home_days"] or row["placement_out_of_home_days"]
    ]
    judged = [row for row in found if row["measure_authority"] not in (None, PUBLIC_AUTHORITY)]
    others = [row for row in found if row["measure_authority"] in (None, PUBLIC_AUTHORITY)]
    tables = [
        _of_minors(source, code, town, of_town)
        for code, town in source.codes("municipalities").items()
        if (of_town := [row for row in judged if row["municipality_code"] == code])
    ]
    sections = [Section("minori", "Minori per Comune", tuple(tables))] if tables else []
    if others:
        table = _of_minors(source, "verificare", "Da verificare", others, with_town=True)
        why = (
            "Fuori famiglia nell'anno senza un provvedimento dell'Autorità giudiziaria fra i dati consegnati."
        )
        sections.append(Section("verificare", "Da verificare", (Paragraph(why), table)))
    return survey_report(
        source,
        MINORS_KEY,
        "Spesa per i minori allontanati (D.M. Interno 16/04/2025)",
        sections,
        HOW_TO_READ_MINORS,
        description=f"Spesa per minore, {source.period.label}, per la dichiarazione dei Comuni.",
    )


def _of_minors(
    source: Source, key: str, title: str, found: Sequence[Record], *, with_town: bool = False
) -> Table:
    def values(row: Record) -> tuple[Value, ...]:
        town = (source.labels.label("municipality_code", row["municipality_code"]),) if with_town else ()
        return (*town, *(row[name] for name in OF_A_MINOR))

    columns = [source.columns[MINORS_MART, name] for name in OF_A_MINOR]
    columns = [replace(each, label=SHORT.get(each.key, each.label)) for each in columns]
    return Table(
        key=key,
        title=f"{title}, anno {source.period.code}",
        sheet=title,
        marts=(MINORS_MART,),
        columns=(*([text_column("municipality_code", "Comune", 1.5)] if with_town else []), *columns),
        rows=tuple(Row((row["municipality_code"], row["minor"]), values(row)) for row in found),
        period=source.period.code,
    )
