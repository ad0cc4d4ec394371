"""Rules about the ladder of baselines and the bar."""

from __future__ import annotations

from app.record.digest import digest
from app.record.number import readable
from app.record.stage import digest_of
from app.review.rule import Hit, Place, Rule
from app.review.view import View
from app.stages.road import BY_KEY

SIMPLE = (
    "constant",
    "one_rule",
    "group_means",
    "last_value",
    "seasonal_naive",
    "moving_mean",
)
MODELS = ("linear", "shallow_tree", "boosting", "lightgbm", "xgboost", "catboost", "own_estimator")


def simple_rungs(view: View) -> list[str]:
    """Return the rungs below any model, the person's own rule among them when it is written."""
    chosen = view.choices("baselines")
    found = [rung for rung in SIMPLE if rung in chosen.rungs]
    if chosen.rule.strip() and "user_rule" in chosen.rungs:
        found.append("user_rule")
    if view.task != "forecasting":
        past = ("last_value", "seasonal_naive", "moving_mean")
        found = [rung for rung in found if rung not in past]
    return found


def _no_baseline(view: View) -> tuple[Hit, ...]:
    found = simple_rungs(view)
    if not found:
        return (Hit("No rung stands below the models.", Place("baselines", "rungs"), "veto"),)
    if len(found) == 1:
        words = f"Only “{found[0].replace('_', ' ')}” stands below the models."
        return (Hit(words, Place("baselines", "rungs"), "major"),)
    return ()


def _model_goes_on(view: View) -> bool:
    return view.word("baselines.chosen") in MODELS


def _no_gain(view: View) -> tuple[Hit, ...]:
    gain = view.measure("baselines.chosen_test_gain")
    saving = view.measure("baselines.saving_per_1000")
    if not _model_goes_on(view):
        return ()
    against = view.word("baselines.reference_title") or "the simpler rung"
    for found, words in ((saving, "saving per 1,000"), (gain, "gain on the test")):
        if (
            found
            and found.low is not None
            and found.high is not None
            and found.low <= 0 <= found.high
        ):
            return (
                Hit(
                    f"{words.capitalize()} against “{against}”: {readable(found.value)} "
                    f"(interval {readable(found.low)} to {readable(found.high)})."
                ),
            )
    return ()


def _worse(view: View) -> tuple[Hit, ...]:
    saving = view.measure("baselines.saving_per_1000")
    if not _model_goes_on(view) or saving is None or saving.value is None or saving.value >= 0:
        return ()
    against = view.word("baselines.reference_title") or "the simpler rung"
    return (Hit(f"“{against}” is cheaper by {readable(-saving.value)} per 1,000 on the test."),)


def _bar_after(view: View) -> tuple[Hit, ...]:
    if view.choices("framing").bar <= 0:
        return (Hit("The results are there, and there is no bar."),)
    # Had the test been opened from the same answers without a bar, its digest would be this one.
    framing = {k: v for k, v in view.project.answers.get("framing", {}).items() if k != "bar"}
    without = view.project.model_copy(
        update={"answers": {**view.project.answers, "framing": framing}}
    )
    rung = digest_of(without, "baselines", BY_KEY)
    seen = [look for look in view.project.looks if look.digest == digest([look.stage, rung])]
    evidence = view.evidence("baselines")
    if seen:
        return (Hit(f"The test was opened on {seen[0].at[:10]}, when there was no bar yet."),)
    if evidence is not None and evidence.digest == rung:
        return (Hit("The ladder was measured when there was no bar yet."),)
    return ()


RULES = (
    Rule(
        key="L22",
        title="Too few baselines",
        section="S16",
        severity="veto",
        dimension="baselines",
        question="What would somebody do tomorrow who had an hour and no model?",
        why="A model that beats nothing has shown nothing.",
        fix="Put today's rule, a constant and one simple rung on the ladder.",
        place=Place("baselines", "rule"),
        found=_no_baseline,
    ),
    Rule(
        key="L23",
        title="The gain may be none",
        section="S18",
        severity="major",
        dimension="baselines",
        question="If you measured again next month, could the simpler rung win?",
        why="Where the interval holds zero, the model may cost its upkeep and bring nothing.",
        fix="Ship the simpler rung, or collect test rows until the interval leaves zero.",
        place=Place("baselines", "chosen"),
        found=_no_gain,
        needs=("baselines",),
    ),
    Rule(
        key="L24",
        title="A baseline is better",
        section="S18",
        severity="major",
        dimension="baselines",
        question="What does the model do that is worth being dearer than the way without it?",
        why="Complexity that loses is paid twice.",
        fix="Let the cheaper rung go on, and say so.",
        place=Place("baselines", "chosen"),
        found=_worse,
        needs=("baselines",),
    ),
    Rule(
        key="L25",
        title="The bar came after the results",
        section="S5",
        severity="major",
        dimension="baselines",
        question="What would you have called a failure before you saw the number?",
        why="A bar set after the results is a description of them.",
        fix="Set the bar before the ladder is measured; a new test period makes it honest again.",
        place=Place("framing", "bar"),
        found=_bar_after,
        needs=("baselines",),
        not_yet="Answers carry no date: judged by whether the test was opened from the same answers "
        "without a bar.",
    ),
)
