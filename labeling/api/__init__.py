"""Seats, labels, golden examples, feedback and figures through the API."""
