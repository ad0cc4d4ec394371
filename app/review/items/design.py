"""Rows R1 to R3: framing, data and labels, model and evaluation."""

from __future__ import annotations

from app.review.item import HALF, Check, Fired, Item, Outcome, aside, clear, shown
from app.review.rule import Place
from app.review.stopwords import NUMBER_WORDS
from app.review.view import View
from app.review.wording import DIGIT

NUMBER = ("regression", "forecasting", "ranking")
COMPARED = {"fewer", "more", "less", "closer", "halve", "double", "no", "every", "within"}
MUCH_FLAGGED = 0.2
REVIEW = Place("review")


def said(*places: str) -> Check:
    """Return a check that questions were answered."""

    def check(view: View, fired: Fired) -> Outcome:
        lacking = [place for place in places if not view.given(place)]
        if not lacking:
            return Outcome(1.0, "Answered.")
        stage, _, key = lacking[0].partition(".")
        words = f"Not answered: {view.choices(stage).question(key).label}"
        return Outcome(HALF if len(lacking) < len(places) else 0.0, words)

    return check


def _measurable(view: View, fired: Fired) -> Outcome:
    goals = view.said("framing.goals")
    if not goals:
        return Outcome(0.0, "No goal is written down.")
    words = set(goals.casefold().replace(",", " ").split())
    if DIGIT.search(goals) or words & (NUMBER_WORDS | COMPARED):
        return Outcome(1.0, "Goals say more or less of what.")
    return Outcome(HALF, "The goals hold no number and no comparison.")


def _bar(view: View, fired: Fired) -> Outcome:
    bar, kill = view.choices("framing").bar > 0, bool(view.said("framing.kill"))
    words = "A bar and a point to stop." if bar and kill else "A bar or a point to stop is missing."
    return Outcome((bar + kill) / 2, words)


def _value(view: View, fired: Fired) -> Outcome:
    saving = view.measure("baselines.saving_per_1000")
    if saving is None or saving.low is None:
        return Outcome(0.0, "No saving with a range is measured.")
    yearly = view.choices("framing").decisions_per_year > 0
    words = "A saving with its range" + (
        ", a year too." if yearly else ", not a year: how many decisions?"
    )
    return Outcome(1.0 if yearly else HALF, words)


def _pinned(view: View, fired: Fired) -> Outcome:
    evidence = view.evidence("data")
    same = evidence is not None and evidence.data_hash == view.project.data.content_hash
    return Outcome(float(same), "The content hash of the table is recorded with every number.")


def _contract(view: View, fired: Fired) -> Outcome:
    refused = view.finding("reproducibility.test_refused")
    if refused is None:
        return Outcome(
            HALF, "A contract is derived; whether the test rows keep it is not known today."
        )
    return Outcome(1.0 if refused.level == "good" else HALF, refused.title + ".")


def _useful_columns(view: View, fired: Fired) -> Outcome:
    idle = [str(r["column"]) for r in view.rows("errors.importance") if not r["size"]]
    twins = view.finding("data.twin_columns")
    if idle or twins is not None:
        words = (
            f"Unused: {', '.join(idle[:4])}." if idle else "Some columns say the same thing twice."
        )
        return Outcome(HALF, words)
    return Outcome(1.0, "Every column is used, and none says what another says.")


def _represents(view: View, fired: Fired) -> Outcome:
    share = view.value("reproducibility.test_flagged") or 0.0
    few = share <= MUCH_FLAGGED
    words = "Most test rows lie within" if few else "Many test rows lie outside of"
    return Outcome(1.0 if few else HALF, f"{words} what the training rows held.")


def _large_enough(view: View, fired: Fired) -> Outcome:
    saving, bar = view.measure("baselines.saving_per_1000"), view.choices("framing").bar
    if saving is None or saving.low is None or saving.high is None:
        return Outcome(0.0, "No interval of the saving is measured.")
    sharp = bar > 0 and (saving.high - saving.low) / 2 <= bar
    words = "narrower" if sharp else "wider"
    return Outcome(1.0 if sharp else HALF, f"The interval of the saving is {words} than the bar.")


def _lineage(view: View, fired: Fired) -> Outcome:
    registered = view.choices("reproducibility").registered is not None
    words = "From source to artefact" + (
        ", into the registry." if registered else "; not registered yet."
    )
    return Outcome(1.0 if registered else HALF, words)


