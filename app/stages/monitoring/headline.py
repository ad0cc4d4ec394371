"""The numbers that say most: what is noticed, how late, and what is lost until then."""

from __future__ import annotations

import numpy as np

from app.lab.proportion import wilson
from app.record.measure import Measure
from app.stages.bench import Bench
from app.stages.monitoring.striking import Strikes
from app.stages.part import Part
from app.stages.production.seen import Watch

DRAWS = 500


def headline(watch: Watch, strikes: Strikes, bench: Bench) -> Part:
    """Measure the catch over all incidents."""
    on = watch.normal.on
    step = watch.live.days.step
    hits = [late for o in strikes.harmful if (late := o.late(on)) is not None]
    harmless = [o for o in strikes.tried if o.incident.harmless]
    quiet = sum(o.said(on) in (None, "benign") for o in harmless)
    return Part(
        measures=(
            Measure.of(
                "incidents_caught",
                "Harmful incidents noticed",
                wilson(len(hits), len(strikes.harmful)),
                "share",
            ),
            Measure(
                key="median_days_late",
                label=f"{step.capitalize()}s until noticed (median)",
                value=float(np.median(hits)) if hits else None,
                low=float(min(hits)) if hits else None,
                high=float(max(hits)) if hits else None,
                level=1.0,
                unit=f"{step}s",
                n=len(hits),
                method="range over the incidents that are noticed",
            ),
            _lost(strikes, on, bench),
            Measure.of(
                "harmless_kept_quiet",
                "Harmless changes that page nobody",
                wilson(quiet, len(harmless)),
                "share",
                note="Graded as benign, or not noticed at all.",
            ),
            *_quiet(watch),
        ),
        words={
            "step": step,
            "onset": watch.live.days.names[strikes.onset],
            "strike_days": str(strikes.days),
        },
    )


def _lost(strikes: Strikes, on: frozenset[str], bench: Bench) -> Measure:
    """Add up what is lost before the alarm; incidents are drawn again for the interval."""
    lost = np.array([outcome.lost(on) for outcome in strikes.harmful] or [0.0])
    draws = bench.rng("lost").integers(0, len(lost), (DRAWS, len(lost)))
    low, high = np.quantile(lost[draws].sum(axis=1), [0.025, 0.975])
    return Measure(
        key="money_before_alarm",
        label="Lost before the alarm, over all incidents",
        value=float(lost.sum()),
        low=float(low),
        high=float(high),
        unit="currency",
        n=len(strikes.harmful),
        method="bootstrap of the incidents, each struck once",
    )


def _quiet(watch: Watch) -> list[Measure]:
    """Say on how few quiet days limits rest, for the monitors that are on."""
    step = watch.live.days.step
    days = [watch.normal.quiet_days.get(key, 0) for key in watch.normal.on]
    return [
        Measure(
            key="quiet_days_least",
            label=f"Quiet {step}s behind the limits, at least",
            value=min(days, default=0),
            unit=f"{step}s",
            n=len(days),
            note="Fewer than 20 set no limit; n counts the monitors that are on.",
        )
    ]
