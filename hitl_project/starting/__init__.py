"""The guide from an empty server to a first reviewed item: a type, a file, people, a look."""
