"""Trials on the model itself: ablation, twins, speed."""
