"""All live models of this server: made when first asked for, the least asked ones let go."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import OrderedDict
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from app.jobs import executor
from app.live.kit import NotServed, is_stale, kit_key, kit_of, make_kit, unmeasured
from app.live.log import PredictionLog
from app.record.project import Project
from app.store.projects import ProjectStore, open_store

if TYPE_CHECKING:
    from app.live.model import LiveModel

MOST_LIVE = 4
# How old what is known of a project may be.
CHECKED_S = 1.0
PATIENCE_S = 20.0
RETRY_S = 5.0
MAKING_S = 300.0


class NoProject(LookupError):
    """There is no such project, or it was deleted."""


class NotReady(RuntimeError):
    """The model is being made ready, or could not be; in words."""


@dataclass
class Held:
    """What is known of one project."""

    revision: int
    key: str
    measured: str
    stale: bool = False
    checked: float = 0.0
    failed: float = -math.inf
    model: LiveModel | None = None
    loading: Future[None] | None = None
    trouble: Exception | None = None

    @property
    def current(self) -> bool:
        """Whether the model that answers is made from what stands in the project now."""
        if self.model is None:
            return False
        kit = self.model.kit
        # A stale project goes on with what was made of the model when it was fresh.
        return kit.version.startswith(self.measured) if self.stale else kit.key == self.key

    @property
    def busy(self) -> bool:
        """Whether a model is being made ready."""
        return self.loading is not None and not self.loading.done()

    @property
    def wanting(self) -> bool:
        """Whether a model should be made ready now."""
        waited = time.monotonic() - self.failed > RETRY_S
        return not self.current and not self.busy and waited


class Hub:
    """Live models by project."""

    def __init__(self) -> None:
        self.log = PredictionLog()
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._checks: dict[str, Future[Held]] = {}
        self._lock = threading.Lock()
        # Reading a project and making a model ready take time that the pages must not wait for.
        self._lookers = ThreadPoolExecutor(2, "live-looker")
        self._loaders = ThreadPoolExecutor(2, "live-loader")

    def peek(self, project_id: str) -> Held | None:
        """Return what is known of a project without looking again."""
        return self._held.get(project_id)

    def check(self, project_id: str) -> Future[Held]:
        """Look at the project in the store, unless somebody looks already."""
        with self._lock:
            running = self._checks.get(project_id)
            if running is None:
                running = self._lookers.submit(self._checked, project_id)
                self._checks[project_id] = running
        running.add_done_callback(lambda done: self._looked(project_id, done))
        return running

    def _looked(self, project_id: str, done: Future[Held]) -> None:
        with self._lock:
            if self._checks.get(project_id) is done:
                del self._checks[project_id]

    async def held(self, project_id: str) -> Held:
        """Return what is known of a project, looked up within the last second."""
        found = self._held.get(project_id)
        if found is None or time.monotonic() - found.checked > CHECKED_S:
            found = await asyncio.wrap_future(self.check(project_id))
        with self._lock:
            if project_id in self._held:
                self._held.move_to_end(project_id)
        return found

    async def model(self, project_id: str) -> tuple[LiveModel, bool]:
        """Return the live model of a project, and whether the project has changed since.

        Raises
        ------
        NoProject, NotServed, NotReady
            In words, with what to do.
        """
        held = await self.held(project_id)
        if held.model is None and held.loading is not None:
            await asyncio.wait([asyncio.wrap_future(held.loading)], timeout=PATIENCE_S)
        if held.model is None:
            raise held.trouble or NotReady("the model is being made ready; try again in a moment")
        return held.model, held.stale or not held.current

    def _checked(self, project_id: str) -> Held:
        store = open_store()
        held = self._held.get(project_id)
        if project_id not in store.names():
            self.forget(project_id)
            raise NoProject(f"there is no project {project_id!r} here, or it was deleted")
        revision = store.revision(project_id)
        if held is None or held.revision != revision or held.wanting:
            held = self._looked_up(store, project_id, revision, held)
        held.checked = time.monotonic()
        return held

    def _looked_up(
        self, store: ProjectStore, project_id: str, revision: int, held: Held | None
    ) -> Held:
        entry = store.load(project_id)
        project = Project.model_validate(entry.body).renamed(entry.name)
        if missing := unmeasured(project):
            self.forget(project_id)
            words = " and ".join(missing)
            raise NotServed(f"the project is not measured yet: measure {words} in the app first")
        key, measured = kit_key(project), project.evidence["baselines"].digest[:12]
        held = held or Held(revision, key, measured)
        held.revision, held.key, held.measured = revision, key, measured
        held.stale = is_stale(project)
        if held.wanting:
            held.loading = self._loaders.submit(self._load, store.url, project_id, project, held)
        self._keep(project_id, held)
        return held

    def _keep(self, project_id: str, held: Held) -> None:
        with self._lock:
            self._held[project_id] = held
            self._held.move_to_end(project_id)
            # Their threads end by themselves when nobody asks them any more.
            while len(self._held) > MOST_LIVE:
                self._held.popitem(last=False)

    def forget(self, project_id: str) -> None:
        """Let a live model go."""
        with self._lock:
            self._held.pop(project_id, None)

    def _load(self, url: str, project_id: str, project: Project, held: Held) -> None:
        """Make the model ready: from the shelf, or by a worker first."""
        # It brings the libraries of models: nobody waits for them before there is a model.
        from app.live.model import LiveModel

        try:
            kit = kit_of(project)
            if kit is None:
                job = executor().submit_with(
                    make_kit, (url, project_id), owner=f"live:{project_id}", time_limit_s=MAKING_S
                )
                job.result(timeout=MAKING_S)
                kit = kit_of(project)
            if kit is None:
                raise NotReady("the project was changed meanwhile; ask again")
            held.model, held.trouble = LiveModel(kit), None
        except NotServed as error:
            held.trouble, held.failed = error, time.monotonic()
        # Whatever a worker met, in its own words.
        except (Exception, CancelledError) as error:
            words = f"the model could not be made ready: {error or type(error).__name__}"
            held.trouble, held.failed = NotReady(words), time.monotonic()


@lru_cache(maxsize=1)
def hub() -> Hub:
    """Return the live models of this process."""
    return Hub()
