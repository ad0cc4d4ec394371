"""Pictures of the played tests."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import special

from app.lab.ab_trial import Concluded
from app.lab.proportion import wilson
from app.record.chart import Axis, Chart, Guide, Role, Series


def trial_charts(
    ways: Mapping[str, str],
    real: Mapping[str, Concluded],
    equal: Mapping[str, Concluded],
    saving: float,
    tests: int,
    alpha: float,
) -> tuple[Chart, Chart]:
    """Draw how often each way of looking is fooled, and what it concludes of the real model."""
    names = list(ways.values())
    false = [wilson(int((equal[way].sign != 0).sum()), tests) for way in ways]
    peeking = false[list(ways).index("peek")]
    return (
        Chart(
            key="peeking",
            title="How often would looking fool you?",
            says=f"Both arms are today’s way: any difference found is false. Looking every day at "
            f"a test made for one look finds one in {100 * peeking.value:.0f} % of the tests "
            f"instead of {100 * alpha:.3g} %.",
            x=Axis(label="Equal arms called different", kind="share"),
            y=Axis(label="", kind="category", order=tuple(names)),
            series=(
                Series(
                    name="Fooled",
                    mark="bar",
                    x=[e.value for e in false],
                    y=names,
                    low=[e.low for e in false],
                    high=[e.high for e in false],
                    role="stop",
                ),
            ),
            guides=(Guide(axis="x", at=alpha, label="promised"),),
            horizontal=True,
        ),
        _conclusions(names, [real[way] for way in ways], saving, tests),
    )


def _conclusions(names: list[str], found: list[Concluded], saving: float, tests: int) -> Chart:
    truth = int(np.sign(saving)) or 1
    parts: tuple[tuple[str, int, Role], ...] = (
        ("Right", truth, "good"),
        ("Nothing shown", 0, "muted"),
        ("Wrong way round", -truth, "stop"),
    )
    shares = {
        sign: [float((one.sign == sign).sum()) / tests for one in found] for _, sign, _ in parts
    }
    better = "saves" if saving > 0 else "costs more"
    right = shares[truth]
    return Chart(
        key="conclusions",
        title="What would the test have concluded?",
        says=f"On the held-out rows the model really {better}. The ways of looking find it in "
        f"{100 * min(right):.0f} to {100 * max(right):.0f} % of the tests.",
        x=Axis(label="Share of the played tests", kind="share"),
        y=Axis(label="", kind="category", order=tuple(names)),
        series=tuple(
            Series(name=name, mark="bar", x=shares[sign], y=names, role=role)
            for name, sign, role in parts
        ),
        horizontal=True,
    )


def length_chart(
    ways: Mapping[str, str], real: Mapping[str, Concluded], step: float, days: float
) -> Chart:
    """Draw how long the test lasts under each way of looking."""
    names = list(ways.values())
    ends = [step * (real[way].stopped + 1) for way in ways]
    saved = days - float(ends[list(ways).index("obrien_fleming")].mean())
    return Chart(
        key="length",
        title="How long would the test last?",
        says=f"Mean over the played tests, nine in ten within the whiskers. Planned looks save "
        f"{saved:.2g} of {days:.3g} days on average; peeking saves most, and is wrong most.",
        x=Axis(label="Days of the test until it ends", unit="days"),
        y=Axis(label="", kind="category", order=tuple(names)),
        series=(
            Series(
                name="Length",
                mark="bar",
                x=[float(e.mean()) for e in ends],
                y=names,
                low=[min(float(np.quantile(e, 0.05)), float(e.mean())) for e in ends],
                high=[max(float(np.quantile(e, 0.95)), float(e.mean())) for e in ends],
            ),
        ),
        horizontal=True,
    )


def example_chart(
    at: np.ndarray,
    saving: np.ndarray,
    wide: np.ndarray,
    error: np.ndarray,
    alpha: float,
    truth: float,
    stop: float | None,
    currency: str,
    noun: str,
) -> Chart:
    """Draw one test as it would have looked day by day."""
    z = -float(special.ndtri(alpha / 2))
    with np.errstate(invalid="ignore"):
        significant = np.abs(saving) > z * error
    false_alarms = int((significant & (np.sign(saving) != np.sign(truth))).sum())
    days = int(significant.sum())
    ends = f"ends it on day {stop:.3g}" if stop is not None else "concludes nothing"
    guides = [
        Guide(axis="y", at=0.0, label="no difference"),
        Guide(axis="y", at=truth, role="good"),
    ]
    if stop is not None:
        guides.append(Guide(axis="x", at=stop, label="stops", role="second"))
    return Chart(
        key="example",
        title="One test, day by day",
        says=f"The wide band may be looked at every day and {ends}; the narrow one, made for one "
        f"look, excludes zero on {days} of {len(at)} looks"
        f"{f', {false_alarms} of them on the wrong side' if false_alarms else ''}. The green line is "
        "the truth.",
        x=Axis(label="Day of the test"),
        y=Axis(label=f"Saving per 1,000 {noun}", unit=currency),
        series=(
            Series(
                name="Always valid",
                mark="line",
                x=at,
                y=saving,
                low=saving - wide,
                high=saving + wide,
                role="muted",
            ),
            Series(
                name="Made for one look",
                mark="line",
                x=at,
                y=saving,
                low=saving - z * error,
                high=saving + z * error,
            ),
        ),
        guides=tuple(guides),
    )
