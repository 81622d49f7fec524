"""The promises of accord.documents, one file each."""
