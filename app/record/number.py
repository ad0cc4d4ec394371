"""Numbers as people read them: three significant digits, thousands apart."""

from __future__ import annotations

from math import floor, isinf, isnan, log10


def readable(value: float | None, digits: int = 3) -> str:
    """Return a number with a few significant digits and separators between thousands.

    Parameters
    ----------
    value : float or None
        None and NaN read "not enough data".
    digits : int
        Significant digits.

    Returns
    -------
    str
        Powers of ten only beyond a trillion or below a hundred-thousandth.

    Examples
    --------
    >>> readable(9968.54), readable(0.78461), readable(-12.0), readable(0.0)
    ('9,970', '0.785', '-12', '0')
    """
    if value is None or isnan(value):
        return "not enough data"
    if isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == 0:
        return "0"
    size = floor(log10(abs(value)))
    if size >= 12 or size < -5:
        return f"{value:.{digits - 1}e}"
    rounded = round(value, digits - 1 - size)
    places = max(0, digits - 1 - size)
    text = f"{rounded:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
