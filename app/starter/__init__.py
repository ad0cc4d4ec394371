"""The exported repository: files made of a project, none of which needs this app."""
