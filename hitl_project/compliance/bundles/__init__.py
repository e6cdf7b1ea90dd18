"""Bundles of the book, on a page and through the API: asked for, watched, fetched."""
