"""Room: examples/shop. Users, orders and products."""
