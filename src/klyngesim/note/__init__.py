"""The policy note: one page on a comparison, in English or Danish, with its tables."""
