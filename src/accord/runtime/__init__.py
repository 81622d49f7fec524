"""Room: runtime. Takes a Call through its guards to its operation and returns an Outcome."""
