"""What is alike: sketches of payloads, a search among them, and what people answered to the nearest."""
