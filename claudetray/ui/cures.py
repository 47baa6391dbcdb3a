"""What the button beside a failure does: names that windows say and the front carries out."""

SETTINGS, RETRY, BILLING, STATUS_PAGE = "settings", "retry", "billing", "status_page"
