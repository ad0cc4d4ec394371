"""How a column pushes, value by value, and which other column bends it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.lab.shapley import Attribution, strongest_partner
from app.record.chart import Axis, Chart, Colors, Guide, Point, Series
from app.record.number import readable
from app.stages.errors.explained import Explained, shap_axis, significant
from app.stages.errors.swarms import ordered, shades

PLOTS = 5
DOTS = 180
MOST_NAMES = 8
LONGEST_NAME = 24
BINS = 10
ADDITIVE = 0.01
LEAST_SHARE = 0.05
OTHERS, MISSING = "all others", "missing"


@dataclass(frozen=True)
class Coloring:
    """Shade of every row, and what low and high stand for."""

    shade: list[float | None]
    colors: Colors | None


def dependence(told: Explained) -> list[Chart]:
    """Draw contribution by value for the first columns, colored by their strongest partner."""
    return [_plot(told, rank.column, place) for place, rank in enumerate(told.used[:PLOTS], 1)]


def _plot(told: Explained, column: str, place: int) -> Chart:
    found, rows = told.drawn, told.drawn_rows
    pushes = found.values[:, found.columns.index(column)]
    bent = depends_on_others(rows[column], pushes)
    partner = strongest_partner(found, rows, column) if bent else None
    some = np.arange(len(rows))[:: max(1, -(-len(rows) // DOTS))]
    coloring = _coloring(rows, pushes, column, partner)
    shade = [coloring.shade[i] for i in some] if coloring.colors else []
    numbers = ordered(rows[column])
    says = f"Each dot is a row: its {column}, and how far that moves its prediction. " + (
        f"Colored by {partner}, which bends the effect most. "
        if coloring.colors
        else "Other columns hardly change that. "
        if not bent
        else ""
    )
    shape = (
        _by_number(rows[column], numbers, pushes, some, shade, found)
        if numbers is not None
        else _by_name(rows[column], pushes, some, shade, found)
    )
    return Chart(
        key=f"dependence_{place}",
        title=f"How does {column} push?",
        says=f"{says}{len(some)} rows.",
        colors=coloring.colors,
        **shape,
    )


def depends_on_others(series: pd.Series, pushes: np.ndarray) -> bool:
    """Say whether the same value pushes differently from row to row, as no additive model does."""
    numbers, spread = ordered(series), float(pushes.var())
    if len(pushes) < 2 or spread <= 0:
        return False
    if numbers is None:
        names = pd.factorize(series)[0] + 1
        means = np.bincount(names, weights=pushes) / np.maximum(np.bincount(names), 1)
        return float(((pushes - means[names]) ** 2).mean()) > ADDITIVE * spread
    known = np.isfinite(numbers)
    if known.sum() < 2:
        return False
    order = np.argsort(numbers[known], kind="stable")
    # Neighbors by value push alike where nothing but the value decides.
    steps = np.diff(pushes[known][order])
    same = np.diff(numbers[known][order]) == 0
    apart = steps[same] if same.sum() > len(steps) / 4 else steps
    return float((apart**2).mean()) / 2 > ADDITIVE * spread


def _by_number(
    series: pd.Series,
    numbers: np.ndarray,
    pushes: np.ndarray,
    some: np.ndarray,
    shade: list[float | None],
    found: Attribution,
) -> dict[str, object]:
    dates = pd.api.types.is_datetime64_any_dtype(series)
    known = np.isfinite(numbers[some])
    lost = some[~known]
    all_known = numbers[some][known]
    x: list[Point] = [
        series.iloc[i].isoformat() if dates else significant(numbers[i]) for i in some[known]
    ]
    drawn = [_dots(x, pushes[some[known]], [s for s, k in zip(shade, known, strict=False) if k])]
    guides: tuple[Guide, ...] = ()
    if len(lost) and len(all_known):
        # Missing values stand in a place of their own, left of all the others.
        low, span = float(all_known.min()), float(np.ptp(all_known)) or 1.0
        at = [_place(low - part * span, dates) for part in (0.14, 0.10, 0.06)]
        greys = [s for s, k in zip(shade, known, strict=False) if not k]
        drawn.append(_dots([at[1]] * len(lost), pushes[lost], greys))
        guides = (Guide(axis="x", at=at[0], to=at[2], label=MISSING),)
    return {
        "x": Axis(label=str(series.name), kind="date" if dates else "number"),
        "y": shap_axis(found, "SHAP value"),
        "series": tuple(s for s in drawn if s.x),
        "guides": guides,
    }


def _place(number: float, dates: bool) -> float | str:
    if not dates:
        return significant(number)
    return (pd.Timestamp("1970-01-01") + pd.Timedelta(days=number)).isoformat()


def _dots(x: list[Point], pushes: np.ndarray, shade: list[float | None]) -> Series:
    return Series(
        name="", mark="point", x=x, y=[significant(v) for v in pushes], shade=shade, role="main"
    )


def _by_name(
    series: pd.Series,
    pushes: np.ndarray,
    some: np.ndarray,
    shade: list[float | None],
    found: Attribution,
) -> dict[str, object]:
    names = _names(series)
    counts = pd.Series(names).value_counts()
    order = [name for name in counts.index if name not in (OTHERS, MISSING)]
    middles = {name: float(np.median(pushes[names == name])) for name in counts.index}
    order = sorted(order, key=lambda name: -middles[name])
    order += [name for name in (OTHERS, MISSING) if name in middles]
    quarters = {n: np.quantile(pushes[names == n], (0.25, 0.5, 0.75)) for n in order}
    labels = {name: f"{name} ({counts[name]:,})" for name in order}
    dots = Series(
        name="",
        mark="point",
        x=[significant(v) for v in pushes[some]],
        y=[labels[names[i]] for i in some],
        shade=shade,
    )
    boxes = Series(
        name="Median and middle half",
        mark="point",
        x=[significant(quarters[n][1]) for n in order],
        y=[labels[n] for n in order],
        low=[significant(quarters[n][0]) for n in order],
        high=[significant(quarters[n][2]) for n in order],
        role="third",
    )
    return {
        "x": shap_axis(found, "SHAP value"),
        "y": Axis(label="", kind="category", order=tuple(labels[n] for n in order)),
        "series": (dots, boxes),
        "horizontal": True,
    }


def _names(series: pd.Series) -> np.ndarray:
    """The most frequent values by name, the rest together, missing by itself."""
    words = np.array(
        [
            MISSING if missing else str(value)[:LONGEST_NAME]
            for value, missing in zip(series, series.isna(), strict=True)
        ],
        dtype=object,
    )
    often = pd.Series(words[words != MISSING]).value_counts().index[:MOST_NAMES]
    return np.where(np.isin(words, [*often, MISSING]), words, OTHERS)


def _coloring(rows: pd.DataFrame, pushes: np.ndarray, column: str, partner: str | None) -> Coloring:
    if partner is None:
        return Coloring([], None)
    numbers = ordered(rows[partner])
    if numbers is None:
        return _by_value(rows, pushes, column, partner)
    known = numbers[np.isfinite(numbers)]
    if not len(known):
        return Coloring([], None)
    series = rows[partner]
    if pd.api.types.is_datetime64_any_dtype(series):
        low, high = f"{series.min():%Y-%m-%d}", f"{series.max():%Y-%m-%d}"
    elif pd.api.types.is_bool_dtype(series):
        low, high = "no", "yes"
    else:
        low, high = readable(float(known.min())), readable(float(known.max()))
    return Coloring(shades(series), Colors(label=partner, low=low, high=high))


def _by_value(rows: pd.DataFrame, pushes: np.ndarray, column: str, partner: str) -> Coloring:
    """Text has no low and high: one value, the one that bends most, stands out from the others."""
    bins = _bins(rows[column])
    counts = np.bincount(bins)
    rest = pushes - (np.bincount(bins, weights=pushes) / np.maximum(counts, 1))[bins]
    names = _names(rows[partner])
    bent = {
        name: abs(float(rest[names == name].sum())) / np.sqrt((names == name).sum())
        for name in sorted(set(names) - {OTHERS})
        if (names == name).mean() >= LEAST_SHARE
    }
    if not bent:
        return Coloring([], None)
    one = max(bent, key=lambda name: bent[name])
    shade: list[float | None] = [1.0 if name == one else 0.0 for name in names]
    return Coloring(shade, Colors(label=partner, low="others", high=one))


def _bins(series: pd.Series) -> np.ndarray:
    numbers = ordered(series)
    if numbers is None:
        return np.unique(_names(series).astype(str), return_inverse=True)[1]
    ranks = pd.Series(numbers).rank(pct=True).fillna(1.2).to_numpy()
    return np.asarray((ranks * BINS).astype(int))
