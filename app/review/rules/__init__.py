"""The rules, one module a noun."""
