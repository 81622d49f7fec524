"""The promises of the kernel, one file each."""
