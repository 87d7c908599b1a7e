"""What the model is held against, for tests and `make docs`: margins of the population, and guards against drift."""
