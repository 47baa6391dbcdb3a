"""The logging proxy: calls go out and answers come back byte for byte, and each is heard on the way."""
