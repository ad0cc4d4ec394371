"""The live model: the chosen rung of a project, served by this app beside its pages."""
