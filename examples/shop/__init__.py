"""Room: examples/shop. Users, orders and products."""

from examples.shop.api import api

__all__ = ["api"]
