"""The rules of the source documents, judged one record at a time as their texts say, apart from the warehouse."""

import calendar
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from rules_delivered import Delivered

from osservatorio.reference import municipalities

YES, NO, SKIP, UNKNOWN = "compliant", "not_compliant", "not_applicable", "not_assessable"
AMBITO = "AMBITO"


class Judged(NamedTuple):
    rule: str
    body: str
    town: str
    record: str
    day: date
    outcome: str
    known: bool | None = True  # whether what the rule needs was recorded; None where it is not asked


def months_later(day: date, months: int) -> date:
    """The same day of the month, or its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def comes_of_age(birth: date) -> date:
    try:
        return birth.replace(year=birth.year + 18)
    except ValueError:
        return date(birth.year + 18, 3, 1)


def quota(row, tariff) -> Decimal:
    """Arts. 14, 24, 36 and 47: what is due for one unit, to the cent, half up, once at the end."""
    low, high, most = (
        Fraction(value) for value in (tariff.isee_iniziale, tariff.isee_finale, tariff.contribuzione_massima)
    )
    least = Fraction(tariff.quota_minima) if row.prestazione in ("affido", "struttura") else Fraction(0)
    if row.isee is not None and row.isee < tariff.isee_iniziale:
        due = Fraction(0)
    elif row.isee is None or row.isee >= tariff.isee_finale:
        due = most
    else:
        due = least + (Fraction(row.isee) - low) * (most - least) / (high - low)
    if row.prestazione == "struttura" and row.ordine_figlio > 1:
        due *= Fraction(3, 4)
    cents, rest = divmod(due * 100, 1)
    return Decimal(int(cents) + (rest >= Fraction(1, 2))).scaleb(-2).quantize(Decimal("0.01"), ROUND_HALF_UP)


def judge_all(data: Delivered) -> Iterator[Judged]:
    for judge in (spells, acts, foster_care, facilities, contributions, staff, whole_periods, the_rest):
        yield from judge(data)


def spells(data: Delivered) -> Iterator[Judged]:
    firsts = defaultdict(list)
    for act in data.rows("interventi"):
        firsts[act.codice_ente, act.id_presa_in_carico, act.tipo].append((act.data_intervento, act.esito))
    projects = defaultdict(list)
    for project in data.rows("progetti"):
        projects[project.codice_ente, project.id_presa_in_carico].append(project)
    measures = defaultdict(list)
    for measure in data.rows("provvedimenti"):
        measures[measure.person].append(measure.data_provvedimento)
    recovered = {
        (item.codice_ente, item.id_presa_in_carico)
        for item in data.rows("spese", fonte="comuni")
        if item.importo < 0
    }

    for spell in data.rows("prese_in_carico"):
        local = (spell.codice_ente, spell.id_presa_in_carico)

        def judged(rule, day, outcome, known, spell=spell):
            return Judged(rule, spell.codice_ente, spell.town, spell.id_presa_in_carico, day, outcome, known)

        minor = data.persons.get(spell.person)
        home = minor.comune_residenza if minor else None
        alone = bool(minor and minor.minore_straniero_non_accompagnato)
        inside = YES if home in municipalities() else NO
        yield judged(
            "R05.1", spell.data_apertura, SKIP if alone or not home else inside, None if alone else bool(home)
        )

        if spell.codice_servizio == "adm":
            if not home:
                outcome = SKIP if alone else UNKNOWN
            elif home == spell.town:
                outcome = SKIP
            else:
                outcome = YES if local in recovered else NO
            yield judged("R16.1", spell.data_apertura, outcome, None if alone else bool(home))
            visits = [day for day, esito in firsts[(*local, "accesso_adm")] if esito == "svolto"]
            if not visits:
                yield judged("R21.1", spell.data_apertura, SKIP, None)
            else:
                good = [
                    p
                    for p in projects[local]
                    if p.data_firma
                    and p.data_firma <= min(visits)
                    and None
                    not in (p.data_inizio, p.data_fine_prevista, p.frequenza_settimanale, p.costo_presunto)
                ]
                signed = any(p.data_firma for p in projects[local])
                yield judged("R21.1", min(visits), YES if good else NO, signed)

        if spell.codice_servizio == "spazio_neutro":
            meetings = firsts[(*local, "incontro_protetto")]
            if not meetings:
                yield judged("R10.1", spell.data_apertura, SKIP, None)
            else:
                first = min(day for day, _ in meetings)
                dated = [day for day in measures[spell.person] if day <= first]
                yield judged("R10.1", first, YES if dated else NO, bool(measures[spell.person]))
            held = [day for day, esito in meetings if esito == "svolto"]
            if not held:
                yield judged("R13.1", spell.data_apertura, SKIP, None)
            else:
                signatures = [p.data_firma for p in projects[local] if p.data_firma]
                in_time = any(day <= min(held) for day in signatures)
                yield judged("R13.1", min(held), YES if in_time else NO, bool(signatures))


def acts(data: Delivered) -> Iterator[Judged]:
    titles = {worker.id_operatore: worker.titolo_educativo for worker in data.rows("operatori")}
    for act in data.rows("interventi", tipo="incontro_protetto"):
        held = act.esito == "svolto"
        outcome = SKIP if not held else NO if act.durata_minuti > 150 else YES
        known = True if held else None
        yield Judged(
            "R14.3", act.codice_ente, act.town, act.id_intervento, act.data_intervento, outcome, known
        )
    for act in data.rows("interventi", tipo="accesso_adm"):
        title = titles.get(act.id_operatore)
        outcome = {True: YES, False: NO, None: UNKNOWN}[title]
        known = title is not None
        yield Judged(
            "R23.1", act.codice_ente, act.town, act.id_intervento, act.data_intervento, outcome, known
        )


def _adult(rule, data: Delivered, row, record) -> Judged:
    end = min(row.data_fine or data.as_of, data.as_of)
    minor = data.persons.get(row.person)
    adult = comes_of_age(minor.data_nascita) if minor else None
    day = min(end, adult) if adult else end
    if row.data_inizio > data.as_of:
        return Judged(rule, row.codice_ente, row.town, record, day, SKIP, None)
    if row.prosieguo_amministrativo:
        outcome = YES
    elif adult is None:
        outcome = UNKNOWN
    else:
        outcome = YES if end <= adult else NO
    return Judged(rule, row.codice_ente, row.town, record, day, outcome, adult is not None)


def foster_care(data: Delivered) -> Iterator[Judged]:
    for row in data.rows("affidi"):

        def judged(rule, outcome, known=True, day=None, row=row):
            known = None if outcome == SKIP else known
            return Judged(
                rule, row.codice_ente, row.town, row.id_affido, day or row.data_inizio, outcome, known
            )

        asked = row.forma == "consensuale" and row.collocazione == "etero_familiare"
        ratified = row.data_ratifica_giudice_tutelare is not None
        yield judged("R26.1", SKIP if not asked else YES if ratified else NO, ratified)
        in_time = row.data_patto is not None and row.data_patto <= row.data_inizio
        yield judged("R31.2a", YES if in_time else NO, row.data_patto is not None)
        insured = {True: YES, False: NO, None: UNKNOWN}[row.copertura_assicurativa]
        to_come = row.data_inizio > data.as_of
        yield judged("R31.2c", SKIP if to_come else insured, row.copertura_assicurativa is not None)
        yield _adult("R34.1", data, row, row.id_affido)
        end, limit = min(row.data_fine or data.as_of, data.as_of), months_later(row.data_inizio, 24)
        yield judged("L-24M", SKIP if to_come else YES if end <= limit else NO, day=min(end, limit))


def facilities(data: Delivered) -> Iterator[Judged]:
    measures = defaultdict(list)
    for measure in data.rows("provvedimenti"):
        measures[measure.person].append(measure.data_provvedimento)
    for row in data.rows("inserimenti"):
        start = row.data_inizio

        def judged(rule, outcome, known, row=row, start=start):
            return Judged(rule, row.codice_ente, row.town, row.id_inserimento, start, outcome, known)

        yield _adult("R40.2", data, row, row.id_inserimento)
        if row.titolo in ("provvedimento_ag", "art_403"):
            near = [day for day in measures[row.person] if -365 <= (day - start).days <= 15]
            yield judged("R41.1", YES if near else NO, bool(measures[row.person]))
        else:
            yield judged("R41.1", SKIP, None)
        project = row.data_progetto_personalizzato
        if project is None:
            outcome = UNKNOWN if (data.as_of - start).days < 30 else NO
        else:
            outcome = YES if (project - start).days <= 30 else NO
        yield judged("R42.1", outcome, project is not None)
        licence = row.autorizzazione_struttura
        yield judged("R46.3", {True: YES, False: NO, None: UNKNOWN}[licence], licence is not None)


def contributions(data: Delivered) -> Iterator[Judged]:
    tariffs = {(row.codice_ente, row.anno, row.prestazione): row for row in data.rows("tariffe")}
    for row in data.rows("compartecipazioni"):
        tariff = tariffs.get((row.codice_ente, row.mese.year, row.prestazione))
        if row.deroga or (tariff and abs(row.quota_unitaria - quota(row, tariff)) <= Decimal("0.01")):
            outcome = YES
        else:
            outcome = NO if tariff else UNKNOWN
        further = row.prestazione == "struttura" and row.ordine_figlio > 1
        known = tariff is not None
        where = (row.codice_ente, row.town, row.id_compartecipazione, row.mese)
        yield Judged("R47.4", *where, outcome, known)
        yield Judged("R47.6", *where, outcome if further else SKIP, known if further else None)


def staff(data: Delivered) -> Iterator[Judged]:
    for row in data.rows("operatori"):
        day = min(row.data_fine or data.as_of, data.as_of)

        def judged(rule, outcome, known, row=row, day=day):
            known = None if outcome == SKIP else known
            return Judged(rule, row.codice_ente, row.town, row.id_operatore, day, outcome, known)

        registered = row.iscrizione_albo
        is_social_worker = row.profilo == "assistente_sociale"
        yield judged("C-ASS", SKIP if not is_social_worker else YES if registered else NO, True)
        years = row.anni_esperienza_tutela
        if row.profilo not in ("psicologo", "psicologo_psicoterapeuta"):
            outcome = SKIP
        else:
            needs = [registered, None if years is None else years >= 2]
            if row.profilo == "psicologo":
                needs = [registered, None if years is None else years >= 5, row.benestare_deroga]
            outcome = NO if False in needs else UNKNOWN if None in needs else YES
        yield judged("C-PSI", outcome, years is not None)
        serving = row.data_inizio <= data.as_of and (row.data_fine is None or row.data_fine > data.as_of)
        updated = row.curriculum_aggiornato_il
        if row.datore != "partner" or not serving:
            outcome = SKIP
        elif updated is None:
            outcome = UNKNOWN
        else:
            outcome = YES if updated >= months_later(data.as_of, -12) else NO
        yield judged("C-CV", outcome, updated is not None)


def _semesters(first: date, as_of: date) -> Iterator[tuple[str, date, date]]:
    for year in range(first.year, as_of.year + 1):
        for name, start, end in (
            (f"{year}-S1", date(year, 1, 1), date(year, 6, 30)),
            (f"{year}-S2", date(year, 7, 1), date(year, 12, 31)),
        ):
            if start <= as_of:
                yield name, start, end


def whole_periods(data: Delivered) -> Iterator[Judged]:
    def judged(rule, name, end, outcome, known):
        return Judged(rule, AMBITO, AMBITO, name, end, outcome, known)

    hours = list(data.rows("ore_operatori"))
    for rule, service, weekly in (("C-DIR", "direzione", 32), ("C-AMM", "amministrativi", 36)):
        for name, start, end in _semesters(min(row.mese for row in hours), data.as_of):
            within = [row for row in hours if start <= row.mese <= end]
            own = [row.ore for row in within if row.codice_servizio == service]
            weeks = Fraction((end - start).days + 1, 7)
            if Fraction(sum(own, Decimal(0))) / weeks >= weekly:
                outcome = YES
            else:
                outcome = UNKNOWN if end > data.as_of or not within else NO
            yield judged(rule, name, end, outcome, bool(own))
    sessions = list(data.rows("formazione"))
    for year in range(min(row.data_sessione for row in sessions).year, data.as_of.year + 1):
        within = [row for row in sessions if row.data_sessione.year == year]
        own = [row.ore for row in within if row.tipo.startswith("supervisione_")]
        end = date(year, 12, 31)
        short = UNKNOWN if end > data.as_of or not within else NO
        yield judged("C-SUP", str(year), end, YES if sum(own) >= 50 else short, bool(own))
    meetings = [(row.data_riunione, row.livello == "tecnico") for row in data.rows("riunioni")]
    for name, start, end in _semesters(min(day for day, _ in meetings), data.as_of):
        within = [day for day, _ in meetings if start <= day <= end]
        met = {day.month for day, technical in meetings if technical and start <= day <= end}
        last_days = {
            month: months_later(date(end.year, month, 1), 1) for month in range(start.month, end.month + 1)
        }
        over = {month for month, day in last_days.items() if day - timedelta(days=1) <= data.as_of}
        if end <= data.as_of and not within:
            outcome = UNKNOWN
        elif over - met:
            outcome = NO
        else:
            outcome = YES if end <= data.as_of else UNKNOWN
        yield judged("C-TEC", name, end, outcome, bool(met))


def the_rest(data: Delivered) -> Iterator[Judged]:
    for row in data.rows("reclami"):
        until = row.data_risposta or data.as_of
        late = (until - row.data_ricezione).days > 30
        if row.data_risposta:
            outcome = NO if late else YES
        else:
            outcome = UNKNOWN if (data.as_of - row.data_ricezione).days < 30 else NO
        known = row.data_risposta is not None
        yield Judged("C-REC", row.codice_ente, row.town, row.id_reclamo, row.data_ricezione, outcome, known)
    for row in data.rows("relazioni_ag"):
        sent, due = row.data_invio, row.data_scadenza
        outcome = (YES if sent <= due else NO) if sent else (UNKNOWN if due >= data.as_of else NO)
        yield Judged("R43.1j", row.codice_ente, row.town, row.id_relazione, due, outcome, sent is not None)
