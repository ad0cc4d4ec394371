"""Everything the repository is made of, put together."""

from __future__ import annotations

import io
import json
from typing import Any

from app.document import writer
from app.exporting.found import Found
from app.exporting.settings import settings_of
from app.exporting.words import costs_of, decides_of, words_of
from app.record.project import Project
from app.stages.road import BY_KEY
from app.starter import ladder, pins
from app.starter.names import package_name
from app.starter.repository import Material
from app.store import samples
from app.workshop import table_of

MOST_DATA_BYTES = 50_000_000


def material_of(project: Project, found: Found, with_data: bool) -> Material:
    """Return what the repository is made of."""
    from app.lab.portable import version_files

    package = package_name(project.name)
    evidence = project.evidence["baselines"]
    owner = str(project.answers.get("serving", {}).get("owner") or "")
    steps = ladder.steps(
        project.answers.get("serving", {}), owner, costs_of(project, found), decides_of(found)
    )
    version = version_files(
        found.ladder.fitted,
        found.contract,
        found.test,
        found.prediction,
        found.metrics,
        {"trained_by": "the measurement", "digest": evidence.digest, "seed": project.seed},
    )
    data, reason = _data(project, with_data)
    words = words_of(project, found, package, steps, _example(version), reason)
    measured = dict(evidence.stamp.versions)
    return Material(
        package,
        {**words, **_pinned(found, measured)},
        settings_of(project, found, package, steps),
        version,
        found.contract.to_json(),
        {
            "metrics": found.metrics,
            "promised": found.promised,
            "digest": evidence.digest,
            "seed": project.seed,
        },
        evidence.stamp.measured_at,
        {**data, **_documents(project)},
    )


def _example(version: dict[str, bytes]) -> str:
    rows = json.loads(version["golden.json"])["rows"]
    return json.dumps(rows[0] if rows else {}, indent=1, ensure_ascii=False)


def _pinned(found: Found, measured: dict[str, str]) -> dict[str, Any]:
    boosters = {"lightgbm": "lightgbm", "xgboost": "xgboost", "catboost": "catboost"}
    key = found.champion.fitted.key
    extra = [boosters[key]] if key in boosters else []
    extra += ["skops"] if key == "own_estimator" else []
    needed = pins.pins((*pins.NEEDED, *extra), measured)
    both = pins.pins((*pins.NEEDED, *extra, *pins.DEVELOPMENT), measured)
    return {
        "pins": needed,
        "dev_pins": tuple(pin for pin in both if pin not in needed),
        "mlflow_pins": tuple(pin for pin in pins.pins(pins.MLFLOW, measured) if pin not in needed),
    }


def _data(project: Project, with_data: bool) -> tuple[dict[str, bytes], str]:
    """Return the training table as a file, or why it is left out."""
    if not with_data:
        return {}, "it was left out on purpose"
    chosen = BY_KEY["data"].chosen(project)
    table = table_of(project)
    wanted = {*chosen.known, chosen.target, chosen.time, chosen.group, chosen.query}
    kept = table[[name for name in table.columns if name in wanted]]
    buffer = io.BytesIO()
    kept.to_parquet(buffer, index=False, compression="zstd")
    if buffer.tell() > MOST_DATA_BYTES:
        return {}, f"it is larger than {MOST_DATA_BYTES / 1e6:.0f} MB"
    files = {"data/table.parquet": buffer.getvalue()}
    if project.data.source == "case":
        files["data/DATASHEET.md"] = samples.case(project.data.key).datasheet().encode()
    return files, ""


def _documents(project: Project) -> dict[str, bytes]:
    return {
        f"docs/design_document.{to}": writer.write(project, to=to).encode() for to in ("md", "html")
    }
