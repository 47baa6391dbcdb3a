"""Who can be asked: a folder for each provider, and nothing outside its folder and the catalog names one."""
