"""The login helper: the one process with a web engine, for as long as a sign-in or a hidden visit takes."""
