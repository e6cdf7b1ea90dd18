"""Models that work elsewhere: trainers of your own, and ML backends that predict."""
