"""A project of its own, which archives what its spider finds with one line in its settings."""
