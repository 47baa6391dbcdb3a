"""What models cost: the published rates of genai-prices, and what it lacks."""
