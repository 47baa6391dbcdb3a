"""“Copy as …” text into one request: pure, and nothing pasted is ever run."""
