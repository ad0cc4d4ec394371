"""Project and template folder in, document out; it never computes."""
