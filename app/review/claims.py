"""Numbers in free text, checked against what was measured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from app.record.number import readable
from app.review.quantities import METRICS, QUANTITIES, Known, Quantity, Unit
from app.review.rule import Hit, Severity
from app.review.view import Text, View
from app.review.wording import sentences

NUMBER = re.compile(
    r"(?<![\w.,@])(?P<sign>[-−]?)(?P<money>[$€£]?)\s?"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"\s?(?P<unit>%|percent\b|ms\b|milliseconds?\b|seconds?\b|s\b|minutes?\b|days?\b|months?\b|weeks?\b|"
    r"hours?\b|times\b|years?\b|k\b|thousand\b|million\b|rows\b|records\b|examples\b|[A-Z]{3}\b)?"
)
# What is wanted, allowed, or imagined is no claim about what was measured.
WISHED = re.compile(
    r"\b(?:if|when|unless|until|should|must|shall|would|could|may|might|at least|at most|goal|target|aim|"
    r"want|need|needs|bar|below|above|under|over|limit|allow\w*|less than|more than|fewer than|or more|"
    r"or less|expect\w*|hope|promise\w*|suppose|worth|so that)\b",
    re.IGNORECASE,
)
# Fields in which every number is a wish.
TARGETS = {
    "framing.goals",
    "framing.kill",
    "framing.anti_goals",
    "rollout.stop_if",
    "framing.non_ml",
}
FACTORS = {"k": 1e3, "thousand": 1e3, "million": 1e6}
REACH = 70
MOST = 20
FITS: dict[Unit, tuple[str, ...]] = {
    "share": ("", "%", "percent"),
    "score": ("", "%", "percent"),
    "ms": ("ms", "millisecond", "milliseconds", "s", "second", "seconds"),
    "rows": ("", "rows", "records", "examples", "k", "thousand", "million"),
    "days": ("day", "days"),
    "money": ("", "k", "thousand", "million"),
}


@dataclass(frozen=True)
class Said:
    """A number as it stands in a text."""

    written: str
    value: float
    rounding: float
    start: int
    end: int


def contradictions(view: View) -> tuple[Hit, ...]:
    """Return the numbers, splits and metrics in texts that are not what was measured."""
    found = (
        hit
        for text in view.texts
        for sentence in dict.fromkeys(sentences(text.words))
        for hit in (*_numbers(view, text, sentence), *_words(view, text, sentence))
    )
    return tuple(islice(found, MOST))


def _numbers(view: View, text: Text, sentence: str) -> Iterator[Hit]:
    if str(text.place) in TARGETS or WISHED.search(sentence) or not re.search(r"\d", sentence):
        return
    for quantity in QUANTITIES:
        for called in re.finditer(quantity.called, sentence, re.IGNORECASE):
            said = _nearest(sentence, called, quantity)
            hit = _checked(view, text, quantity, said) if said else None
            if hit is not None:
                yield hit
                break


def _nearest(sentence: str, called: re.Match[str], quantity: Quantity) -> Said | None:
    """Return the number that stands nearest to a name, of a unit that fits."""
    near: list[tuple[int, Said]] = []
    for found in NUMBER.finditer(sentence):
        said = _read(found, quantity)
        if said is None or called.start() <= found.start() < called.end():
            continue
        away = max(called.start() - said.end, said.start - called.end())
        before = sentence[: found.start()].rstrip().casefold()
        if away <= REACH and not before.endswith(("per", "top", "for each", "first", "at", "@")):
            near.append((away, said))
    return min(near, key=lambda pair: pair[0])[1] if near else None


def _read(found: re.Match[str], quantity: Quantity) -> Said | None:
    unit, digits = (found["unit"] or ""), found["number"].replace(",", "")
    money = bool(found["money"]) or (len(unit) == 3 and unit.isupper())
    wanted = FITS[quantity.unit]
    if (money and quantity.unit != "money") or (not money and unit.casefold() not in wanted):
        return None
    value, rounding = float(digits), _rounding(digits)
    factor = FACTORS.get(unit.casefold(), 1.0)
    if unit in ("%", "percent"):
        factor = 0.01
    elif unit.casefold() in ("s", "second", "seconds"):
        factor = 1000.0
    if quantity.unit == "share" and factor == 1 and value > 1:
        return None
    if quantity.unit == "rows" and value * factor < 1000:
        return None
    sign = -1.0 if found["sign"] else 1.0
    return Said(found[0].strip(), sign * value * factor, rounding * factor, *found.span())


def _rounding(digits: str) -> float:
    """Return half a unit of the last digit that was written."""
    if "." in digits:
        return float(0.5 * 10.0 ** -len(digits.partition(".")[2]))
    zeros = len(digits) - len(digits.rstrip("0"))
    return float(0.5 * 10.0 ** min(zeros, max(len(digits) - 1, 0)))


def _checked(view: View, text: Text, quantity: Quantity, said: Said) -> Hit | None:
    known = quantity.known(view)
    if not known:
        if not quantity.sourced:
            return None
        return _hit(text, said, quantity, "nothing in the project has measured it", "major")
    first = known[0]
    fits = next((one for one in known if _agrees(said, one, quantity.close)), None)
    if fits is not None:
        if not fits.stage or view.fresh(fits.stage) or not view.measured(fits.stage):
            return None
        words = f"{fits.label} was measured before an answer changed, and is stale"
        return _hit(text, said, quantity, words, "major")
    inside = first.low is not None and first.high is not None
    inside = inside and first.low <= said.value <= first.high  # type: ignore[operator]
    return _hit(
        text, said, quantity, f"the project knows {_told(first)}", "major" if inside else None
    )


def _agrees(said: Said, known: Known, close: float) -> bool:
    tolerance = min(max(said.rounding, 0.005 * abs(known.value)), close * abs(known.value))
    return abs(said.value - known.value) <= max(tolerance, 1e-9)


def _told(known: Known) -> str:
    words = f"“{known.label}” as {readable(known.value)}"
    if known.low is None or known.high is None:
        return words
    return f"{words} (interval {readable(known.low)} to {readable(known.high)})"


def _hit(text: Text, said: Said, quantity: Quantity, words: str, severity: Severity | None) -> Hit:
    name = quantity.key.replace("_", " ")
    return Hit(f"“{said.written}” ({name}) in “{text.label}”: {words}.", text.place, severity)


RANDOM = re.compile(r"random(?:ly)? split|split (?:\w+ )?(?:at random|randomly)", re.IGNORECASE)
BY_TIME = re.compile(r"split by (?:time|date)|(?:temporal|chronological) split", re.IGNORECASE)
NOT_SO = re.compile(r"\b(?:not|never|no|instead|rather|avoid\w*|flatter\w*)\b", re.IGNORECASE)
DECIDES = re.compile(
    r"\b(?:ranked|compared|chosen|selected|judged|optimi[sz]ed|decided)\b[^.]{0,30}\b(?:by|on|for|with)\b",
    re.IGNORECASE,
)


def _words(view: View, text: Text, sentence: str) -> Iterator[Hit]:
    split = view.word("data.split") or view.choices("data").split or ""
    if WISHED.search(sentence) or NOT_SO.search(sentence) or str(text.place) in TARGETS:
        return
    if (RANDOM.search(sentence) and split in ("time", "group")) or (
        BY_TIME.search(sentence) and split == "random"
    ):
        words = f"“{sentence[:80]}” in “{text.label}”, but the rows are split by {split}"
        yield Hit(words.replace("by random", "at random") + ".", text.place)
    metric = _metric(view)
    if metric and DECIDES.search(sentence):
        named = [
            key for key, called in METRICS.items() if re.search(called, sentence, re.IGNORECASE)
        ]
        if named and not any(metric.startswith(key) for key in named):
            words = f"“{sentence[:80]}” in “{text.label}”, but {metric.replace('_', ' ')} decides."
            yield Hit(words, text.place)


def _metric(view: View) -> str:
    return str(getattr(view.choices("baselines"), f"metric_{view.task}", ""))
