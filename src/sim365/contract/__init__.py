"""The contract suite: the same checks on sim365 and on a real tenant, so that what is modelled can be compared.

access      how the person with a tenant lets the suite in: environment, files, the list of mailboxes
pace, wire  at most 600 requests, at most two in a second, never to another host
runbook     what is going to be made, in a file, before it is made
ground      the only hands that checks have: everything made carries the run's number
checks      what is asked; each names the behaviours it is about
running     the run: look first, ask, remove, report
cleaning    removal, also for a run that was killed
report      dated results, which `sim365 learn` reads
"""
