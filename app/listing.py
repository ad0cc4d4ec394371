"""Lists for the command line: shipped cases and tracked runs."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.record.project import Project


def cases(arguments: argparse.Namespace) -> int:
    """List the shipped cases."""
    from app.store import samples

    found = [
        {
            "key": case.key,
            "title": case.title,
            "task": case.task,
            "rows": case.rows,
            "sentence": case.sentence,
        }
        for case in samples.cases()
    ]
    if arguments.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return 0
    for case in found:
        print(f"{case['key']:20} {case['task']:11} {case['rows']:>7,} rows  {case['sentence']}")
    return 0


def runs(arguments: argparse.Namespace, project: Project) -> int:
    """List the tracked runs of a project, and say how to open them."""
    from app.store import runs as tracking

    found = tracking.tracked(project.name)
    if arguments.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return 0
    for run in found:
        score = run["metrics"].get("cv")
        shown = "failed" if score is None else f"{score:.4g}"
        print(f"{run['name']:32} {run['params'].get('metric', ''):20} {shown:>10}  {run['status']}")
    if not found:
        print("No runs yet. Measure the stage baselines, with MLflow installed.")
    print(f"Open them: pip install mlflow, then  mlflow ui --backend-store-uri {tracking.uri()}")
    return 0
