"""The Anthropic Console: where prepaid API credit is kept."""
