"""How answers are given, how fast, for how much, and what it costs when they are not."""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.project import Project
from app.record.table import Column, Table
from app.stages.bench import Bench
from app.stages.part import Part, joined
from app.stages.rung_titles import RUNGS
from app.stages.serving.budget import budget
from app.stages.serving.catalogue import MODES, NOTICED
from app.stages.serving.choices import Choices
from app.stages.serving.dependencies import dependencies
from app.stages.serving.ladder import ladder, ladder_of
from app.stages.serving.load import load, plan_of
from app.stages.serving.outages import outages
from app.stages.serving.recommendation import Advice, advise
from app.stages.serving.setting import Setting, setting_of
from app.stages.serving.slices import slices
from app.stages.serving.speed import speed, time_rungs
from app.stages.serving.standing import standing_of


def measure(choices: Choices, project: Project, bench: Bench) -> Evidence:
    """Time the served rung, count its load and cost, and walk down the fallback ladder."""
    setting = setting_of(choices, project, bench)
    read = tuple(one for one in setting.dependencies if setting.reads(setting.chosen, one))
    advice = advise(choices, setting.framing, setting.data, read)
    mode = advice.key if choices.mode == "auto" else choices.mode
    bench.progress(0.05, "Timing single answers and batches")
    timed = time_rungs(choices, setting, project, bench)
    served = timed[setting.chosen]
    bench.progress(0.4, "Walking down the fallback ladder")
    standing = standing_of(choices, setting, bench)
    bench.progress(0.9, "Counting outages")
    steps = ladder_of(standing, setting, bench)
    return joined(
        "serving",
        (
            _way(mode, advice, setting),
            speed(setting, timed),
            budget(choices, setting, served),
            load(plan_of(mode, choices, setting, served), setting, project),
            ladder(choices, setting, standing, steps),
            outages(choices, setting, steps),
            dependencies(choices, setting, standing, bench),
            slices(setting, standing, bench),
        ),
    )


def _way(mode: str, advice: Advice, setting: Setting) -> Part:
    return Part(
        tables=(
            Table(
                key="ways",
                title="Ways to serve, weighed",
                columns=(
                    Column(key="way", label="Way", kind="text"),
                    Column(key="fits", label="Fits", kind="flag"),
                    Column(key="why", label="Why", kind="text"),
                    Column(key="noticed", label="What the user notices", kind="text"),
                ),
                rows=tuple((MODES[w.key], w.fits, w.why, NOTICED[w.key]) for w in advice.ways),
            ),
        ),
        words={
            "mode": mode,
            "advised": advice.key,
            "advice": advice.why,
            "way": f"{MODES[mode]}. {NOTICED[mode]}",
            "served": RUNGS[setting.chosen],
            "simplest": RUNGS[setting.simplest],
        },
    )
