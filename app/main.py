"""The browser's entry: navigation built from the registry of stages, nothing else."""

import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:
    # Streamlit puts app/ on the path, not the folder that holds the package.
    sys.path.insert(0, ROOT)

import streamlit as st  # noqa: E402

from app import PAGES  # noqa: E402
from app.stages.road import STAGES  # noqa: E402
from app.ui import shell, warm  # noqa: E402

st.set_page_config(
    page_title="Groundwork", page_icon=str(Path(__file__).with_name("mark.png")), layout="wide"
)
page = st.navigation(
    [
        st.Page(PAGES / "home.py", title="Groundwork", url_path="home", default=True),
        *(st.Page(PAGES / f"{s.key}.py", title=s.title, url_path=s.key) for s in STAGES),
        st.Page(PAGES / "document.py", title="Design document", url_path="document"),
        st.Page(PAGES / "review.py", title="Review & readiness", url_path="review"),
    ],
    position="hidden",
)
shell.begin()
page.run()
warm.start()
