"""The tests of the warehouse can fail: a code that no list knows stops the build."""

from datetime import date

from dbt_landings import Landing, build


def test_an_unknown_service_stops_the_build(tmp_path):
    landing = Landing(tmp_path / "broken")
    landing.add(
        "controlli",
        "108039",
        id_controllo="k1",
        codice_servizio="inventato",
        data_controllo=date(2022, 2, 1),
        tipo="documentale",
        svolto_da="partner",
        prestazioni_verificate=1,
        prestazioni_conformi=1,
    )
    built = build(
        landing.close(), "2022-12-31", "--select", "+fct_control", "+dim_municipality", "+dim_service"
    )
    failed = [name for name in built.failed() if built.status[name] == "fail"]
    assert not built.succeeded
    assert len(failed) == 1
    assert "fct_control" in failed[0]
