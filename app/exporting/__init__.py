"""Exporting: from a measured project to a repository that runs without this app."""
