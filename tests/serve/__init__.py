"""The promises of accord.serve, one file each."""
