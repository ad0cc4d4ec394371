"""Every incident of the catalogue is whole, repeatable, touches only what it strikes, and can be told."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.incidents import INCIDENTS, LOOKS, MOVES, Seen
from app.incidents.names import lines_of
from app.incidents.onset import ONSETS, strength_of
from tests.incidents.small_service import (
    COLUMNS,
    FORMS,
    ONSET,
    VERSION,
    SmallService,
    seen_of,
    service_of,
)

CLASSICAL = 22
ROOT = Path(__file__).parents[2]
KIN = {"feature_mixup", "new_category", "volume_drop", "prior_shift"}


def _cannot(form: str, key: str) -> str:
    service = service_of(form)
    return INCIDENTS[key].why_not(service.world, service.context())


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


def _arrays(seen: Seen) -> dict[str, np.ndarray]:
    found = {
        f.name: getattr(part, f.name)
        for part in (seen.answers, seen.world)
        for f in fields(part)
        if isinstance(getattr(part, f.name), np.ndarray)
    }
    for column in COLUMNS:
        for name, frame in (("rows", seen.world.rows), ("sent", seen.world.sent)):
            values = frame[column]
            text = values.dtype.kind == "O" or str(values.dtype) == "category"
            found[f"{name} {column}"] = values.astype(str if text else float).to_numpy()
    return found


@pytest.mark.parametrize("key", INCIDENTS)
def test_the_past_is_untouched_and_the_seed_decides(key: str) -> None:
    """Rows before the onset stay bit for bit in every array; the same seed strikes alike."""
    for form in ("binary", "regression"):
        if _cannot(form, key):
            continue
        service, struck = service_of(form), seen_of(form, key)
        quiet, now = _arrays(service.quiet), _arrays(struck)
        again = _arrays(service.struck(INCIDENTS[key]))
        before = service.world.days.of_row < ONSET
        for name, values in now.items():
            assert _same(values, again[name]), (form, name)
            assert _same(values[before], quiet[name][before]), (form, name)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("key", INCIDENTS)
def test_it_really_strikes(key: str, form: str) -> None:
    """Something differs since the onset in each kind of task; a false alarm alone changes nothing."""
    why = _cannot(form, key)
    if why:
        assert (key, form) == ("prior_shift", "ranking"), why
        return
    quiet, now = _arrays(service_of(form).quiet), _arrays(seen_of(form, key))
    ages = seen_of(form, key).world.feed_age_hours
    same = all(_same(values, quiet[name]) for name, values in now.items()) and all(
        _same(ages[name], usual) for name, usual in service_of(form).world.feed_age_hours.items()
    )
    assert same == (key == "false_alarm")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("key", INCIDENTS)
def test_its_check_tells_it_from_all_others(key: str, form: str) -> None:
    """True for itself however it begins; false on quiet days, for its decoys, for every other."""
    if _cannot(form, key):
        return
    check, quiet = INCIDENTS[key].check.discriminates, service_of(form).quiet
    for shape in ONSETS:
        assert check(quiet, seen_of(form, key, shape=shape)), shape
    assert check(quiet, quiet) == (key == "false_alarm")
    others = [other for other in INCIDENTS if other != key and not _cannot(form, other)]
    assert {decoy.key for decoy in INCIDENTS[key].decoys} <= set(INCIDENTS) - {key}
    assert [other for other in others if check(quiet, seen_of(form, other))] == []


def _harm(form: str, key: str, severity: float = 0.5) -> float:
    """How much further from what really happens the answers are, what is not answered included."""
    service, struck = service_of(form), seen_of(form, key, severity)
    usual, now = service.errors(service.quiet), service.errors(struck)
    return float(now.sum() / usual.sum() - 1)


WRONG_ANSWERS = (
    "unit_change",
    "serving_unit_bug",
    "feature_mixup",
    "null_flood",
    "stale_source",
    "concept_shift",
    "new_segment",
    "library_skew",
    "stale_artefact",
    "feedback_loop",
    "adversary",
    "biased_harm",
    "lost_replicas",
    "non_finite",
    "dropped_join",
    "volume_drop",
)


@pytest.mark.parametrize("form", ["binary", "regression"])
def test_harmful_ones_hurt_more_when_graver_and_harmless_ones_do_not(form: str) -> None:
    """A graver incident does more harm than a mild one; a harmless one does none."""
    for key in WRONG_ANSWERS:
        mild, grave = _harm(form, key, 0.2), _harm(form, key, 1.0)
        assert grave > max(0.01, mild), (key, mild, grave)
    for key, incident in INCIDENTS.items():
        if incident.harmless:
            assert abs(_harm(form, key)) < 0.01, key


@pytest.mark.parametrize("key", INCIDENTS)
def test_every_incident_is_described(key: str) -> None:
    """Story, moves that exist, a tempting one that does not help, and a look that exists."""
    incident = INCIDENTS[key]
    assert incident.key == key
    assert set(incident.mends) <= set(MOVES)
    assert incident.fixes
    assert incident.effect(incident.wrong_move) in ("nothing", "worse")
    assert incident.check.look in LOOKS
    assert len(incident.decoys) >= 2
    for words in (incident.title, incident.symptom, incident.cause, incident.remedy):
        assert len(words) > 8
    assert incident.harmless == (set(incident.fixes) <= {"leave_alone", "talk"})


@pytest.mark.parametrize("key", INCIDENTS)
def test_lines_speak_of_the_streams_own_columns(key: str) -> None:
    """Every line is filled in, lies within the stream, and says whom it suggests; one is true."""
    service = service_of("binary")
    lines = lines_of(INCIDENTS[key], service.world, ONSET, service.context(), VERSION)
    assert list(lines) == sorted(lines, key=lambda line: (line.day, line.minute))
    suggested = {line.suggests for line in lines if line.suggests}
    assert suggested == {key, *(decoy.key for decoy in INCIDENTS[key].decoys)}
    for line in lines:
        assert 0 <= line.day < service.world.days.count
        assert 0 <= line.minute < 1440
        assert not {"{", "}"} & set(line.words)
        assert "decoy" not in line.words.lower()
    early = lines_of(INCIDENTS[key], service.world, 0, service.context(), VERSION)
    assert sum(bool(line.suggests) for line in early) == sum(bool(line.suggests) for line in lines)
    assert sum(not line.suggests for line in lines) > 20


def test_the_classical_ones_are_all_there() -> None:
    """Twenty-two classical incidents and their kin, each a module that knows no other."""
    assert len(set(INCIDENTS) - KIN) == CLASSICAL
    contract = (ROOT / ".importlinter").read_text("utf-8")
    for key in INCIDENTS:
        module = ROOT / "app" / "incidents" / f"{key}.py"
        assert f'key="{key}"' in module.read_text("utf-8")
        assert f"    app.incidents.{key}\n" in contract


@pytest.mark.parametrize("shape", ONSETS)
def test_an_onset_leaves_the_past_alone(shape: str) -> None:
    """Nothing before the day of onset, something on it, never more than all."""
    of_row = np.repeat(np.arange(40), 5)
    strength = strength_of(of_row, 12, shape, np.random.default_rng(3))
    assert (strength[of_row < 12] == 0).all()
    assert (strength[of_row == 12] > 0).all()
    assert strength.max() == 1.0


def test_incidents_say_when_they_cannot_strike() -> None:
    """A table without numbers, texts or anything that varies gets a reason, not a crash."""
    n = 400
    tables = {
        "texts": pd.DataFrame({"a": ["x", "y", "z", "x"] * (n // 4)}),
        "numbers": pd.DataFrame({"a": np.arange(float(n)), "b": np.arange(float(n)) % 7}),
        "flags": pd.DataFrame({"a": [True, False] * (n // 2)}),
        "holes": pd.DataFrame({"a": np.where(np.arange(n) % 2, np.nan, np.arange(float(n)))}),
    }
    refused = set()
    for name, rows in tables.items():
        service = SmallService.on(rows)
        for key, incident in INCIDENTS.items():
            why = incident.why_not(service.world, service.context())
            if why:
                refused.add((name, key))
                assert "there is no" in why, key
            else:
                incident.check.discriminates(service.quiet, service.struck(incident))
    assert ("texts", "unit_change") in refused
    assert ("numbers", "new_category") in refused
    assert ("flags", "adversary") in refused


def _size(seen: Seen, usual: Seen) -> dict[str, float]:
    """How much of each thing an incident does, where no wrong answer shows it."""
    now, before = seen.answers, usual.answers
    filler = seen.world.sent["filler"].to_numpy(float) - usual.world.sent["filler"].to_numpy(float)
    return {
        "label_bug": float((seen.world.label != usual.world.label).sum()),
        "new_category": float((seen.world.sent["place"] != usual.world.sent["place"]).sum()),
        "prior_shift": float(seen.world.y.sum()),
        "harmless_shift": float(filler.sum()),
        "latency_creep": float(now.latency_ms.sum()),
        "queue_overload": float(now.waits_hours.sum()),
        "cost_spike": float(now.charge.sum()),
        "deletion_missed": float(now.fee.sum()),
        "threshold_overwritten": float((now.acted != before.acted).sum()),
    }


def test_the_graver_the_more() -> None:
    """What an incident does to labels, times, waits, bills and decisions grows with its severity."""
    quiet = service_of("binary").quiet
    for key in _size(quiet, quiet):
        sizes = [
            _size(seen_of("binary", key, severity), quiet)[key] for severity in (0.2, 0.5, 1.0)
        ]
        assert sizes == sorted(set(sizes)), (key, sizes)
    assert set(_size(quiet, quiet)) | set(WRONG_ANSWERS) == set(INCIDENTS) - {"false_alarm"}
