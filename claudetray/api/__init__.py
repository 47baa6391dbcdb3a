"""The local API: what claudetray knows, in JSON, for programs on this machine that hold its token."""
