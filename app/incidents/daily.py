"""Lines of ordinary days, among which those of an incident stand."""

from __future__ import annotations

from dataclasses import dataclass

from app.incidents.incident import Line, Source

# So many days before the onset and after it, ordinary lines are written.
DAYS_BEFORE = 14
DAYS_AFTER = 14


@dataclass(frozen=True)
class Habit:
    """A line that comes again every few days."""

    every: int
    first: int
    minute: int
    source: Source
    words: str


HABITS = (
    Habit(1, 0, 362, "log", "ingest: finished, schema check passed"),
    Habit(2, 1, 25, "log", "backup: finished in 11 minutes"),
    Habit(3, 0, 425, "log", "report: daily numbers sent to four people"),
    Habit(4, 2, 187, "log", "labels: job finished"),
    Habit(5, 3, 655, "release", "Web page 4.{number}: wording of two messages."),
    Habit(6, 1, 702, "log", "client: one request with an unknown field, ignored"),
    Habit(
        7, 4, 590, "release", "Service: packages for testing are newer; nothing that runs changes."
    ),
    Habit(7, 5, 500, "calendar", "Weekly review of the model's numbers."),
    Habit(
        9,
        6,
        410,
        "release",
        "Upstream notes: typing errors in the description of {minor} corrected.",
    ),
    Habit(10, 2, 930, "rumour", "The team that keeps {category} is looking for someone new."),
)


def daily_lines(names: dict[str, str], onset_day: int, count: int) -> tuple[Line, ...]:
    """Return the ordinary lines around a day, within a stream of so many days."""
    first, last = max(0, onset_day - DAYS_BEFORE), min(count, onset_day + DAYS_AFTER + 1)
    return tuple(
        Line(day, habit.minute, habit.source, _words(habit, names, day))
        for day in range(first, last)
        for habit in HABITS
        if day % habit.every == habit.first % habit.every
    )


def _words(habit: Habit, names: dict[str, str], day: int) -> str:
    return habit.words.format(**{**names, "number": str(1 + day // habit.every)})
