"""The only place for widgets: they show values and say what the person wants."""