def _two_runs(view: View, fired: Fired) -> Outcome:
    runs = [r for r in view.rows("reproducibility.runs") if r["state"] == "finished"]
    return Outcome(float(len(runs) >= 2), f"{len(runs)} finished runs are recorded.")


def _calibrated(view: View, fired: Fired) -> Outcome:
    if view.task in NUMBER:
        return aside("No probability is used for this kind of prediction.")
    return clear("L12", needs=("errors",))(view, fired)


def _groups(view: View, fired: Fired) -> Outcome:
    if not view.choices("errors").sensitive:
        return Outcome(0.0, "No column is marked over which people must be treated alike.")
    return Outcome(
        float(bool(view.rows("errors.fairness_gaps"))), "Gaps between groups are measured."
    )


def _taxonomy(view: View, fired: Fired) -> Outcome:
    coded = any(note.cause for note in view.choices("errors").notes)
    decided = bool(view.choices("errors").actions or view.said("errors.next_step"))
    return Outcome((coded + decided) / 2, "Causes with counts, and what follows.")


def _justified(view: View, fired: Fired) -> Outcome:
    chosen = view.choices("baselines")
    if chosen.chosen == "auto" or chosen.reason.strip():
        return Outcome(1.0, "The simplest rung as good as the best, or a reason for another.")
    return Outcome(0.0, "A rung was chosen by hand without a reason.")


