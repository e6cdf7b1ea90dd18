"""The pages under /compliance/erasures/: erase what is about a person, and keep what the law says to keep."""
