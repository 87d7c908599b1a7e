"""Comparisons: variants against a baseline on the same luck, and what their differences hang on."""
