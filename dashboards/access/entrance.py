"""The door: who is there, which pages are theirs, and what is said to those who have none."""

from functools import partial

import streamlit as st

from dashboards import source
from dashboards.access import returning, session
from dashboards.access.permissions import WHY_NOT, may_open, sees_all_ambiti
from dashboards.pages import AMBITI, PAGES, PageInfo
from dashboards.text import plain
from osservatorio.access.grants import Grant, Refusal, Why
from osservatorio.access.roles import OFFICE
from osservatorio.errors import UserError

# Where somebody is brought whose sign-in the provider did not complete.
_FAILED = "non_riuscito"
_NOT_DONE = "L'accesso non è riuscito: il fornitore di identità non lo ha completato. Riprova."
_ROOT = "inizio"
_ENDED = "Il tuo accesso è scaduto: accedi di nuovo per continuare."
_UNNAMED = "Il fornitore di identità non ha detto chi sei: l'accesso non si può completare."
_UNVERIFIED = (
    "Il fornitore di identità non ha verificato il tuo indirizzo di posta: l'accesso non si può completare."
)


def failed_address(wanted: str | None) -> str:
    """The page that says that a sign-in was not completed: the one wanted, with its choices, or the first."""
    start = wanted or "/"
    return f"{start}{'&' if '?' in start else '?'}{returning.OUTCOME}={_FAILED}"


def let_in() -> list[str]:
    """The names of the pages of the person of this session, in order; ends the run for those who may not come in."""
    try:
        found = session.answer()
    except UserError as error:
        _stop("Accesso non disponibile", error.message, can_leave=True)
    if isinstance(found, Refusal):
        _refuse(found)
    scope = found.scope if isinstance(found, Grant) else OFFICE
    shown = [name for name in PAGES if may_open(scope.role, name)]
    if sees_all_ambiti(scope) and source.has_many_ambiti():
        shown.insert(1, AMBITI.name)
    return shown


def pages_for(shown: list[str]) -> list[st.Page]:
    """Every page at its address: those shown, and for the others one that says that they are not for this person."""
    is_home = shown[0] == next(iter(PAGES))
    known = {**PAGES, AMBITI.name: AMBITI}
    found = [
        st.Page(known[name].path, title=known[name].title, url_path=name, default=is_home and place == 0)
        for place, name in enumerate(shown)
    ]
    if (
        not is_home
    ):  # the root has no name: there it leads to the first page that is theirs, which keeps its own
        first = PAGES[shown[0]]
        lead = partial(st.switch_page, first.path)
        found.append(st.Page(lead, title=first.title, url_path=_ROOT, default=True, visibility="hidden"))
    return [*found, *(_not_yours(page) for name, page in PAGES.items() if name not in shown)]


def show_person() -> None:
    """Below the list of the pages: who is there and how to leave; or that nobody was asked."""
    found = session.answer()
    with st.sidebar.container(key="persona"):
        if not isinstance(found, Grant):
            st.caption("Senza accesso: il cruscotto risponde solo da questo computer.")
            return
        st.caption(f"{plain(found.shown_name or found.name)}  \n**{plain(found.scope.label)}**")
        if st.button("Esci", icon=":material/logout:", key="esci"):
            st.logout()


def scope_label() -> str:
    """Whose figures are on screen: «Comune di Meda»."""
    found = session.grant()
    return (found.scope if found is not None else OFFICE).label


def _not_yours(page: PageInfo) -> st.Page:
    def show() -> None:
        st.title(page.title, anchor=False)
        found = session.grant()
        if found is not None and (why := WHY_NOT.get((found.scope.role, page.name))):
            st.markdown(plain(why))
        st.warning(
            f"Questa pagina non è compresa nel tuo accesso ({plain(scope_label())}). Se ti serve, rivolgiti qui:",
            icon=":material/lock:",
        )
        st.text(_contact())

    return st.Page(show, title=page.title, url_path=page.name, visibility="hidden")


def _refuse(found: Refusal) -> None:
    match found.why:
        case Why.NOBODY if st.query_params.get(returning.OUTCOME) == _FAILED:
            _stop("Osservatorio", _NOT_DONE)
        case Why.NOBODY:
            _stop(
                "Osservatorio",
                "I dati sono riservati: per vederli accedi con il tuo account di lavoro.",
                is_warning=False,
            )
        case Why.ENDED:
            _stop("Osservatorio", _ENDED)
        case Why.NO_ROLE:
            detail = f" {found.detail}" if found.detail else ""
            _stop(
                "Nessun ruolo assegnato",
                f"Hai effettuato l'accesso come {found.name}, ma non hai ancora un ruolo: non puoi vedere i dati."
                f"{detail} Per averlo rivolgiti qui:",
                can_leave=True,
            )
        case Why.UNVERIFIED:
            _stop("Accesso non completato", f"{_UNVERIFIED} Rivolgiti qui:", can_leave=True)
        case _:
            _stop("Accesso non completato", f"{_UNNAMED} Rivolgiti qui:", can_leave=True)


def _stop(title: str, message: str, *, is_warning: bool = True, can_leave: bool = False) -> None:
    """The one page of those who may not come in, at any address. Ends the run."""

    def show() -> None:
        st.title(title, anchor=False)
        if is_warning:
            st.warning(plain(message), icon=":material/lock:")
        else:
            st.markdown("Reportistica dei servizi per la tutela dei minori, Ambito Territoriale di Seregno.")
            st.markdown(plain(message))
        if can_leave:
            st.text(_contact())  # as it is: an address that can be copied
            if st.button("Esci e accedi con un altro account", icon=":material/logout:", key="esci"):
                st.logout()
        elif st.button("Accedi", type="primary", icon=":material/login:", key="accedi"):
            returning.sign_in(current.url_path)

    doors = [
        st.Page(show, title=title, url_path=name, default=place == 0) for place, name in enumerate(PAGES)
    ]
    current = st.navigation(doors, position="hidden")
    st.set_page_config(page_title=f"{title} · Osservatorio")
    current.run()
    st.stop()


def _contact() -> str:
    keeper = session.keeper()
    return keeper.how.contact if keeper is not None else "Ufficio di Piano"
