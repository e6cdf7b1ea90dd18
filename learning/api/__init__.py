"""Models, predictions and picks through the API."""
