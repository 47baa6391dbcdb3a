"""What the application does: plain asyncio, no Qt."""
