"""The only disk and database."""
