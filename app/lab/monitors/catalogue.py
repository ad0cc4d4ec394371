"""The catalogue of monitors: what each watches, and what to do first when it fires."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Group = Literal["service", "input", "prediction", "quality", "business"]

GROUPS: Mapping[str, str] = {
    "service": "Service",
    "input": "Inputs",
    "prediction": "Predictions",
    "quality": "Quality",
    "business": "Business",
}


@dataclass(frozen=True)
class Monitor:
    """One thing that is watched every day.

    Parameters
    ----------
    key, title : str
    group : {"service", "input", "prediction", "quality", "business"}
    asks : str
        The question it answers, for a tooltip.
    first : str
        What to do first when it fires.
    least : {"benign", "watch"}
        Severity that an alert has whatever it costs: some things blind you before they cost.
    labels : bool
        Whether it waits for labels.
    """

    key: str
    title: str
    group: Group
    asks: str
    first: str
    least: Literal["benign", "watch"] = "benign"
    labels: bool = False


_ALL = (
    Monitor(
        "volume",
        "Volume",
        "service",
        "Do as many requests come as on this weekday before?",
        "Count rows at every step from the source to the service.",
    ),
    Monitor(
        "failures",
        "Failures",
        "service",
        "What share of the requests did the model not answer?",
        "Trace ten failed requests by copy and version.",
    ),
    Monitor(
        "fallback",
        "Fallback in use",
        "service",
        "What share was answered by a level below the model?",
        "Trace ten requests that the model failed on.",
    ),
    Monitor(
        "latency",
        "Latency",
        "service",
        "Do more answers than usual take longer than the usual median, or the usual 99th?",
        "Trace slow requests by caller and size.",
        least="watch",
    ),
    Monitor(
        "versions",
        "Versions",
        "service",
        "Does every answer come from the version that was announced last?",
        "Compare the versions in the log with the release record.",
        least="watch",
    ),
    Monitor(
        "complaints",
        "Complaints",
        "business",
        "Does anyone complain?",
        "Read the complaint, find the request in the log, and answer the person.",
        least="watch",
    ),
    Monitor(
        "charge",
        "Serving cost",
        "service",
        "What does serving 1,000 requests cost?",
        "Split the charge by route and caller.",
    ),
    Monitor(
        "waiting",
        "Waiting for people",
        "service",
        "How long do cases wait until a person looks?",
        "Look at the age of the oldest case, and at who is on leave.",
        least="watch",
    ),
    Monitor(
        "schema",
        "Schema",
        "input",
        "Is a column gone, empty, or full of text where numbers should be?",
        "Read the release notes of the source; sample twenty rows.",
        least="watch",
    ),
    Monitor(
        "missing",
        "Missing values",
        "input",
        "What share of each column is missing?",
        "Sample rows of the column from before and after.",
    ),
    Monitor(
        "range",
        "Out of range",
        "input",
        "What share lies beyond what held 99.9 % of the past?",
        "Compare units and scale with last week.",
    ),
    Monitor(
        "unseen",
        "Unseen categories",
        "input",
        "What share has a value that was never seen before?",
        "Ask the source whether something new was launched or renamed.",
    ),
    Monitor(
        "non_finite",
        "Not finite",
        "input",
        "Are there infinite values?",
        "Find the first row and the division behind it.",
        least="watch",
    ),
    Monitor(
        "freshness",
        "Freshness",
        "input",
        "How old is the newest value of each source?",
        "Look at the lag of the source; is its job running?",
        least="watch",
    ),
    Monitor(
        "psi",
        "Drift (PSI)",
        "input",
        "How far is each column from its reference, by population stability index?",
        "Rank the columns by impact; compare the loudest with last week.",
    ),
    Monitor(
        "js",
        "Drift (Jensen-Shannon)",
        "input",
        "The same by Jensen-Shannon distance: bounded, kind to rare cells.",
        "Rank the columns by impact; compare the loudest with last week.",
    ),
    Monitor(
        "ks",
        "Drift (KS)",
        "input",
        "The same for numbers by the largest gap of the distribution functions.",
        "Rank the columns by impact; compare the loudest with last week.",
    ),
    Monitor(
        "wasserstein",
        "Drift (Wasserstein)",
        "input",
        "The same for numbers by how far the values moved, in standard deviations.",
        "Rank the columns by impact; compare the loudest with last week.",
    ),
    Monitor(
        "chi2",
        "Drift (chi²)",
        "input",
        "The same by the chi² of two samples over its degrees of freedom.",
        "Rank the columns by impact; compare the loudest with last week.",
    ),
    Monitor(
        "domain",
        "Domain classifier",
        "input",
        "Can a linear model tell today's rows from the past, pairs of columns included?",
        "Look at columns that should move together.",
    ),
    Monitor(
        "mean_prediction",
        "Mean prediction",
        "prediction",
        "Is the mean of the answers where it was?",
        "Split it by slice, then look at the inputs of the loudest slice.",
    ),
    Monitor(
        "prediction_drift",
        "Prediction drift",
        "prediction",
        "Are the answers distributed as before?",
        "Compare SHAP of last week with this week.",
    ),
    Monitor(
        "acted",
        "Share acted upon",
        "prediction",
        "What share of the cases is acted upon?",
        "Compare settings with the record before anything else.",
    ),
    Monitor(
        "skew",
        "Served against recomputed",
        "prediction",
        "Does the service answer what the model says to the same inputs?",
        "Run the parity check on the rows that differ.",
        least="watch",
    ),
    Monitor(
        "estimated",
        "Estimated loss, before labels",
        "quality",
        "What loss is expected of these answers, if what they meant in the past still holds?",
        "Look at which answers became more doubtful. It cannot see that the world changed.",
    ),
    Monitor(
        "labels",
        "Labels coming in",
        "quality",
        "Do as many labels come in as usual?",
        "Look at the label job; stop retraining until it runs.",
        least="watch",
        labels=True,
    ),
    Monitor(
        "target",
        "Label rate",
        "quality",
        "Is the mean of the recorded labels where it was?",
        "Have a person label twenty rows again.",
        least="watch",
        labels=True,
    ),
    Monitor(
        "loss",
        "Loss on labels",
        "quality",
        "How wrong are the answers whose labels came in?",
        "Look at the loss by slice and by day of the decision.",
        labels=True,
    ),
    Monitor(
        "calibration",
        "Calibration gap",
        "quality",
        "Does what was promised happen as often as promised?",
        "Compare promised and observed by score.",
        labels=True,
    ),
    Monitor(
        "cost",
        "Cost of decisions",
        "business",
        "What do 1,000 decisions cost, by the labels that came in?",
        "Split the cost by kind of mistake and by slice.",
        labels=True,
    ),
    Monitor(
        "cohort",
        "Slices, at once",
        "business",
        "Volume, missing values and mean answer in each slice you named.",
        "Look at the slice first: the average of all rows may hide it.",
    ),
    Monitor(
        "cohort_cost",
        "Slices, cost",
        "business",
        "What do 1,000 decisions cost in each slice you named?",
        "Look at the slice first: the average of all rows may hide it.",
        labels=True,
    ),
)

MONITORS: Mapping[str, Monitor] = {monitor.key: monitor for monitor in _ALL}

# What a sensible team begins with. It is not enough: the catch matrix shows for what.
USUAL: tuple[str, ...] = (
    "volume",
    "failures",
    "latency",
    "missing",
    "range",
    "unseen",
    "psi",
    "mean_prediction",
    "loss",
    "cost",
    "cohort",
    "cohort_cost",
)
