"""The promises of accord.cli, one file each."""
