"""The contract suite: sends cases to targets and holds every answer to the contract."""
