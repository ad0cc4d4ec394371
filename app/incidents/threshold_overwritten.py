"""A setting is overwritten: the answers are the same, what is done with them is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.incidents.distortion import by_model
from app.incidents.incident import Check, Context, Decoy, Incident, Seen, Strength, Trace
from app.incidents.signs import enough, unlike_recomputed, waits_long
from app.incidents.verdict import score_of

if TYPE_CHECKING:
    from app.lab.world import Answers, World

# Where there is no threshold: the share of answers above the cap in a usual incident.
CAPPED = 0.4


def strike(
    world: World, answers: Answers, strength: Strength, context: Context
) -> tuple[World, Answers]:
    """Decide by another threshold; where none decides, cap the answers."""
    hit = by_model(answers, context.struck(strength))
    score = score_of(answers.prediction)
    if not context.has_threshold:
        cap = float(np.nanquantile(score, 1 - min(0.95, 2 * CAPPED * context.severity)))
        capped = np.where(hit, np.minimum(answers.prediction, cap), answers.prediction)
        return world, answers.but(prediction=capped)
    cut = _other_threshold(score, float(np.nanmean(answers.acted)), context.severity)
    acted = np.where(hit, (score >= cut).astype(float), answers.acted)
    return world, answers.but(acted=acted)


def _other_threshold(score: np.ndarray, share: float, severity: float) -> float:
    """Return the threshold by which twice as many (or half as many) are acted upon."""
    times = 1.0 + 2.0 * severity
    wanted = share / times if share > 0.5 else min(0.95, max(0.05, share) * times)
    return float(np.nanquantile(score, 1.0 - wanted))


def decided_otherwise(quiet: Seen, struck: Seen) -> bool:
    """Say whether the same answers lead to other decisions, or pile up at one cap."""
    now, usual, origin = struck.answers, quiet.answers, struck.world.origin
    if waits_long(quiet, struck):
        return False
    unlike = unlike_recomputed(struck)
    if enough(struck, unlike):
        if now.prediction.ndim == 2:
            return False
        cap = now.prediction[unlike]
        return bool(np.ptp(cap) == 0 and (now.recomputed[unlike] > cap).all())
    same = np.isclose(score_of(now.prediction), score_of(usual.prediction)[origin], rtol=1e-9)
    other = struck.after & same & (now.rung == 0) & (now.acted != usual.acted[origin])
    other &= np.isfinite(now.acted) & np.isfinite(usual.acted[origin])
    score = score_of(now.prediction)
    return enough(struck, other) and _is_a_cut(score[other], now.acted[other])


def _is_a_cut(score: np.ndarray, acted: np.ndarray) -> bool:
    """Say whether all of these changed in the same direction, as under another threshold."""
    return bool(len(score) and np.ptp(acted) == 0)


def _nothing_set(world: World, context: Context) -> str:
    if context.form == "multiclass" and not context.has_threshold:
        return "there is no threshold and no number that a setting could cap"
    return ""


INCIDENT = Incident(
    key="threshold_overwritten",
    title="A setting is overwritten",
    group="service",
    symptom="Decisions double (or pile up at one value) from one hour to the next; the scores are "
    "the same.",
    cause="The settings of a test environment were copied over those of production.",
    remedy="Restore the recorded settings; keep them under version control and compare every hour.",
    mends={
        "restore_config": "ends",
        "change_threshold": "contains",
        "fall_back": "contains",
        "retrain": "nothing",
    },
    wrong_move="retrain",
    strike_answers=strike,
    why_not=_nothing_set,
    check=Check(
        "config_diff",
        "What is set is not what the record says: the same score leads to another decision than "
        "last week.",
        decided_otherwise,
    ),
    traces=(
        Trace("log", "settings: 14 keys read, 1 changed", 15),
        Trace("rumour", "Someone copied the settings of the test environment last night.", 1030),
    ),
    decoys=(
        Decoy(
            "prior_shift",
            Trace("calendar", "The campaign starts on {day}; more cases are expected.", 480),
        ),
        Decoy(
            "biased_harm",
            Trace("complaint", "Why is it always the cases with {group}?", 700, 1),
        ),
        Decoy(
            "library_skew",
            Trace("release", "Service build 222: small security update.", 550, -1),
        ),
    ),
)
