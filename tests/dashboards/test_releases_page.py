"""The page of the releases: what is in use, what has changed since, and the sources of a figure."""

import duckdb
from fake_release import publish_fake_release
from opening import go_to
from streamlit.testing.v1 import AppTest

from dashboards import source
from dashboards.server import APP
from osservatorio.catalogue import point_to
from osservatorio.home import Home
from osservatorio.release import manifest_path, release_path


def _page(**address: str) -> AppTest:
    app = go_to(AppTest.from_file(str(APP), default_timeout=60), "rilasci")
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def _texts(app: AppTest) -> str:
    parts = [*app.markdown, *app.info, *app.caption]
    return "\n".join(part.value.replace("\\", "") for part in parts)


def test_a_single_release_has_nothing_to_be_compared_with(fake_home: Home) -> None:
    source.use(fake_home)
    assert "C'è una sola pubblicazione" in _texts(_page())


def test_figures_that_differ_from_another_release_are_listed(own_home: Home) -> None:
    (first,) = (path.name.removesuffix(".duckdb") for path in own_home.releases.glob("*.duckdb"))
    publish_fake_release(own_home, f"seconda-{own_home.root.name}")
    with duckdb.connect(str(release_path(own_home, f"seconda-{own_home.root.name}"))) as con:
        ((before,),) = con.execute(
            "update mart_complaints set received = received + 7 where period = '2022-S1' and "
            "municipality_code = '108030' and service_code = 'TUTTI' returning received - 7"
        ).fetchall()
    source.use(own_home)
    app = _page(confronta=first)
    assert "Cifre diverse: 1." in _texts(app)
    (listed,) = (table.value for table in app.table if "Differenza" in table.value.columns)
    (row,) = listed.to_dict("records")
    assert "icevuti" in row["Misura"]
    assert (row["Prima"], row["Ora"], row["Differenza"]) == (f"{before}", f"{before + 7}", "+7")
    assert "Meda" in row["Riga"]


def test_the_same_release_published_twice_has_no_differences(own_home: Home) -> None:
    publish_fake_release(own_home, f"uguale-{own_home.root.name}")
    source.use(own_home)
    app = _page()
    assert "Nessuna cifra è diversa" in _texts(app)
    assert "Le consegne sono le stesse." in _texts(app)


def test_a_figure_that_cannot_be_followed_says_why(fake_home: Home) -> None:
    source.use(fake_home)
    app = _page(cifra="minori_in_carico_1000", periodo="2022")
    assert app.selectbox("cifra").value == "minori_in_carico_1000"
    assert app.info[-1].value


def test_after_going_back_the_release_before_comes_first(own_home: Home) -> None:
    """With the second of three releases in use, it is the first that one starts from, not the third."""
    (first,) = (path.name.removesuffix(".duckdb") for path in own_home.releases.glob("*.duckdb"))
    for number, name in enumerate(("seconda", "terza"), 7):
        release_id = f"{name}-{own_home.root.name}"
        publish_fake_release(own_home, release_id)
        path = manifest_path(own_home, release_id)
        path.write_text(path.read_text("utf-8").replace("2023-11-06T", f"2023-11-0{number}T"), "utf-8")
    point_to(own_home, f"seconda-{own_home.root.name}")
    source.use(own_home)
    assert _page().selectbox("confronta").options[0].startswith(first)
