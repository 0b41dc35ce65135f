"""What can be chosen, and the nearest choice that a page can show."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.selection import ALL_TYPES, Choices, resolve, with_types
from osservatorio.errors import UserError
from osservatorio.periods import MONTH, SEMESTER, YEAR
from osservatorio.release import Release


@pytest.fixture
def choices(release: Release) -> Choices:
    return Choices.of(release)


def test_choices_come_from_the_release(choices: Choices) -> None:
    assert next(iter(choices.periods)) == "2023-S2"
    assert choices.of_type(YEAR) == ["2023", "2022", "2021"]
    assert "2023-10" in choices.ended
    assert "2023-S2" not in choices.ended
    assert next(iter(choices.municipalities)) == "ambito"
    assert len(choices.municipalities) == 11
    assert choices.services["tutti"] == "TUTTI"
    assert "direzione" not in choices.case_services


def test_the_first_view_is_the_last_semester_that_has_ended(choices: Choices) -> None:
    assert choices.default() == {"periodo": "2023-S1", "comune": "ambito", "servizio": "tutti"}


def test_only_what_the_release_offers_is_valid(choices: Choices) -> None:
    given_choice = {"periodo": "2022", "comune": "milano", "servizio": "adm", "altro": "x"}
    assert choices.valid(given_choice) == {"periodo": "2022", "servizio": "adm"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_another_type_of_period_is_at_the_same_time(choices: Choices, data: st.DataObject) -> None:
    code = data.draw(st.sampled_from(list(choices.periods)))
    period_type = data.draw(st.sampled_from(ALL_TYPES))
    now, other = choices.periods[code], choices.periods[choices.same_time(code, period_type)]
    assert other.type == period_type
    assert other.start <= now.end
    assert now.start <= other.end


def test_a_page_that_cannot_show_the_choice_shows_the_nearest_and_says_so(choices: Choices) -> None:
    chosen = {"periodo": "2022-08", "comune": "meda", "servizio": "direzione"}
    selection = resolve(choices, chosen, (SEMESTER, YEAR), only_case_services=True)
    assert selection.period.code == "2022-S2"
    assert selection.service == "TUTTI"
    assert selection.municipality == "108030"
    assert selection.notes == (
        "Queste cifre si calcolano per semestre e per anno: per agosto 2022 si mostra secondo semestre 2022.",
        "Il servizio «Direzione e coordinamento» non prende in carico minori: si mostrano tutti i servizi.",
    )
    assert resolve(choices, chosen, (YEAR,)).notes == (
        "Queste cifre sono annuali: per agosto 2022 si mostra anno 2022.",
    )


def test_a_choice_that_can_be_shown_has_no_note(choices: Choices) -> None:
    selection = resolve(choices, {"periodo": "2023-S2", "comune": "ambito", "servizio": "adm"})
    assert selection.notes == ()
    assert not selection.is_complete
    assert selection.described["periodo"] == "Secondo semestre 2023 (in corso: cifre parziali)"
    assert selection.year_before_grain["period"] == "2022-S2"
    assert with_types(choices, selection, (MONTH,)).period.code == "2023-10"


def test_a_release_without_the_periods_asked_is_refused_kindly(choices: Choices) -> None:
    months = {code: period for code, period in choices.periods.items() if period.type == MONTH}
    only_months = Choices(**{**vars(choices), "periods": months})
    with pytest.raises(UserError, match="non contiene periodi"):
        resolve(only_months, {"periodo": "2022-08", "comune": "meda", "servizio": "adm"}, (YEAR,))
