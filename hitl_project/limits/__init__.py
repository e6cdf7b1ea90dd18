"""What a request may be like, how many there may be, and how long one may take to arrive."""
