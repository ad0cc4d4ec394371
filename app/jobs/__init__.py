"""The only processes: warm workers behind the interface of an executor."""

from app.jobs.pool import Job, WorkerPool, executor
from app.jobs.progress import Progress, report
from app.jobs.trouble import JobTrouble, OutOfMemory, TimeLimit, WorkerDied

__all__ = [
    "Job",
    "JobTrouble",
    "OutOfMemory",
    "Progress",
    "TimeLimit",
    "WorkerDied",
    "WorkerPool",
    "executor",
    "report",
]
