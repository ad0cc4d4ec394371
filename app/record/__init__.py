"""Nouns of the workbench: frozen records that know no mathematics, no disk and no screen."""
