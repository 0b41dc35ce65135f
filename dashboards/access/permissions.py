"""The table of permissions: role × page × table of a release × action. It exists once, here; what it does not allow is denied.

A table has a rule with its reason. The Ufficio di Piano reads every table; a municipality those of its own rows, and of
the lists; governance and the Assemblea no table at all: they have the protected tables, which are made elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from osservatorio.access.roles import Role, Scope


class Action(StrEnum):
    """What a person does, beside looking at a page."""

    DOWNLOAD_TABLE = "scaricare una tabella"
    READ_LIST = "vedere un elenco di lavoro"
    READ_PROTECTED = "vedere le tavole protette"
    DOWNLOAD_PROTECTED = "scaricare un documento protetto"
    DOWNLOAD_REPORT = "scaricare un rapporto"
    WRITE_REPORT = "scrivere e produrre un rapporto"
    TRACE = "seguire una cifra fino alle fonti"
    COMPARE = "confrontare le pubblicazioni"
    READ_METRICS = "leggere le misure del server"
    COMPARE_AMBITI = "confrontare gli Ambiti"


PROTECTED_PAGE = "protette"
# The page of the Ambiti side by side: there where a release is of many, for who sees them all.
AMBITI_PAGE = "ambiti"

# Pages of figures by municipality: each holds when only the rows of one are there.
_OWN_PAGES = frozenset(
    (
        "panoramica",
        "casistica",
        "profilo",
        "utilizzo",
        "incontri",
        "affidi",
        "strutture",
        "risorse",
        "compartecipazione",
        "personale",
        "reclami",
        "soddisfazione",
        "controlli",
        "regole",
        "qualita",
    )
)
_ALL = None  # every page, also those that come later
PAGES_OF: Mapping[Role, frozenset[str] | None] = {
    Role.OFFICE: _ALL,
    Role.MUNICIPALITY: _OWN_PAGES,
    Role.GOVERNANCE: frozenset((PROTECTED_PAGE,)),
    Role.ASSEMBLY: frozenset((PROTECTED_PAGE,)),
}
ACTIONS_OF: Mapping[Role, frozenset[Action]] = {
    Role.OFFICE: frozenset(Action),
    Role.MUNICIPALITY: frozenset((Action.DOWNLOAD_TABLE, Action.READ_LIST)),
    Role.GOVERNANCE: frozenset((Action.DOWNLOAD_TABLE, Action.READ_PROTECTED, Action.DOWNLOAD_PROTECTED)),
    Role.ASSEMBLY: frozenset((Action.DOWNLOAD_TABLE, Action.READ_PROTECTED, Action.DOWNLOAD_PROTECTED)),
}
# What a page that is denied says of why, where a person would expect to have it.
WHY_NOT: Mapping[tuple[Role, str], str] = {
    (Role.MUNICIPALITY, "rapporti"): (
        "L'edizione di un rapporto per il tuo Comune porta accanto alle sue cifre quelle dell'intero Ambito, come confronto: "
        "tolte le tue, ne resterebbero quelle degli altri Comuni. Per questo non si scarica da qui: la consegna l'Ufficio di "
        "Piano. Le cifre del tuo Comune sono in queste pagine, e ogni tabella si scarica in CSV e XLSX."
    ),
}
# Pages that have nothing to show where a release is of many Ambiti, and why: what they need does not come along.
NOT_TOGETHER: Mapping[str, str] = {
    "rapporti": (
        "I rapporti di un Ambito si fanno con le sue consegne, i testi di chi li scrive e il registro di ciò che è uscito: "
        "restano nella sua cartella dei dati. Qui ci sono soltanto le sue tavole. Chiedi il rapporto all'Ufficio di Piano "
        "dell'Ambito."
    ),
    PROTECTED_PAGE: (
        "Le tavole protette di un Ambito si calcolano insieme a tutto ciò che è già uscito da esso, e il registro di ciò che "
        "è uscito resta nella sua cartella dei dati. Chiedile all'Ufficio di Piano dell'Ambito."
    ),
    "rilasci": (
        "Le pubblicazioni di un Ambito, i confronti fra l'una e l'altra e il cammino di una cifra fino alle consegne stanno "
        "nella sua cartella dei dati. Da quale pubblicazione vengono le cifre mostrate lo dice la pagina Qualità dei dati; "
        "per il resto rivolgiti all'Ufficio di Piano dell'Ambito."
    ),
}


def sees_all_ambiti(scope: Scope) -> bool:
    """Whether a person may look at every Ambito of a release of many, and at all of them side by side."""
    return scope.role is Role.OFFICE and scope.ambito_code is None


def may_open(role: Role, page: str) -> bool:
    """Whether a role may open a page."""
    pages = PAGES_OF.get(role, frozenset())
    return pages is None or page in pages


def may_do(role: Role, action: Action) -> bool:
    return action in ACTIONS_OF.get(role, frozenset())


@dataclass(frozen=True)
class Rule:
    """What a municipality reads of a table: the rows whose column `own_by` is its code, or every row of a list that
    `is_public`; no row otherwise. The columns `hidden` are empty for it. `reason` says why."""

    reason: str
    own_by: str | None = None
    is_public: bool = False
    hidden: tuple[str, ...] = ()
    where: str = "true"


_OWN = "rows by municipality: its own; the rows of the Ambito less its own would be those of the others"
_LIST = "a list that is public: names, definitions, rules, resident minors"
_APART = "no page that a municipality opens draws from it"
_WHOLE = "no municipality in it: the figures of the whole Ambito less its own would be those of the others"


def _own(hidden: tuple[str, ...] = (), reason: str = _OWN) -> Rule:
    return Rule(reason, own_by="municipality_code", hidden=hidden)


_SHARES = (
    "its own rows, without the shares of the Ambito: from a share and its own figure the total follows, and from that the "
    "others'"
)

TABLES: Mapping[str, Rule] = {
    "main.mart_budget": _own(("share_of_budget", "share_of_caseload"), _SHARES),
    "main.mart_budget_progress": _own(),
    "main.mart_caseload_by_municipality": _own(),
    "main.mart_caseload_profile": _own(),
    "main.mart_complaints": _own(),
    "main.mart_complaints_by_category": _own(),
    "main.mart_contact": _own(),
    "main.mart_contract_hours": Rule(_WHOLE),
    "main.mart_controls": _own(),
    "main.mart_cost_sharing": _own(),
    "main.mart_cost_sharing_by_isee": _own(),
    "main.mart_cost_sharing_mismatches": _own(reason="a working list: its own cases only"),
    "main.mart_data_quality": Rule(
        "its own deliveries; a file of several bodies counts the rows of them all together",
        own_by="codice_ente",
    ),
    "main.mart_deadline_counts": _own(),
    "main.mart_deadlines": _own(reason="a working list: its own cases only"),
    "main.mart_expenditure": _own(),
    "main.mart_flow": _own(),
    "main.mart_foster_care": _own(),
    "main.mart_governance": Rule(_WHOLE),
    "main.mart_indicators": Rule(_APART),
    "main.mart_isee_simulation": _own(),
    "main.mart_meetings": Rule("meetings of the Ambito's bodies, delivered by the lead municipality for all"),
    "main.mart_minor_costs": Rule(_APART),
    "main.mart_open_data_cube": Rule(_APART),
    "main.mart_out_of_home_survey": Rule(_APART),
    "main.mart_placement_stability": _own(),
    "main.mart_reconciliation": _own(),
    "main.mart_residential_care": _own(),
    "main.mart_rule_compliance": _own(),
    "main.mart_rule_findings": _own(reason="a working list: its own cases only"),
    "main.mart_satisfaction": _own(),
    "main.mart_service_costs": Rule(_APART),
    "main.mart_service_usage": _own(),
    "main.mart_sinba": Rule(_APART),
    "main.mart_social_expenditure": Rule(_APART),
    "main.mart_staffing": _own(),
    "main.mart_supervised_meetings": _own(),
    # The simulator computes a year's contributions again.
    "core.fct_contribution_due": _own(reason="what the simulator works on: its own cases only"),
    # Lists. Without the code of the whole Ambito the pages do not offer it.
    "seeds.code_lists": Rule(_LIST, is_public=True, where="code_list <> 'total_municipality'"),
    "seeds.contract_hours": Rule(_LIST, is_public=True),
    "seeds.deadline_kinds": Rule(_LIST, is_public=True),
    "seeds.indicators": Rule(_LIST, is_public=True),
    "seeds.isee_scenarios": Rule(_LIST, is_public=True),
    "seeds.mart_columns": Rule(_LIST, is_public=True),
    "seeds.municipalities": Rule(
        "its own name alone: the pages then offer no other", own_by="municipality_code"
    ),
    "seeds.questions": Rule(_LIST, is_public=True),
    "seeds.resident_minors": Rule(_LIST, is_public=True),
    "seeds.rules": Rule(_LIST, is_public=True),
    "seeds.services": Rule(_LIST, is_public=True),
}
