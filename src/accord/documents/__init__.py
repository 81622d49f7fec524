"""Room: documents. Writes documents such as OpenAPI from the contract alone."""
