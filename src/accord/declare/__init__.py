"""Room: declare. The public vocabulary: declarations in, contract and binding out."""
