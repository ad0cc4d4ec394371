"""The repository as a download, pressed as a person would."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.record.project import Project


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """No archive of another test."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def _page(body: dict[str, object]) -> None:
    from app.record.project import Project
    from app.ui import export
    from app.ui.desk import Desk

    export.show(Desk("p1", Project.model_validate(body), 1))


def _open(project: Project) -> AppTest:
    app = AppTest.from_function(_page, default_timeout=120, args=(project.to_json(),))
    app.run()
    assert not app.exception, app.exception
    return app


def test_pressed_and_downloaded(binary_project: Project) -> None:
    """One press makes the archive, and what is downloaded is a whole repository."""
    app = _open(binary_project)
    assert not app.get("download_button")
    app.button(key="export:make").click().run()
    assert not app.exception, app.exception
    assert not app.error, app.error
    (download,) = app.get("download_button")
    assert "small.zip" in download.proto.label


def test_another_wish_is_another_archive(binary_project: Project) -> None:
    """After the data is left out, the archive with data is not offered any more."""
    app = _open(binary_project)
    app.button(key="export:make").click().run()
    app.toggle(key="export:with_data").set_value(False).run()
    assert not app.get("download_button")


def test_what_a_worker_makes(binary_project: Project) -> None:
    """A worker gives folder and archive; without the data the table stays behind."""
    from app.exporting.export import zip_of_json

    folder, data = zip_of_json(binary_project.to_json(), False)
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert f"{folder}/README.md" in names
    assert f"{folder}/data/table.parquet" not in names


def test_not_measured_yet(binary_project: Project) -> None:
    """Before there is a model, the page says what is missing instead of failing."""
    bare = binary_project.model_copy(update={"evidence": {}, "looks": ()})
    app = _open(bare)
    assert not app.button
    assert any("are measured" in m.value for m in app.markdown)
