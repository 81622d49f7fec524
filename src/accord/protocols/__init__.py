"""Room: protocols. The adapters: bytes to a Call, an Outcome to bytes; blind to one another."""
