"""Alarm channels: who is told of alarms outside the station, with what, and what becomes of each notice."""
