"""Decisions disputed by whom they are about: opened, decided by an expert who had no part in it, counted."""
