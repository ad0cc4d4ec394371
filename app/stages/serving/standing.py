"""What every step of the fallback ladder costs, on rows that no fold had seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from app.lab.champion import Champion, known_rows
from app.lab.fallback import Refit, idle_cost, person_cost, refit, threshold_within
from app.lab.problem import Problem
from app.lab.recalibration import Calibrated
from app.lab.rungs import RUNGS
from app.lab.splits import Fold, folds
from app.stages.bench import Bench
from app.stages.serving.choices import Choices
from app.stages.serving.setting import Setting

MOST_ROWS = 50_000
MOST_FOLDS = 3


@dataclass(frozen=True)
class Standing:
    """Costs of single decisions, all on the same rows; in currency.

    Parameters
    ----------
    at : ndarray of int, shape (n,)
        Positions among the kept rows.
    costs : mapping of str to ndarray of float, shape (n,)
        By step, the full model first.
    idle : ndarray or None
        When nobody does anything.
    gone, filled, rule_gone : mapping of str to ndarray
        By dependency: the full model with its columns missing or filled, the rule with them
        missing.
    trouble : str
        Why there is no reduced model; empty when there is one, or none was asked for.
    thresholds : mapping of str to float
        By step that a model answers: where it begins to act, chosen on rows it had not seen; NaN
        where no threshold decides.
    """

    at: np.ndarray
    costs: Mapping[str, np.ndarray]
    idle: np.ndarray | None
    gone: Mapping[str, np.ndarray] = field(default_factory=dict)
    filled: Mapping[str, np.ndarray] = field(default_factory=dict)
    rule_gone: Mapping[str, np.ndarray] = field(default_factory=dict)
    trouble: str = ""
    thresholds: Mapping[str, float] = field(default_factory=dict)


def standing_of(choices: Choices, setting: Setting, bench: Bench) -> Standing:
    """Return what each step costs, fitting models again only where columns may be gone."""
    found = _refitted(choices, setting, bench) if setting.dependencies else None
    return found or _answered(choices, setting)


def _answered(choices: Choices, setting: Setting) -> Standing:
    """Take the out-of-fold answers of the ladder: nothing is fitted again."""
    keys = {"full": setting.chosen, "rule": setting.rule, "constant": "constant"}
    there = {step: setting.rungs[key] for step, key in keys.items() if key in setting.rungs}
    known = np.logical_and.reduce([known_rows(c.out_of_fold) for c in there.values()])
    at = np.flatnonzero(known)
    y = setting.problem.y[at]
    costs = {step: c.cost(y, c.out_of_fold[at], at) for step, c in there.items()}
    thresholds = {step: c.threshold for step, c in there.items()}
    in_use = _in_use(costs, choices, setting, at)
    return Standing(at, in_use, _idle(setting, at), thresholds=thresholds)


def _in_use(
    costs: dict[str, np.ndarray], choices: Choices, setting: Setting, at: np.ndarray
) -> dict[str, np.ndarray]:
    """Leave the steps that stand on the ladder, a person last."""
    kept = {step: cost for step, cost in costs.items() if step in ("full", *choices.steps)}
    if setting.chosen == "constant":
        kept.pop("constant", None)
    if "person" in choices.steps:
        champion, problem = setting.champion, setting.problem
        kept["person"] = person_cost(
            champion.costs,
            problem.y[at],
            choices.person_wrong,
            choices.person_fee,
            problem.queries_of(at),
            None if champion.stakes is None else champion.stakes[at],
        )
    return kept


def _idle(setting: Setting, at: np.ndarray) -> np.ndarray | None:
    champion = setting.champion
    stakes = None if champion.stakes is None else champion.stakes[at]
    return idle_cost(champion.costs, setting.problem.y[at], stakes)


def _refitted(choices: Choices, setting: Setting, bench: Bench) -> Standing | None:
    """Fit rung, reduced model and rule on the ladder's folds; None where they cannot be fitted."""
    parts = _folds(setting, bench)
    losses = {one.name: one.columns for one in setting.dependencies}
    fragile = setting.fragile if "reduced" in choices.steps else ()
    try:
        full = _refit(setting.chosen, setting, parts, bench, losses, fragile)
        rule = _refit(setting.rule, setting, parts, bench, losses) if setting.rule else None
        constant = _refit("constant", setting, parts, bench, {})
    except (ValueError, np.linalg.LinAlgError):
        return None
    at, champion = full.at, setting.champion
    y = setting.problem.y[at]
    costs = {"full": _cost(champion, y, full.whole, at)}
    thresholds = {"full": champion.threshold, "constant": setting.rungs["constant"].threshold}
    if full.reduced is not None:
        thresholds["reduced"] = _reduced_threshold(setting, full, y)
        own = replace(champion, threshold=thresholds["reduced"])
        costs["reduced"] = own.cost(y, full.reduced, at)
    if rule is not None:
        thresholds["rule"] = setting.rungs[setting.rule].threshold
        costs["rule"] = _cost(setting.rungs[setting.rule], y, rule.whole, at)
    costs["constant"] = _cost(setting.rungs["constant"], y, constant.whole, at)
    return Standing(
        at,
        _in_use(costs, choices, setting, at),
        _idle(setting, at),
        {name: _cost(champion, y, told, at) for name, told in full.blank.items()},
        {name: _cost(champion, y, told, at) for name, told in full.usual.items()},
        {
            name: _cost(setting.rungs[setting.rule], y, told, at)
            for name, told in (rule.blank if rule else {}).items()
        },
        full.trouble,
        thresholds,
    )


