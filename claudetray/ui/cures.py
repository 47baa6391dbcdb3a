"""What the button beside a failure does: names that windows say and the front carries out."""

SETTINGS, RETRY, BILLING, STATUS_PAGE, SIGN_IN = "settings", "retry", "billing", "status_page", "sign_in"
