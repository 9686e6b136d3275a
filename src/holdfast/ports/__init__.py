"""The only doors to time, chance, identity and interruption.

Everything else in Holdfast asks these modules; none of them imports anything of Holdfast. A simulated world
replaces what stands behind each door (`install`), so that one seed decides a whole run.
"""
