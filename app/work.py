"""What a worker does: module-level functions that travel to it by name."""

from __future__ import annotations

from app.jobs.progress import report
from app.record.evidence import Evidence
from app.record.project import Look, Project
from app.stages.road import to_measure
from app.store.projects import Conflict, ProjectStore, open_store
from app.workshop import measure_all


def measure_project(url: str, project_id: str, key: str | None) -> tuple[str, ...]:
    """Measure what is stale in a stored project, saving after every stage."""
    store = open_store(url)
    entry = store.load(project_id)
    project = Project.model_validate(entry.body).renamed(entry.name)

    def kept(measured: Project, stage: str) -> None:
        put_evidence(store, project_id, measured.evidence[stage], measured.looks)

    measured = to_measure(project, key)
    measure_all(project, report, kept, key)
    return measured


def put_evidence(
    store: ProjectStore, project_id: str, evidence: Evidence, looks: tuple[Look, ...]
) -> None:
    """Put evidence into the stored project, whatever answers changed meanwhile."""
    for _ in range(50):
        entry = store.load(project_id)
        project = Project.model_validate(entry.body).measured(evidence)
        for look in looks:
            project = project.looked(look)
        try:
            store.save(
                project_id,
                project.to_json(),
                expected=entry.revision,
                summary=f"Measured {evidence.stage}",
                amend=True,
            )
        except Conflict:
            continue
        return
    raise RuntimeError("The project kept changing while its evidence was saved; measure again.")
