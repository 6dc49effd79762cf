"""Commands of `certlab`, one file each; cli.py puts them together."""
