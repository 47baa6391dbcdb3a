"""What may be known of the Console without asking it. Source: docs/providers/anthropic-console.md."""

from datetime import timedelta

ID = "anthropic"
NAME = "Anthropic Console"
ADDRESS = "https://platform.claude.com"
BILLING_PAGE = f"{ADDRESS}/settings/billing"
SOURCE = "console"
ORGANIZATIONS = "/api/organizations"
WHOLE_LOOK = timedelta(seconds=60)
TRIES = 3
BETWEEN_TRIES = timedelta(seconds=5)
EXTRAS = timedelta(seconds=2)  # what supplementary calls may take: they never fail a look
