"""Merging by field: both changes survive, clashes keep both texts."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.store.merging import merge_fields

VALUES = st.integers(0, 3) | st.text(max_size=3) | st.lists(st.integers(0, 2), max_size=2)
BODIES = st.dictionaries(
    st.sampled_from("abcd"),
    VALUES | st.dictionaries(st.sampled_from("xyz"), VALUES, max_size=3),
    max_size=4,
)


@given(BODIES, BODIES)
def test_one_sided_changes_are_taken_whole(base: dict[str, Any], changed: dict[str, Any]) -> None:
    """If only one side changed, the result is that side, without a clash."""
    for merged in (merge_fields(base, changed, base), merge_fields(base, base, changed)):
        assert merged.body == changed
        assert merged.clashes == ()


@given(BODIES, BODIES)
def test_equal_changes_are_no_clash(base: dict[str, Any], changed: dict[str, Any]) -> None:
    """Two tabs that do the same agree."""
    merged = merge_fields(base, changed, changed)
    assert merged.body == changed
    assert merged.clashes == ()


@given(BODIES, BODIES, BODIES)
def test_sides_differ_only_in_clashes(base: dict, mine: dict, theirs: dict) -> None:
    """Swapping the sides swaps the texts of the clashes and nothing else."""
    one, two = merge_fields(base, mine, theirs), merge_fields(base, theirs, mine)
    assert {(c.path, repr(c.mine), repr(c.theirs)) for c in one.clashes} == {
        (c.path, repr(c.theirs), repr(c.mine)) for c in two.clashes
    }
    if not one.clashes:
        assert one.body == two.body


def test_different_fields_merge_and_the_same_field_clashes() -> None:
    """The case of two tabs on one project."""
    base = {"answers": {"framing": {"decision": "a", "goals": "g"}}}
    mine = {"answers": {"framing": {"decision": "mine", "goals": "g", "who": "me"}}}
    theirs = {"answers": {"framing": {"decision": "theirs", "goals": "new"}}}
    merged = merge_fields(base, mine, theirs)
    assert merged.body["answers"]["framing"] == {"decision": "theirs", "goals": "new", "who": "me"}
    assert [(c.path, c.mine, c.theirs) for c in merged.clashes] == [
        (("answers", "framing", "decision"), "mine", "theirs")
    ]


def test_evidence_never_clashes() -> None:
    """What was measured is taken as it stands in the store."""
    merged = merge_fields({"evidence": {}}, {"evidence": {"data": 1}}, {"evidence": {"data": 2}})
    assert merged.body == {"evidence": {"data": 2}}
    assert merged.clashes == ()
