"""The screen: the only Streamlit besides pages."""
