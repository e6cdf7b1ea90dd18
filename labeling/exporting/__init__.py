"""What people said, written down for other programs: one module a format, and a shell that streams."""
