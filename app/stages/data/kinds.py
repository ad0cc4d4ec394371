"""What there is to count in several classes and in lists."""

from __future__ import annotations

import numpy as np

from app.lab.problem import Problem
from app.lab.proportion import wilson
from app.record.measure import Measure


def class_sizes(problem: Problem) -> list[Measure]:
    """Count the classes, and the later rows of one that training never saw."""
    split, y = problem.split, problem.y.astype(int)
    k = len(problem.classes)
    seen = np.bincount(y[split.train], minlength=k)
    top = int(seen.argmax())
    later = np.concatenate([split.test, split.later])
    unseen = wilson(float((seen[y[later]] == 0).sum()), len(later))
    share = wilson(float(seen[top]), len(split.train))
    return [
        Measure(key="classes", label="Classes", value=k, unit="", n=len(y)),
        Measure.of(
            "largest_class", f"Share of {problem.classes[top]}, the most frequent", share, "share"
        ),
        Measure(
            key="smallest_class",
            label="Training rows of the rarest class",
            value=int(seen[seen > 0].min()),
            unit="rows",
            n=len(split.train),
        ),
        Measure.of(
            "unseen_classes", "Rows after training of a class never seen in it", unseen, "share"
        ),
    ]


def list_sizes(problem: Problem) -> list[Measure]:
    """Count the lists, their items, and those with a good one."""
    assert problem.queries is not None
    good = problem.y >= problem.relevant_from
    codes = np.unique(problem.queries, return_inverse=True)[1]
    sizes = np.bincount(codes)
    any_good = np.bincount(codes, weights=good) > 0
    return [
        Measure(key="lists", label="Lists", value=len(sizes), unit="lists", n=len(good)),
        Measure(
            key="list_size",
            label="Items of a list (median)",
            value=float(np.median(sizes)),
            low=float(np.quantile(sizes, 0.1)),
            high=float(np.quantile(sizes, 0.9)),
            level=0.8,
            unit="items",
            n=len(sizes),
            method="middle 80 % of the lists, not an uncertainty",
        ),
        Measure.of("good_share", "Good items", wilson(float(good.sum()), len(good)), "share"),
        Measure.of(
            "lists_with_good",
            "Lists with a good item at all",
            wilson(float(any_good.sum()), len(sizes)),
            "share",
        ),
    ]
