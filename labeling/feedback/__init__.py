"""What came of answers later, and where most is to be gained."""
