"""The page at `/`, which shows each role first what it needs, and the analytics."""
