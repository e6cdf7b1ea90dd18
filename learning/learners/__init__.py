"""Labels become a model: learners, calibration, and the file that keeps both."""
