"""The promises of accord.runtime, one file each."""
