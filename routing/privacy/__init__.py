"""What the people whom items are about may ask for: their data found, shown to few, kept by order, erased."""
