"""Room: examples/shop/tests. What the shop promises, asked for by a real client."""
