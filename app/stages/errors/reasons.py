"""Why a row is worth reading, in words; light enough for every look at a page."""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "random": "drawn at random",
    "sure_wrong": "sure and wrong",
    "far_off": "unusually far off",
    "worst_list": "worst order",
    "boundary": "a close call",
    "disagreement": "other rungs disagree",
    "label": "label suspected",
    "costliest": "among the costliest",
}
BECAUSE: Mapping[str, str] = {
    "random": "Drawn among all errors with a chance in proportion to what each cost: only these "
    "rows say how much a cause costs in all.",
    "sure_wrong": "Wrong, and further beyond the threshold than almost any other answer.",
    "far_off": "Off by many times the usual miss for an answer of this size.",
    "worst_list": "The first good item stands lower than in almost any other list.",
    "boundary": "A hair more, and it would have been decided the other way.",
    "disagreement": "Most other rungs of the ladder answer otherwise.",
    "label": "The recorded outcome does not fit what folds say that never saw it.",
    "costliest": "Few errors cost more than this one.",
}
JOIN = "; "


def in_words(reasons: tuple[str, ...]) -> str:
    """Return the reasons of one row in words."""
    return JOIN.join(REASONS[key] for key in reasons)


def keys_of(words: str) -> tuple[str, ...]:
    """Return the reasons that words name."""
    known = {text: key for key, text in REASONS.items()}
    return tuple(known[part] for part in words.split(JOIN) if part in known)
