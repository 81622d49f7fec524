"""Room: bench. Accord measured side by side with others, in one run, on one machine."""
