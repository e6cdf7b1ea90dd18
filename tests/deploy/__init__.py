"""The files that others deploy from, compared with the code that they deploy."""
