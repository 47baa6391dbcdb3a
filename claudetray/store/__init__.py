"""What is kept: SQLite through peewee, and the vault. Rows never leave this package."""
