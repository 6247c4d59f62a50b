"""The only way from the widgets to the station: commands on one worker thread, queries in a small pool, changes and live values coming back."""
