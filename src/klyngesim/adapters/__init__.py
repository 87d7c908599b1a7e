"""The model inside the tools of others: each adapter needs its extra, which it names where it is missing."""
