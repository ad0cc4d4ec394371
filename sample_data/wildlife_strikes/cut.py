"""Cut wildlife_strikes/data.parquet from its source package.

Needs: npm pack vega-datasets@3.2.1; pip install pandas pyarrow. Usage: python cut.py [TGZ] [OUT].
Source hash (sha256, first 16): birdstrikes.csv 45777edf69984b37.
npm vega-datasets 3.2.1 (BSD-3; datapackage.json gives the data licence as "U.S. Government Dataset", source FAA Wildlife Strike Database)
package/data/birdstrikes.csv -> data.parquet.   Target damage = any damage reported (10.6 %).
TRAP 1: the text "None" (= no damage) is read as NaN by pandas' defaults -> keep_default_na=False.
TRAP 2: cost columns are 0 where nobody filled in a cost: 78 % of the "Substantial" strikes show $0."""
import sys, tarfile, io, glob, pandas as pd
T = sys.argv[1] if len(sys.argv) > 1 else sorted(glob.glob('vega-datasets-*.tgz'))[-1]; OUT = sys.argv[2] if len(sys.argv) > 2 else 'data.parquet'
v = pd.read_csv(io.BytesIO(tarfile.open(T).extractfile('package/data/birdstrikes.csv').read()), keep_default_na=False)
v = v.rename(columns={'Airport Name': 'airport', 'Aircraft Make Model': 'aircraft', 'Effect Amount of damage': 'leak_damage_level', 'Flight Date': 'date', 'Aircraft Airline Operator': 'operator', 'Origin State': 'state', 'Phase of flight': 'phase', 'Wildlife Size': 'wildlife_size', 'Wildlife Species': 'species', 'Time of day': 'time_of_day', 'Cost Other': 'leak_cost_other', 'Cost Repair': 'leak_cost_repair', 'Cost Total $': 'leak_cost_total', 'Speed IAS in knots': 'speed_knots'})
v['date'] = pd.to_datetime(v['date']); v['speed_knots'] = pd.to_numeric(v['speed_knots'], errors='coerce').astype('float32'); v['damage'] = (v['leak_damage_level'] != 'None').astype('int8')
for c in ['leak_cost_other', 'leak_cost_repair', 'leak_cost_total']: v[c] = pd.to_numeric(v[c]).astype('int32')
for c in v.columns:
    if pd.api.types.is_object_dtype(v[c]) or pd.api.types.is_string_dtype(v[c]): v[c] = v[c].astype('category')
v['date'] = v['date'].astype('datetime64[us]')
v.sort_values('date', kind='stable').reset_index(drop=True).to_parquet(OUT, compression='zstd', index=False); print(v.shape, v.damage.mean())
