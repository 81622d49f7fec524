"""Room: contract. The frozen description of an API that every other room reads."""
