"""The lineage of a project: from the rows to the document, and what of it is stale."""

from __future__ import annotations

from app.record.evidence import Evidence
from app.record.flow import Flow, Node, Standing
from app.record.project import Project
from app.stages.road import BY_KEY, STAGES, STATE_WORDS, fresh, state_of

BEFORE = ("framing", "data", "baselines")
MOST = 60


def lineage(project: Project) -> Flow:
    """Return data, answers, split, runs, version, what rests on it, and the document."""
    nodes = (
        _table(project),
        _stage(project, "framing", "Costs and aims", ()),
        _stage(project, "data", "Rows split", _split_lines(project)),
        _stage(project, "baselines", "Runs of the ladder", _run_lines(project)),
        _version(project),
        *_registered(project),
        *(
            _stage(project, stage.key, stage.title, (), depth=1)
            for stage in STAGES
            if stage.key not in (*BEFORE, "reproducibility")
        ),
        _document(project),
    )
    stale = [node.title for node in nodes if node.standing == "watch"]
    says = (
        f"Stale: {', '.join(stale)}."
        if stale
        else "Each part is made from those above it; nothing that was measured is stale."
    )
    return Flow(key="lineage", title="Where everything comes from", says=says, nodes=nodes)


def _table(project: Project) -> Node:
    return Node(
        key="table",
        title="Table",
        lines=(
            f"{project.data.title[:MOST]}: {project.data.rows:,} rows",
            f"content {project.data.content_hash[:16]} · seed {project.seed}",
        ),
    )


def _stage(project: Project, key: str, title: str, lines: tuple[str, ...], depth: int = 0) -> Node:
    evidence = project.evidence.get(key)
    standing, state = _standing(project, key)
    told = () if evidence is None else (f"inputs {evidence.digest[:16]} · {_when(evidence)}",)
    return Node(
        key=key, title=title, lines=(*lines, *told), depth=depth, standing=standing, state=state
    )


def _standing(project: Project, key: str) -> tuple[Standing, str]:
    if project.evidence.get(key) is None:
        return "muted", "not measured"
    state = state_of(project, key)
    if state == "stale":
        return "watch", "stale"
    if state == "attention":
        return "stop", STATE_WORDS[state]
    return "good", "fresh"


def _when(evidence: Evidence) -> str:
    return f"measured {evidence.stamp.measured_at[:16].replace('T', ' ')}"


def _split_lines(project: Project) -> tuple[str, ...]:
    evidence = project.evidence.get("data")
    if evidence is None:
        return ()
    counts = {
        "train": evidence.value("train_rows"),
        "test": evidence.value("test_rows"),
        "later": evidence.value("later_rows"),
    }
    sizes = ", ".join(f"{value:,.0f} {name}" for name, value in counts.items() if value)
    period = evidence.words.get("test_period", "")
    lines = [sizes] + ([f"test {period}"] if period else [])
    made = project.evidence.get("reproducibility")
    if made is not None and fresh(project, "reproducibility"):
        lines.append(f"split {made.words.get('split_digest', '')[:16]}")
    return tuple(lines)


def _run_lines(project: Project) -> tuple[str, ...]:
    evidence = project.evidence.get("baselines")
    table = evidence.table("ladder") if evidence is not None else None
    if evidence is None or table is None:
        return ()
    failed = sum(str(does or "").startswith("Failed: ") for does in table.column("does"))
    words = f"{len(table.rows)} runs" + (f", {failed} failed" if failed else "")
    return (f"{words}; goes on: {evidence.words.get('chosen_title', '')}",)


def _version(project: Project) -> Node:
    evidence = project.evidence.get("reproducibility")
    standing, state = _standing(project, "reproducibility")
    if evidence is None:
        return Node(key="version", title="Version", standing=standing, state=state)
    size = evidence.value("model_size")
    told = f"{size:,.1f} kB" if size is not None else ""
    lines = (f"{evidence.words.get('rung', '')} · {told}", _when(evidence))
    return Node(
        key="version",
        title=f"Version {evidence.words.get('version', '')}",
        lines=lines,
        standing=standing,
        state=state,
    )


def _registered(project: Project) -> tuple[Node, ...]:
    record = BY_KEY["reproducibility"].chosen(project).registered
    if record is None:
        return ()
    evidence = project.evidence.get("reproducibility")
    same = evidence is not None and evidence.words.get("version") == record.digest
    return (
        Node(
            key="registered",
            title=f"In the registry: {record.name}",
            lines=(f"version {record.version}, alias {record.alias}, on {record.at[:10]}",),
            depth=1,
            standing="good" if same else "watch",
            state="this version" if same else "another version",
        ),
    )


def _document(project: Project) -> Node:
    missing = [s.title for s in STAGES if project.evidence.get(s.key) is None]
    stale = [s.title for s in STAGES if s.title not in missing and not fresh(project, s.key)]
    if stale:
        return Node(
            key="document",
            title="Design document",
            lines=(f"rests on stale parts: {', '.join(stale)}",),
            standing="watch",
            state="stale",
        )
    if missing:
        return Node(
            key="document",
            title="Design document",
            lines=(f"not measured: {', '.join(missing)}",),
            standing="muted",
            state="incomplete",
        )
    return Node(
        key="document",
        title="Design document",
        lines=("every number in it is measured and fresh",),
        standing="good",
        state="fresh",
    )
