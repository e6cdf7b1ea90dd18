"""Several machines at once: real web and worker processes on hosts of their own, on one database."""
