"""Bundles: parts of the book as a zip that can be checked without the server, by audit/verify_bundle.py."""
