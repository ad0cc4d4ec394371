"""NannyML's confidence-based estimates, a chunk a day; run by `quality.py` with its interpreter."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import nannyml as nml
import pandas as pd

warnings.simplefilter("ignore")
CHANGE = 20


def estimates(frame: pd.DataFrame) -> dict[str, list[float]]:
    frame = frame.assign(
        said=(frame["score"] >= 0.5).astype(int),
        at=pd.Timestamp("2025-02-03") + pd.to_timedelta(frame["day"], "D"),
    )
    model = nml.CBPE(
        y_pred_proba="score",
        y_pred="said",
        y_true="label",
        timestamp_column_name="at",
        metrics=["roc_auc", "f1"],
        chunk_period="D",
        problem_type="classification_binary",
    ).fit(frame[frame["day"] < 0])
    told = model.estimate(frame[frame["day"] >= CHANGE]).filter(period="analysis").to_df()
    return {m: [float(v) for v in told[m, "value"]] for m in ("roc_auc", "f1")}


if __name__ == "__main__":
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    print(json.dumps([estimates(pd.read_parquet(folder / f"{i}.parquet")) for i in range(count)]))
