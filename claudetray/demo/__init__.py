"""Stand-ins for the Console and Slack on loopback, for the demo and the tests."""
