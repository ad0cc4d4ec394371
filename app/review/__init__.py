"""The reviewer: rules over a project, readiness, and the gate to the next stage; pure."""
