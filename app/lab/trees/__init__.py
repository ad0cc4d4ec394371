"""Ensembles of trees as arrays, read from the libraries that grow them, explained exactly."""
