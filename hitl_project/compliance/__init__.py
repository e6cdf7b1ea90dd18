"""The pages under /compliance/: what is in the book, for those who answer for it."""
