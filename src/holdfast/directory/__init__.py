"""Who and what there is: workspaces, accounts, people and their roles, locations, resources and their units, tokens.

Decides who may do what (`roles`); knows no booking. Every verb takes an `Actor`, made at a door, and asks it.
"""
