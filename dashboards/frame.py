"""The frame of every page: title, question, filters, where the data come from, what to beware of, how to read it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType
from typing import NoReturn

import streamlit as st

from dashboards import busy, filters, footing, source, verdict, warming, watching
from dashboards.access import session
from dashboards.access.permissions import NOT_TOGETHER
from dashboards.pages import PAGES, PageInfo
from dashboards.selection import ALL_TYPES, MUNICIPALITY, PERIOD, SERVICE, Selection
from dashboards.text import plain
from dashboards.view import View
from osservatorio import italian
from osservatorio.errors import UserError
from osservatorio.release import Release

_WARNINGS_SHOWN = 5
NO_CHOICES: Mapping[str, str] = MappingProxyType({})


class _EndedError(Exception):
    """A page that has nothing more to show. Not `st.stop`, after which Streamlit draws nothing, not even the foot."""


def end() -> NoReturn:
    """End the page that runs; its foot is still drawn."""
    raise _EndedError


def run(page: Callable[[], None]) -> None:
    """Run a page and draw its foot, also when the page ends early."""
    with busy.running():
        body, foot = st.container(key="pagina"), st.container(key="piede")
        try:
            with body, suppress(_EndedError):
                page()
        finally:
            with foot:
                footing.show()


def open_page(
    name: str,
    *,
    types: tuple[str, ...] = ALL_TYPES,
    with_period: bool = True,
    with_municipality: bool = True,
    with_service: bool = True,
    only_case_services: bool = False,
) -> View:
    """Draw the frame of a page and return what the page works with.

    `types` are the period types that the page's figures exist for; `only_case_services` leaves out services that
    take no minor into care.
    """
    page = PAGES[name]
    session.require_page(name)
    release = _release_or_stop()
    warming.of_release(release.id)
    st.title(page.title, anchor=False)
    st.markdown(page.question)
    stop_where_many(page)
    watching.offer_another(release.id)
    source.choose_ambito()
    choices, selection = filters.choose(
        release,
        types=types,
        with_period=with_period,
        with_municipality=with_municipality,
        with_service=with_service,
        only_case_services=only_case_services,
    )
    shown = {PERIOD: with_period, MUNICIPALITY: with_municipality, SERVICE: with_service}
    used = frozenset(name for name, is_shown in shown.items() if is_shown)
    _origin(release, selection, used)
    if name != "qualita":
        _quality_banner(release)
    for note in selection.notes:
        st.info(plain(note), icon=":material/info:")
    footing.for_page(page, release)
    return View(release, choices, selection, page, used)


def stop_where_many(page: PageInfo) -> None:
    """End a page that has nothing to show where the release is of many Ambiti: it says why, and whom to ask."""
    if page.name in NOT_TOGETHER and source.has_many_ambiti():
        st.info(plain(NOT_TOGETHER[page.name]), icon=":material/info:")
        end()


def link(page: PageInfo, label: str, choices: Mapping[str, str] = NO_CHOICES) -> None:
    """A link to another page; the filters go along, and the `choices` of that page as its address names them.

    Words alone where the page is not for the person of the session.
    """
    if not session.may_see(page.name):
        st.markdown(plain(label))
        return
    st.page_link(
        page.path, label=plain(label), icon=":material/arrow_forward:", query_params=dict(choices) or None
    )


def _release_or_stop() -> Release:
    try:
        return source.release()
    except UserError as error:
        st.title("Osservatorio", anchor=False)
        st.warning(plain(error.message), icon=":material/hourglass_empty:")
        end()


def _origin(release: Release, selection: Selection, used: frozenset[str]) -> None:
    """One line: to which day the data go, which publication they come from and of when, whether the period has ended.

    Beside it the button that prints; on paper, where the filters are not, they are told in words.
    """
    publication = f"pubblicazione **{plain(release.id)}**"
    if made := release.manifest.get("created_at"):
        publication += f" del {italian.date_it(datetime.fromisoformat(made))}"
    parts = [f"Dati al **{italian.date_it(release.as_of)}**", publication]
    if release.ambito:
        parts.insert(0, f"**{plain(release.ambito.name)}**")
    if PERIOD in used and selection.is_complete:
        parts.append(f"{plain(selection.period.label)}: periodo completo")
    elif PERIOD in used:
        parts.append(f"**{plain(selection.period.label)}: periodo in corso, cifre parziali**")
    show_origin(parts)
    chosen = [f"{name}: {value}" for name, value in selection.described.items() if name in used]
    if release.ambito:
        chosen.insert(0, f"Ambito: {release.ambito.name} ({release.ambito.code})")
    if chosen:
        with st.container(key="solo_stampa"):
            st.caption(plain(f"Filtri: {'; '.join(chosen)}."))


def show_origin(parts: Sequence[str]) -> None:
    """Where the figures of a page come from, in one line (Markdown), and the button that prints them."""
    with st.container(key="origine", horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(" · ".join(parts), width="stretch")
        # What it does is in `assets/accessibile.js`: a page cannot ask the browser to print.
        st.button("Stampa", key="stampa", type="tertiary", icon=":material/print:")


def _quality_banner(release: Release) -> None:
    found = verdict.warnings(release)
    if not found:
        return
    many = "un avviso" if len(found) == 1 else f"{len(found)} avvisi"
    with st.expander(
        f"Da tenere presente: {many} sulla qualità dei dati", icon=":material/warning:", key="avvisi"
    ):
        for warning in found[:_WARNINGS_SHOWN]:
            st.markdown(f"- **{plain(warning['message'])}** {plain(warning.get('what_to_do') or '')}")
        if len(found) > _WARNINGS_SHOWN:
            st.markdown(f"- … e altri {len(found) - _WARNINGS_SHOWN}.")
        link(PAGES["qualita"], "Vai a Qualità dei dati")
