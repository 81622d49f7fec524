"""Room: bench/comparators. The services Accord is measured against."""
