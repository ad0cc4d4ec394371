"""Project files are checked: a broken one is explained, a good one comes back whole."""

from __future__ import annotations

import json

import pytest

from app.record.project import Project
from app.record.project_file import ProjectFileError, dump, read


def test_a_project_survives_the_file(binary_project: Project) -> None:
    """Download and upload give the same project, evidence included."""
    assert read(dump(binary_project)) == binary_project


def test_answers_and_evidence_are_objects_by_stage(binary_project: Project) -> None:
    """The layout that scripts rely on."""
    body = json.loads(dump(binary_project))
    assert set(body["evidence"]) == {
        "framing",
        "data",
        "baselines",
        "errors",
        "serving",
        "rollout",
        "reproducibility",
        "monitoring",
        "drills",
    }
    assert body["answers"]["data"]["target"] == "target"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not valid JSON at line 1"),
        ("{", "not valid JSON at line 1, column 2"),
        ("[1]", "holds a list"),
        ('"x"', "holds a str"),
        ("{}", "format None"),
        ('{"format": "1"}', "format '1'"),
        ('{"format": true}', "format True"),
        ('{"format": 99}', "newer than this Groundwork"),
        ('{"format": 0}', "format 0"),
        ('{"format": 1}', "does not fit at"),
        ('{"format": 1, "x": NaN}', "NaN"),
        ("[" * 100_000, "nested deeper"),
        ('{"format":1,"a":' * 60 + "1" + "}" * 60, "nested deeper"),
    ],
)
def test_broken_files_are_explained(text: str, words: str) -> None:
    """Each way of being broken has a message that names the place."""
    with pytest.raises(ProjectFileError, match=words):
        read(text)


def test_a_wrong_field_is_named(binary_project: Project) -> None:
    """The path to the field, what it held, and how many more."""
    body = json.loads(dump(binary_project))
    body["evidence"]["data"]["measures"][0]["value"] = "much"
    with pytest.raises(ProjectFileError, match=r"evidence\.data\.measures\.0\.value.*much"):
        read(json.dumps(body))


def test_older_formats_are_lifted(binary_project: Project) -> None:
    """A file of an older format goes through its migrations."""
    body = json.loads(dump(binary_project))
    old = {**body, "format": 0, "title": body["name"]}
    del old["name"]

    def lift(given: dict) -> dict:
        return {**{k: v for k, v in given.items() if k != "title"}, "name": given["title"]}

    assert read(json.dumps(old), {0: lift}) == binary_project
