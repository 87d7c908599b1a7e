"""Results: the indicators, what one run hands over, how runs are stored and how they are read again."""
