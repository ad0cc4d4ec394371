"""The user's own scikit-learn estimator, in a format that cannot run code when it is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

ALLOWED = ("sklearn.", "numpy.", "scipy.", "builtins.")


class UntrustedModel(ValueError):
    """A model file that holds kinds of things nobody has agreed to."""


def estimator_bytes(pipeline: Any) -> tuple[bytes, list[str]]:
    """Return a fitted estimator in the format of skops, and the kinds of things in it.

    Parameters
    ----------
    pipeline : estimator

    Returns
    -------
    data : bytes
    trusted : list of str
        Kinds beyond what skops trusts by itself; all of them scikit-learn's, NumPy's or SciPy's.

    Raises
    ------
    UntrustedModel
        If it holds a kind of anything else.
    ImportError
        If skops is not installed.
    """
    import skops.io

    data = bytes(skops.io.dumps(pipeline))
    trusted = sorted(skops.io.get_untrusted_types(data=data))
    _check(trusted)
    return data, trusted


def read_estimator(data: bytes, trusted: Sequence[str]) -> Any:
    """Read an estimator, allowing the listed kinds of things only.

    Parameters
    ----------
    data : bytes
    trusted : sequence of str

    Returns
    -------
    estimator

    Raises
    ------
    UntrustedModel
        If the list names anything but scikit-learn's, NumPy's or SciPy's kinds.
    """
    import skops.io

    _check(trusted)
    return skops.io.loads(data, trusted=list(trusted))


def _check(kinds: Sequence[str]) -> None:
    strange = [kind for kind in kinds if not kind.startswith(ALLOWED)]
    if strange:
        raise UntrustedModel(
            f"the model holds {strange[0]}, which is not of scikit-learn, NumPy or SciPy; only "
            "those are read"
        )
