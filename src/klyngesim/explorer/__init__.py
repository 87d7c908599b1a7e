"""The page to explore: exact pairs of runs, surrogates of their differences, and one file that shows them offline."""
