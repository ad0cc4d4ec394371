"""Groundwork, the ML system design workbench."""

from pathlib import Path

__version__ = "0.3.0"

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "pages"
TEMPLATES = ROOT / "templates"
SAMPLES = ROOT / "sample_data"
