"""Figures of runs and comparisons, drawn from the files that they leave."""
