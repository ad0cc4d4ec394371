"""The rungs of the ladder, from doing nothing upwards."""

from collections.abc import Mapping

from app.lab.rungs import boosting, constant, linear, one_rule, shallow_tree, user_rule
from app.lab.rungs.rung import Fitted, RungKind, Training

RUNGS: Mapping[str, RungKind] = {
    kind.key: kind
    for kind in (
        constant.KIND,
        user_rule.KIND,
        one_rule.KIND,
        linear.KIND,
        shallow_tree.KIND,
        boosting.KIND,
    )
}

__all__ = ["RUNGS", "Fitted", "RungKind", "Training"]
