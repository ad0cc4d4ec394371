"""What can go wrong with a job besides its own errors."""

from __future__ import annotations


class JobTrouble(RuntimeError):
    """A job that could not end by itself."""


class WorkerDied(JobTrouble):
    """The worker process ended in the middle of the job."""


class OutOfMemory(JobTrouble):
    """The job took more memory than a worker may have."""


class TimeLimit(JobTrouble):
    """The job ran longer than it may."""


class RemoteError(JobTrouble):
    """An error whose own type cannot travel between processes."""
