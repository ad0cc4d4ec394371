"""How good the order of each list is: the worst lists, what stood above the answer, rule or model."""

from __future__ import annotations

import numpy as np

from app.lab.clustered import weighted
from app.lab.estimate import Estimate
from app.lab.list_quality import Lists, compare_lists, lists_of
from app.record.chart import Axis, Chart, Role, Series
from app.record.measure import Measure
from app.record.number import readable
from app.stages.bench import Bench
from app.stages.errors.choices import Choices
from app.stages.errors.list_tables import worst_lists
from app.stages.errors.scene import Scene
from app.stages.part import Part
from app.stages.rung_titles import RUNGS

STEPS = 10
BANDS = ((1, 2), (3, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, 10**9))


def lists(scene: Scene, choices: Choices, bench: Bench) -> Part:
    """Look at the order of every list."""
    if scene.queries is None or not len(scene.y):
        return Part()
    found = _lists_of(scene, scene.prediction)
    if not found.answered.any():
        return Part(
            words={"lists": "No list holds a good item, so no order is better than another."}
        )
    against, told = _against(scene, found)
    return Part(
        measures=(*_measures(found, scene), *against.measures),
        tables=(worst_lists(scene, found, bench),),
        charts=(_spread_chart(found), *_size_chart(found), *against.charts),
        words={"lists": told},
    )


def _lists_of(scene: Scene, prediction: np.ndarray) -> Lists:
    queries = scene.queries
    assert queries is not None
    problem = scene.problem
    return lists_of(scene.y, prediction, queries, scene.blocks, problem.top, problem.relevant_from)


def _share(found: Lists, values: np.ndarray, rows: np.ndarray, share: bool = True) -> Estimate:
    ones = np.ones(len(values))
    return weighted(values, ones, rows, found.codes, share).estimate()


def _measures(found: Lists, scene: Scene) -> list[Measure]:
    everyone = np.ones(found.count, dtype=bool)
    top = scene.problem.top
    return [
        Measure.of(
            "list_quality",
            "nDCG@10 of a list that holds a good item, mean",
            _share(found, np.nan_to_num(found.ndcg), found.answered, share=False),
        ),
        Measure.of(
            "lists_with_answer",
            "Lists that hold a good item at all (what retrieval found)",
            _share(found, found.answered.astype(float), everyone),
            "share",
            note="The best order cannot help the others: there the search before it has failed.",
        ),
        Measure.of(
            "lists_served",
            f"Lists with a good item among the first {top}, of those that hold one",
            _share(found, found.served, found.answered),
            "share",
        ),
    ]


def _spread_chart(found: Lists) -> Chart:
    values = found.ndcg[found.answered]
    counts = np.histogram(values, np.linspace(0, 1, STEPS + 1))[0]
    names = [f"{i / STEPS:.1f} to {(i + 1) / STEPS:.1f}" for i in range(STEPS)]
    perfect, nothing = float(np.mean(values >= 1 - 1e-9)), float(np.mean(values <= 1e-9))
    return Chart(
        key="list_quality",
        title="How good is the order of each list?",
        says=f"{perfect:.0%} of {len(values):,} lists are in the best order, {nothing:.0%} have no "
        "good item among the first ten. Lists without any good item are left out.",
        x=Axis(label="nDCG@10", kind="category", order=tuple(names)),
        y=Axis(label="Lists"),
        series=(Series(name="Lists", mark="bar", x=names, y=[float(c) for c in counts]),),
    )


def _size_chart(found: Lists) -> list[Chart]:
    shown = []
    for low, high in BANDS:
        rows = found.answered & (found.size >= low) & (found.size <= high)
        told = _share(found, np.nan_to_num(found.ndcg), rows, share=False)
        if told.low is not None:
            name = f"{low} to {high}" if high < BANDS[-1][1] else f"{low} and more"
            shown.append((name, told))
    if len(shown) < 2:
        return []
    return [
        Chart(
            key="list_size",
            title="Is it worse on long lists?",
            says="Longer lists have more places to be wrong. Sizes with fewer than 30 lists are left "
            "out.",
            x=Axis(label="Items in the list", kind="category", order=tuple(n for n, _ in shown)),
            y=Axis(label="nDCG@10, mean"),
            series=(
                Series(
                    name="nDCG@10",
                    mark="point",
                    x=[name for name, _ in shown],
                    y=[e.value for _, e in shown],
                    low=[e.low for _, e in shown],
                    high=[e.high for _, e in shown],
                    text=[f"{e.n:,} lists" for _, e in shown],
                ),
            ),
        )
    ]


def _other(scene: Scene) -> str:
    """Return the rung to compare with: the way without a model, or what would replace it."""
    if scene.key != scene.reference and scene.reference in scene.rungs:
        return scene.reference
    others = [key for key in reversed(list(scene.rungs)) if key not in (scene.key, "constant")]
    return others[0] if others else ""


def _against(scene: Scene, found: Lists) -> tuple[Part, str]:
    key = _other(scene)
    if not key:
        return Part(), "There is no other rung to compare lists with."
    prediction, _ = scene.answered(key)
    if not np.isfinite(prediction).all():
        known = np.isfinite(prediction)
        return Part(), f"{RUNGS[key]} did not answer {int((~known).sum()):,} of these rows."
    other = _lists_of(scene, prediction)
    shares = compare_lists(found, other)
    mine, theirs = RUNGS[scene.key], RUNGS[key]
    better, same, worse = shares.better, shares.same, shares.worse
    words = (
        f"“{mine}” orders {better.value:.0%} of the lists better than “{theirs}”, {worse.value:.0%} worse "
        f"(n = {better.n:,}); on average nDCG differs by {readable(shares.gain.value)}."
    )
    names = (f"“{mine}” is better", "No difference", f"“{theirs}” is better")
    roles: tuple[Role, Role, Role] = ("good", "muted", "stop")
    chart = Chart(
        key="lists_against",
        title=f"List by list: “{mine}” or “{theirs}”?",
        says=words,
        x=Axis(label="Share of the lists", kind="share"),
        y=Axis(label="", kind="category", order=names),
        series=tuple(
            Series(
                name="",
                mark="bar",
                x=[e.value],
                y=[name],
                low=[e.low],
                high=[e.high],
                role=role,
            )
            for name, e, role in zip(names, (better, same, worse), roles, strict=True)
        ),
        horizontal=True,
    )
    gain = Measure.of(
        "list_gain", f"nDCG@10 of a list, minus that of “{theirs}”, mean", shares.gain
    )
    lost = Measure.of("lists_lost", f"Lists that “{theirs}” orders better", worse, "share")
    return Part(measures=(gain, lost), charts=(chart,)), words
