"""All the rules, by key and in order."""

from __future__ import annotations

from collections.abc import Mapping

from app.review.rule import Rule
from app.review.rules import (
    alert,
    cost,
    failure,
    fallback,
    framing,
    ladder,
    metric,
    ownership,
    release,
    serving,
    source,
    split,
    text,
)

NOUNS = (
    framing,
    cost,
    metric,
    split,
    source,
    ladder,
    failure,
    serving,
    fallback,
    release,
    alert,
    ownership,
    text,
)
RULES: tuple[Rule, ...] = tuple(
    sorted((rule for noun in NOUNS for rule in noun.RULES), key=lambda rule: rule.key)
)
BY_KEY: Mapping[str, Rule] = {rule.key: rule for rule in RULES}
