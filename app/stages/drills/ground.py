"""The ground a drill is walked on: what was measured of the struck stream, small and plain."""

from __future__ import annotations

from typing import Final, Literal

from app.record.record import Record

Effect = Literal["ends", "contains", "nothing", "worse"]
# Who answers when several moves are in force: the outermost first.
LAYERS: Final = (
    "stop_automation",
    "fall_back",
    "quarantine",
    "change_threshold",
    "roll_back",
    "retrain",
    "scale_out",
    "restore_config",
    "fix_data",
    "page_someone",
    "talk",
)
# Handling that bridges the time until the cause is gone, and is then lifted again.
BRIDGES: Final = ("stop_automation", "fall_back", "quarantine", "change_threshold", "scale_out")
IDLE: Final = "leave_alone"


class Rate(Record):
    """Currency a minute beyond a healthy day, with its interval."""

    value: float
    low: float
    high: float

    def over(self, minutes: float) -> Rate:
        """Return what comes together in some minutes."""
        return Rate(value=self.value * minutes, low=self.low * minutes, high=self.high * minutes)

    def plus(self, other: Rate) -> Rate:
        """Return two amounts together, as if both erred the same way."""
        return Rate(
            value=self.value + other.value, low=self.low + other.low, high=self.high + other.high
        )


NOTHING: Final = Rate(value=0.0, low=0.0, high=0.0)


class Reply(Record):
    """What one move does in this incident.

    Parameters
    ----------
    move : str
    effect : {"ends", "contains", "nothing", "worse"}
    minutes : float
        Until it works, from the order.
    reversible : bool
    struck, after : Rate
        Harm a minute while the move is in force: before the cause is gone, and after.
    """

    move: str
    effect: Effect
    minutes: float
    reversible: bool
    struck: Rate
    after: Rate = NOTHING


class Planted(Record):
    """A false trail: what it points at, and the words that were planted."""

    cause: str
    words: str
    source: str


class Ground(Record):
    """All that the score of a drill rests on.

    Parameters
    ----------
    code : str
        Text by which the same drill is drawn again.
    incident : str
        What is really wrong.
    harmless : bool
        True where nothing is to be mended: a false alarm, a shift that does no harm.
    horizon : float
        Minutes after which the drill is over, whatever runs then.
    base : Rate
        Harm a minute while nothing is done.
    before : Rate
        Harm that had come together when the drill began.
    replies : tuple of Reply
    check : str
        Look that tells the cause from what it is easily taken for.
    causes : tuple of str
        What may be suspected.
    decoys : tuple of Planted
    opening, source : str
        How it came to notice: the words, and whether an alert, a complaint or a rumour.
    started : str
        Day of the stream on which the drill begins.
    start_minute : int
        Minute of that day, 0 to 1439.
    struck_days : float
        Days from the onset to the start.
    decisions_a_day : float
        Decisions the service takes a day.
    n : int
        Requests since the onset that the rates rest on.
    """

    code: str
    incident: str
    harmless: bool
    horizon: float
    base: Rate
    before: Rate = NOTHING
    replies: tuple[Reply, ...] = ()
    check: str = ""
    causes: tuple[str, ...] = ()
    decoys: tuple[Planted, ...] = ()
    opening: str = ""
    source: str = "alert"
    started: str = ""
    start_minute: int = 540
    struck_days: float = 0.0
    decisions_a_day: float = 0.0
    n: int = 0

    def reply(self, move: str) -> Reply:
        """Return what a move does; one that nothing is known of does nothing."""
        for reply in self.replies:
            if reply.move == move:
                return reply
        return Reply(move=move, effect="nothing", minutes=0, reversible=True, struck=self.base)

    @property
    def enders(self) -> tuple[str, ...]:
        """Moves that end the cause."""
        return tuple(reply.move for reply in self.replies if reply.effect == "ends")

    def clock(self, minute: float) -> str:
        """Return a minute of the drill as day and time of day."""
        at = round(self.start_minute + minute)
        day, rest = divmod(at, 1440)
        hours, minutes = divmod(rest, 60)
        return f"Day {day + 1}, {hours:02d}:{minutes:02d}"
