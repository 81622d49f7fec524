"""Room: examples. Whole small APIs declared in Accord."""