R1 = (
    Item(
        "R1.1",
        "Decision, user, action set and decision owner named",
        "C",
        "auto",
        1,
        Place("framing", "decision"),
        clear("L01", also=said("framing.decision", "framing.actions", "framing.who")),
    ),
    Item(
        "R1.2",
        "Way without machine learning tried or rejected with a number",
        "C",
        "auto",
        1,
        Place("framing", "non_ml"),
        clear("L22", needs=("baselines",), also=said("framing.non_ml", "baselines.rule")),
    ),
    Item(
        "R1.3",
        "Cost of each mistake, and of late, missing or biased answers",
        "C",
        "auto",
        1,
        Place("framing", "other_harm"),
        clear("L03", also=said("framing.other_harm")),
    ),
    Item(
        "R1.4",
        "Goals and anti-goals measurable",
        "C",
        "auto",
        1,
        Place("framing", "goals"),
        clear("L04", "L06", also=_measurable),
    ),
    Item(
        "R1.5",
        "Good-enough bar and point to stop set before the results",
        "C",
        "auto",
        1,
        Place("framing", "bar"),
        clear("L25", also=_bar),
    ),
    Item(
        "R1.6",
        "Value estimated with a range",
        "B",
        "auto",
        2,
        Place("framing", "decisions_per_year"),
        clear(needs=("baselines",), also=_value),
    ),
    Item("R1.7", "Somebody is accountable for success", "C", "att", 1, REVIEW),
    Item(
        "R1.8",
        "Fears of stakeholders turned into guardrails",
        "B",
        "auto",
        1,
        Place("framing", "other_harm"),
        clear("L07", "L44", also=said("framing.other_harm")),
    ),
    Item("R1.9", "Level of explanation agreed with the business", "B", "att", 2, REVIEW),
    Item("R1.10", "Requirements of law and fairness found and translated", "A", "att", 3, REVIEW),
)
R2 = (
    Item(
        "R2.1",
        "Data pinned by snapshot, hash or manifest",
        "C",
        "auto",
        2,
        Place("data"),
        clear(needs=("data",), also=_pinned),
    ),
    Item("R2.2", "Owner, cadence and freshness of every source", "B", "att", 2, REVIEW),
    Item(
        "R2.3",
        "Schema captured; invalid rows refused or flagged",
        "C",
        "auto",
        2,
        Place("reproducibility", "contract"),
        shown("reproducibility.contract", also=_contract),
    ),
    Item(
        "R2.4",
        "Label: definition, delay, noise, bias of selection",
        "C",
        "auto",
        1,
        Place("data", "label"),
        clear("L14", "L20", also=said("data.label")),
    ),
    Item(
        "R2.5",
        "Correct at each point in time; leakage audit passed",
        "C",
        "auto",
        2,
        Place("data", "known"),
        clear("L13", "L14", "L15", "L16", "L18", needs=("data",)),
    ),
    Item(
        "R2.6",
        "Each feature helps; unused ones dropped",
        "B",
        "auto",
        2,
        Place("data", "known"),
        shown("errors.importance", also=_useful_columns),
    ),
    Item("R2.7", "What each feature costs is justified", "B", "att", 3, REVIEW),
    Item(
        "R2.8",
        "Forbidden features blocked by rule",
        "B",
        "auto",
        2,
        Place("data", "known"),
        clear("L05", "L16", "L17", needs=("data", "reproducibility")),
    ),
    Item("R2.9", "Owners and documentation of features", "B", "att", 2, REVIEW),
    Item("R2.10", "Privacy class, consent, retention, deletion", "A", "att", 4, REVIEW),
    Item(
        "R2.11",
        "Represents whom it serves; bias of collection noted",
        "B",
        "auto",
        2,
        Place("reproducibility"),
        shown("reproducibility.test_flagged", also=_represents),
    ),
    Item(
        "R2.12",
        "Test reflects the task and is large enough for the gain wanted",
        "B",
        "auto",
        3,
        Place("data", "test_from"),
        clear(needs=("baselines",), also=_large_enough),
    ),
    Item("R2.13", "Code of features tested", "B", "att", 4, REVIEW),
    Item(
        "R2.14",
        "Lineage from source to feature, run and artefact",
        "A",
        "auto",
        3,
        Place("reproducibility", "registered"),
        shown("reproducibility.version", also=_lineage),
    ),
    Item("R2.15", "Licence and terms of the data checked", "B", "att", 2, REVIEW),
)
R3 = (
    Item(
        "R3.1",
        "One baseline and one better run recorded, failures noted",
        "C",
        "auto",
        2,
        Place("baselines"),
        shown("reproducibility.runs", also=_two_runs),
    ),
    Item(
        "R3.2",
        "No simpler model is better, with interval",
        "C",
        "auto",
        2,
        Place("baselines", "chosen"),
        clear("L22", "L23", "L24", needs=("baselines",)),
    ),
    Item(
        "R3.3",
        "Split mirrors production; tuning never saw the test",
        "C",
        "auto",
        2,
        Place("data", "split"),
        clear("L13", "L15", "L19", needs=("data",)),
    ),
    Item(
        "R3.4",
        "Metric tied to cost of errors; threshold derived",
        "C",
        "auto",
        2,
        Place("baselines"),
        clear("L03", "L10", "L11", "L52", needs=("baselines",)),
    ),
    Item(
        "R3.5",
        "Calibration checked where probabilities are used",
        "B",
        "auto",
        2,
        Place("errors"),
        _calibrated,
    ),
    Item(
        "R3.6",
        "Slices meet the bar, or are answered for",
        "B",
        "auto",
        1,
        Place("errors", "next_step"),
        clear("L26", "L27", needs=("errors",)),
    ),
    Item(
        "R3.7",
        "Groups of people measured apart",
        "A",
        "auto",
        3,
        Place("errors", "sensitive"),
        clear("L44", needs=("errors",), also=_groups),
    ),
    Item(
        "R3.8",
        "Causes of errors counted, next action decided",
        "B",
        "auto",
        2,
        Place("errors", "notes"),
        clear(needs=("errors",), also=_taxonomy),
    ),
    Item(
        "R3.9",
        "Model chosen systematically, or its choice justified",
        "B",
        "auto",
        1,
        Place("baselines", "reason"),
        clear("L09", needs=("baselines",), also=_justified),
    ),
    Item(
        "R3.10",
        "Quality by age of the model",
        "B",
        "sim",
        2,
        Place("rollout", "policy"),
        shown("rollout.policies"),
    ),
    Item(
        "R3.11", "Link from offline to online argued; degraded model planned", "A", "att", 4, REVIEW
    ),
    Item("R3.12", "Model specification reviewed and versioned", "C", "att", 2, REVIEW),
    Item(
        "R3.13",
        "Known limits and uses out of scope written",
        "C",
        "auto",
        1,
        Place("framing", "anti_goals"),
        clear("L04", "L05", also=said("framing.anti_goals")),
    ),
    Item(
        "R3.14",
        "Inputs on which it will fail are detected, with a fallback",
        "B",
        "sim",
        2,
        Place("serving", "steps"),
        shown("serving.fallbacks", "reproducibility.contract", rules=("L33",)),
    ),
)
ITEMS = (*R1, *R2, *R3)
