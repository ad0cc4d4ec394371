"""What a peer serves in benchmarks/service.py; runs in the peer's own environment."""

from __future__ import annotations

import json
import os
import pickle
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def _training(repository: Path) -> tuple[pd.DataFrame, pd.Series]:
    config = tomllib.loads((repository / "config.toml").read_text(encoding="utf-8"))["data"]
    table = pd.read_parquet(repository / config["path"])
    if config.get("test_from"):
        table = table[pd.to_datetime(table[config["time"]]) < pd.Timestamp(config["test_from"])]
    known = [c["name"] for c in json.loads((repository / "contract.json").read_text())["columns"]]
    frame = table[known].copy()
    for name in known:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            frame[name] = frame[name].astype(object)
        else:
            frame[name] = frame[name].astype(float)
    return frame, table[config["target"]]


def _pipeline(frame: pd.DataFrame) -> Any:
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    texts = [name for name in frame if frame[name].dtype == object]
    coder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    leaf = min(100, max(10, len(frame) // 200))
    model = HistGradientBoostingRegressor(
        max_iter=200,
        learning_rate=0.05,
        max_leaf_nodes=15,
        l2_regularization=1.0,
        min_samples_leaf=leaf,
        early_stopping=False,
        random_state=0,
    )
    return make_pipeline(make_column_transformer((coder, texts), remainder="passthrough"), model)


def fit(name: str, repository: Path, work: Path) -> None:
    """Fit the model and keep it as the peer wants it."""
    frame, target = _training(repository)
    model = _pipeline(frame).fit(frame, target)
    if name == "mlflow":
        import mlflow.sklearn

        mlflow.sklearn.save_model(
            model, work / "model", input_example=frame.head(1), serialization_format="cloudpickle"
        )
        return
    (work / "model.pkl").write_bytes(pickle.dumps(model))


def mlflow(work: Path, port: int) -> None:
    """Serve as MLflow does."""
    binary = Path(sys.executable).parent / "mlflow"
    words = [
        "models",
        "serve",
        "-m",
        str(work / "model"),
        "-p",
        str(port),
        "--env-manager",
        "local",
    ]
    os.environ["PATH"] = f"{binary.parent}{os.pathsep}{os.environ['PATH']}"
    os.execv(binary, [str(binary), *words, "--workers", "1"])


BENTO = """
import pickle
import bentoml
import pandas as pd

@bentoml.service(workers=1)
class Model:
    def __init__(self):
        self.model = pickle.loads(open("model.pkl", "rb").read())

    @bentoml.api
    def predict(self, row: dict) -> dict:
        return {"prediction": float(self.model.predict(pd.DataFrame([row]))[0])}
"""


def bentoml(work: Path, port: int) -> None:
    """Serve as BentoML does."""
    (work / "served.py").write_text(BENTO)
    binary = Path(sys.executable).parent / "bentoml"
    os.execv(binary, [str(binary), "serve", "served:Model", "--port", str(port)])


LIT = """
import pickle
import sys
import litserve as ls
import pandas as pd

class Model(ls.LitAPI):
    def setup(self, device):
        self.model = pickle.loads(open("model.pkl", "rb").read())

    def decode_request(self, request, **kwargs):
        return request

    def predict(self, row, **kwargs):
        return float(self.model.predict(pd.DataFrame([row]))[0])

    def encode_response(self, output, **kwargs):
        return {"prediction": output}

if __name__ == "__main__":
    server = ls.LitServer(Model(), accelerator="cpu", workers_per_device=1)
    port = int(sys.argv[1])
    server.run(port=port, host="127.0.0.1", generate_client_file=False, num_api_servers=1)
"""


def litserve(work: Path, port: int) -> None:
    """Serve as LitServe does."""
    (work / "served.py").write_text(LIT)
    os.execv(sys.executable, [sys.executable, str(work / "served.py"), str(port)])


def _timed(call: Any, calls: int = 400) -> float:
    """Return the median time of one call in microseconds."""
    times = []
    for _ in range(calls):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return 1e6 * float(np.median(times))


def row(repository: Path) -> None:
    """Time one row in the exported model, and in the libraries' own predict."""
    sys.path.insert(0, str(repository))
    os.environ["APP_ROOT"] = str(repository)
    config = tomllib.loads((repository / "config.toml").read_text(encoding="utf-8"))
    package = config["registry"]["name"].replace("-", "_")
    from importlib import import_module

    settings = import_module(f"{package}.settings").read_settings()
    registry = import_module(f"{package}.registry").Registry.of(settings)
    answer = import_module(f"{package}.ladder").read_ladder(registry, settings).rungs[0].answerer
    one = json.loads((repository / "docs" / "example_request.json").read_text(encoding="utf-8"))
    frame, target = _training(repository)
    pipeline = _pipeline(frame).fit(frame, target)
    matrix = pipeline[0].transform(frame.head(1))
    ours = _timed(lambda: answer([one]))
    print("one row, no server, microseconds (median)")
    print(f"exported, from plain values    {ours:8.0f}")
    native = _timed(lambda: pipeline[-1].predict(matrix))
    print(
        f"scikit-learn, from its matrix  {native:8.0f}   ours takes {ours / native:.2f} times as long"
    )
    _lightgbm(frame, target)


def _lightgbm(frame: pd.DataFrame, target: pd.Series) -> None:
    """Time a LightGBM rung from plain values beside LightGBM's own predict on its matrix."""
    from app.lab.contract import contract_of, rows_of
    from app.lab.portable import Answerer, from_portable, portable
    from app.lab.rungs import RUNGS, Training, fit_rung

    training = Training(frame, target.to_numpy(dtype=float), "regression")
    fitted = fit_rung(RUNGS["lightgbm"], training)
    contract = contract_of(frame)
    rows = rows_of(contract, frame.head(20))
    answer = Answerer(from_portable(portable(fitted)), contract, rows)
    booster = fitted.predictor.model.model.booster_
    matrix = training.matrix[:1]
    ours = _timed(lambda: answer([rows[0]]))
    native = _timed(lambda: booster.predict(matrix, num_threads=1))
    print(f"LightGBM rung, plain values    {ours:8.0f}")
    print(
        f"LightGBM, from its matrix      {native:8.0f}   ours takes {ours / native:.2f} times as long"
    )


if __name__ == "__main__":
    what, *given = sys.argv[1:]
    if what == "fit":
        fit(given[0], Path(given[1]), Path(given[2]))
    elif what == "row":
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
        row(Path(given[0]))
    else:
        serve = {"mlflow": mlflow, "bentoml": bentoml, "litserve": litserve}[what]
        serve(Path(given[0]), int(given[1]))
