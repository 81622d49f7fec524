"""Room: protocols/rest. Speaks HTTP: JSON:API, the envelopes and problem+json."""
