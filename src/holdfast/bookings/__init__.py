"""The record: who uses which resource when, and the only verbs that change it.

A door builds an `Actor` and hands frozen `orders` to `verbs.apply`; `outcomes` come back. Everything a change entails
(slots, conflicts, journal, and what higher layers hang on with `followers`) commits with it or not at all.
"""
