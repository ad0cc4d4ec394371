"""The exported service beside MLflow's, BentoML's and LitServe's, in one run.

Usage: python benchmarks/service.py REPOSITORY FOLDER [SECONDS [LIVE]]. REPOSITORY is an exported repository whose model is gradient boosting
(such as the case hotel_rates); FOLDER holds an environment a peer, FOLDER/mlflow with mlflow, FOLDER/bentoml with bentoml and
FOLDER/litserve with litserve, each with pandas, pyarrow and scikit-learn of the versions in requirements.txt. Every peer serves the same
kind of model, fitted on the same rows with the same settings: columns turned to numbers, 200 trees. All have one worker, get the same
row from the same client over kept-alive connections, and answers are one number. The servers of all take turns, so that a busy machine
is busy for all. LIVE is the address of the live route of the same project in a running app
(http://localhost:8501/api/projects/ID/predict); it then takes its turn, too. Then one row without any server: the exported model beside scikit-learn's own predict.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
PEER = ROOT / "benchmarks" / "service_peer.py"
CONNECTIONS = 8
ROUNDS = 3
START_S = 120


def main(repository: Path, folder: Path, seconds: float, live: str = "") -> None:
    """Start everybody, ask in turns, print requests a second, p50, p99 and ratios to ours."""
    place = Path(tempfile.mkdtemp())
    row = json.loads((repository / "docs" / "example_request.json").read_text(encoding="utf-8"))
    servers = {"exported": _ours(repository, place)}
    for name in ("mlflow", "bentoml", "litserve"):
        python = folder / name / "bin" / "python"
        if python.exists():
            servers[name] = _peer(name, python, repository, place)
    found: dict[str, list[float]] = defaultdict(list)
    spent: dict[str, float] = defaultdict(float)
    try:
        for name, (process, port, path) in servers.items():
            _ready(name, process, port, path, _body(name, row))
        asked = {name: (port, path) for name, (_, port, path) in servers.items()}
        if live:
            address = urlsplit(live)
            asked["live"] = (address.port or 80, address.path)
        for _ in range(ROUNDS):
            for name, (port, path) in asked.items():
                times, took = asyncio.run(_asked(port, path, _body(name, row), seconds))
                found[name] += times
                spent[name] += took
    finally:
        for process, _, _ in servers.values():
            # Some start children that would outlive them.
            os.killpg(process.pid, signal.SIGTERM)
    _say(found, spent)
    _one_row(repository, folder)


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _environment(**more: str) -> dict[str, str]:
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return {**os.environ, **threads, "OMP_WAIT_POLICY": "PASSIVE", **more}


def _started(words: list[object], where: Path, log: Path, **more: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [str(word) for word in words],
        cwd=where,
        env=_environment(**more),
        stdout=log.open("wb"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _ours(repository: Path, place: Path) -> tuple[subprocess.Popen[bytes], int, str]:
    port = _port()
    words = [sys.executable, "-m", "service", "--port", port]
    log = str(place / "predictions.db")
    process = _started(words, repository, place / "exported.log", PREDICTION_LOG=log)
    return process, port, "/predict"


def _peer(
    name: str, python: Path, repository: Path, place: Path
) -> tuple[subprocess.Popen[bytes], int, str]:
    port, work = _port(), place / name
    work.mkdir()
    subprocess.run([python, PEER, "fit", name, repository, work], check=True, env=_environment())
    process = _started([python, PEER, name, work, port], work, place / f"{name}.log")
    return process, port, "/invocations" if name == "mlflow" else "/predict"


def _body(name: str, row: dict[str, object]) -> bytes:
    split = {"dataframe_split": {"columns": list(row), "data": [list(row.values())]}}
    bodies = {"mlflow": split, "bentoml": {"row": row}}
    return json.dumps(bodies.get(name, row)).encode()


def _ready(name: str, process: subprocess.Popen[bytes], port: int, path: str, body: bytes) -> None:
    for _ in range(START_S * 2):
        try:
            asyncio.run(_asked(port, path, body, 0.2, 1))
        except (OSError, EOFError, RuntimeError):
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended by itself") from None
            time.sleep(0.5)
        else:
            return
    raise RuntimeError(f"{name} does not answer")


async def _asked(
    port: int, path: str, body: bytes, seconds: float, connections: int = CONNECTIONS
) -> tuple[list[float], float]:
    times: list[float] = []
    started = time.perf_counter()
    until = started + seconds
    await asyncio.gather(*(_one(port, path, body, until, times) for _ in range(connections)))
    return times, time.perf_counter() - started


async def _one(port: int, path: str, body: bytes, until: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    try:
        while (started := time.perf_counter()) < until:
            writer.write(request)
            answer = (await reader.readuntil(b"\r\n\r\n")).lower()
            if b" 200 " not in answer.split(b"\r\n", 1)[0]:
                raise RuntimeError(answer.decode())
            await reader.readexactly(int(answer.split(b"content-length:")[1].split(b"\r\n")[0]))
            times.append(time.perf_counter() - started)
    finally:
        writer.close()


def _say(found: dict[str, list[float]], spent: dict[str, float]) -> None:
    print(f"{os.cpu_count()} cores, {CONNECTIONS} connections, {ROUNDS} rounds in turn")
    print(
        f"{'':10} {'requests/s':>11} {'p50 ms':>8} {'p99 ms':>8}   ours: times as many, p99 as long"
    )
    shown = {name: _numbers(times, spent[name]) for name, times in found.items()}
    ours = shown["exported"]
    for name, (rate, middle, tail) in shown.items():
        ratio = f"{ours[0] / rate:.2f}   {ours[2] / tail:.2f}"
        print(f"{name:10} {rate:11.0f} {middle:8.2f} {tail:8.2f}   {ratio}")


def _numbers(times: list[float], spent: float) -> tuple[float, float, float]:
    ordered = sorted(times)
    middle, tail = (1000 * ordered[int(len(ordered) * q)] for q in (0.5, 0.99))
    return len(ordered) / spent, middle, tail


def _one_row(repository: Path, folder: Path) -> None:
    """Print the time of one row in the exported model, and in scikit-learn and LightGBM themselves."""
    words = [sys.executable, PEER, "row", repository]
    print(
        subprocess.run(words, check=True, capture_output=True, text=True, env=_environment()).stdout
    )


if __name__ == "__main__":
    main(
        Path(sys.argv[1]).resolve(),
        Path(sys.argv[2]).resolve(),
        float(sys.argv[3]) if len(sys.argv) > 3 else 5.0,
        sys.argv[4] if len(sys.argv) > 4 else "",
    )
