"""Room: store. Runs statements on SQLite and PostgreSQL and translates their errors."""
