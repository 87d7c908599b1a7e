"""Calibration (kalibrering) of the model to the report: targets, inference, posterior and what it cannot tell."""
