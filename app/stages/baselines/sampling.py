"""A part of the training rows, where there are more than are needed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.lab.problem import Problem


def sampled(problem: Problem, most: int, rng: np.random.Generator) -> tuple[Problem, str]:
    """Return the problem with at most some training rows, and words on what was left out.

    Lists and groups stay whole; test rows and those that play production stay as they are.
    """
    train = problem.split.train
    if len(train) <= most:
        return problem, ""
    units = np.arange(len(train))
    if problem.queries is not None:
        units = problem.queries[train]
    elif problem.block_name == "group":
        units = problem.blocks[train]
    names, codes = np.unique(units, return_inverse=True)
    order = rng.permutation(len(names))
    sizes = np.bincount(codes)[order]
    count = max(1, int(np.searchsorted(np.cumsum(sizes), most, side="right")))
    kept = train[np.isin(codes, order[:count])]
    words = (
        f"Compared on {len(kept):,} of {len(train):,} training rows, drawn at random; intervals over "
        "the folds are those of the rows drawn. What goes to the test is fitted on all of them."
    )
    return replace(problem, split=replace(problem.split, train=kept)), words
