"""What keeps the trail's checkpoints outside the station: witnesses, folders, tables."""
