"""Sweeps: what the answer depends on, over designs of many runs."""
