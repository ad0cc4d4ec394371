"""Runs, origin, contract, and the same fit once more."""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.project import Project
from app.stages.bench import Bench
from app.stages.part import joined
from app.stages.reproducibility.again import again
from app.stages.reproducibility.agreed import agreed
from app.stages.reproducibility.choices import Choices
from app.stages.reproducibility.origin import origin
from app.stages.reproducibility.runs import runs
from app.stages.reproducibility.scene import scene_of


def measure(choices: Choices, project: Project, bench: Bench) -> Evidence:
    """Write down where the rung that goes on comes from, and make it again."""
    bench.progress(0.02, "Looking up what was kept")
    scene = scene_of(project, bench)
    repeated = again(scene, choices.refits, bench)
    bench.progress(0.8, "Checking rows under the contract")
    contract = agreed(choices, scene, bench)
    bench.progress(0.95, "Writing down the version")
    return joined("reproducibility", (repeated, contract, runs(scene), origin(scene)))
