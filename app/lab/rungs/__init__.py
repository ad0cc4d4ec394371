"""The rungs of the ladder, from doing nothing upwards."""

from collections.abc import Mapping

from app.lab.rungs import (
    boosting,
    constant,
    group_means,
    linear,
    one_rule,
    own_estimator,
    packages,
    past_value,
    shallow_tree,
    user_rule,
)
from app.lab.rungs.rung import Fitted, RungKind, Training, fit_rung, training_on

RUNGS: Mapping[str, RungKind] = {
    kind.key: kind
    for kind in (
        constant.KIND,
        user_rule.KIND,
        one_rule.KIND,
        group_means.KIND,
        *past_value.KINDS,
        linear.KIND,
        shallow_tree.KIND,
        boosting.KIND,
        *packages.KINDS,
        own_estimator.KIND,
    )
}

__all__ = ["RUNGS", "Fitted", "RungKind", "Training", "fit_rung", "training_on"]
