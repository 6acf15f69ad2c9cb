"""What every training needs, whatever it trains: schedules, state, memory, curves."""
