"""Room: kernel. What every other room stands on: problems, ids, clock, observations, settings."""
