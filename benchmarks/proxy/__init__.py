"""The proxy measured: what it adds to a call, how many calls it bears, how much memory it takes."""
