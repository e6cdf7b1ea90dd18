"""What decisions cost, and how many people they take."""
