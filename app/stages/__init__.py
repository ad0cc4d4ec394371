"""The stages of the road; `app.stages.road` puts them in order."""