def _refit(
    key: str,
    setting: Setting,
    parts: tuple[Fold, ...],
    bench: Bench,
    losses: Mapping[str, tuple[str, ...]],
    fragile: tuple[str, ...] = (),
) -> Refit:
    return refit(
        RUNGS[key],
        setting.frame,
        setting.problem,
        parts,
        bench.seed,
        setting.options(),
        losses,
        fragile,
    )


def _cost(champion: Champion, y: np.ndarray, prediction: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the cost of refitted answers, through the map of probabilities where there is one."""
    predictor = champion.fitted.predictor
    if isinstance(predictor, Calibrated):
        prediction = predictor.mapped.apply(prediction)
    return champion.cost(y, prediction, at)


def _reduced_threshold(setting: Setting, full: Refit, y: np.ndarray) -> float:
    """Return the reduced model's own threshold, chosen on the rows its folds had not seen."""
    assert full.reduced is not None
    champion, at = setting.champion, full.at
    share = None
    if setting.framing.capacity_per_day > 0 and setting.baselines.threshold_by != "cost":
        # As many alarms as the full model raises: what people can take does not change.
        share = float(champion.acts(champion.out_of_fold[at]).mean())
    stakes = None if champion.stakes is None else champion.stakes[at]
    return threshold_within(champion.costs, y, full.reduced, share, stakes)


def _folds(setting: Setting, bench: Bench) -> tuple[Fold, ...]:
    """Draw the ladder's last folds anew: the same ones, unless there are very many rows."""
    problem, number = setting.problem, setting.baselines.repeats - 1
    split = problem.split
    if len(split.train) > MOST_ROWS:
        split = replace(split, train=_some(problem, bench.rng("serving rows")))
    last = 0 if split.kind == "time" else number
    drawn = folds(
        split,
        setting.baselines.folds,
        problem.times,
        problem.blocks if problem.block_name == "group" else problem.queries,
        problem.gap_days if split.kind == "time" else 0.0,
        bench.rng("folds" if last == 0 else f"folds {last}"),
    )
    return drawn[-MOST_FOLDS:]


def _some(problem: Problem, rng: np.random.Generator) -> np.ndarray:
    """Draw training rows; lists and groups stay whole."""
    train = problem.split.train
    units = np.arange(len(train))
    if problem.queries is not None:
        units = problem.queries[train]
    elif problem.block_name == "group":
        units = problem.blocks[train]
    names, codes = np.unique(units, return_inverse=True)
    order = rng.permutation(len(names))
    count = int(np.searchsorted(np.cumsum(np.bincount(codes)[order]), MOST_ROWS, side="right"))
    return np.asarray(train[np.isin(codes, order[: max(1, count)])])
