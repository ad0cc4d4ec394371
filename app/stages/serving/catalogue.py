"""Ways to serve and steps to fall back on, in words; light to load."""

from __future__ import annotations

from collections.abc import Mapping

MODES: Mapping[str, str] = {
    "batch": "Batch: answers are made beforehand and looked up",
    "online": "Online: an answer is made when it is asked for",
    "streaming": "Streaming: an answer is made when an event comes in",
    "hybrid": "Hybrid: slow columns beforehand, the answer when it is asked for",
}
NOTICED: Mapping[str, str] = {
    "batch": "The answer is there at once, but knows nothing newer than the last run. A case that "
    "came in since has no answer until the next run.",
    "online": "The answer knows the latest columns. The user waits for it, and sees at once when "
    "the service is slow or down.",
    "streaming": "The answer comes by itself, seconds after the event. Nobody waits; when the stream "
    "is behind, it comes late without a word.",
    "hybrid": "The user waits shortly for a fresh answer; part of what it rests on is as old as the "
    "last run.",
}
ARRIVALS: Mapping[str, str] = {
    "auto": "Decided from the framing",
    "request": "Someone asks, and waits for the answer",
    "known_before": "Known beforehand: a schedule, a list, the week ahead",
    "event": "Events come in; nobody waits for the single answer",
}
STEPS: Mapping[str, str] = {
    "full": "Full model",
    "reduced": "Reduced model, on columns that are always there",
    "rule": "Rule",
    "constant": "Constant",
    "person": "A person decides",
}
SHORT: Mapping[str, str] = {
    "full": "Full model",
    "reduced": "Reduced model",
    "rule": "Rule",
    "constant": "Constant",
    "person": "Person",
}
TRIGGERS: Mapping[str, str] = {
    "reduced": "A column of a dependency is missing or older than it may be.",
    "rule": "The model cannot be loaded, fails, or is too slow; or monitoring pages for the model.",
    "constant": "The columns of the rule are missing as well.",
    "person": "The service gives no answer at all, or the case lies in a slice that people decide.",
}
WAYS_BACK: Mapping[str, str] = {
    "reduced": "By itself, when the columns have been there and fresh for ten minutes.",
    "rule": "The owner switches back after the golden rows gave the recorded answers.",
    "constant": "By itself, when the rule answers again.",
    "person": "The owner says so; cases that waited are answered first.",
}
SECONDS_A_YEAR = 365 * 86_400
