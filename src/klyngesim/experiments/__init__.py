"""Experiments: replicates of one scenario, run in this process or in several, and written to a directory."""
