"""Room: serve. Assembles a running app from a declaration: wiring, lifespan, settings."""
