"""Counters of this installation's processes, in the files that all its processes share.

Decides the names. Each process writes its own files in the directory that `up` names (prometheus_client's
multi-process mode); `/metrics` adds them up. Without that directory they count in memory only.
"""

from prometheus_client import Counter, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Counter("holdfast_requests", "Requests answered by the web server", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "holdfast_request_seconds", "How long the web server took to answer", ["route"], buckets=_SECONDS
)
JOBS = Counter("holdfast_jobs", "Wake-up calls that workers answered", ["task", "outcome"])
JOB_SECONDS = Histogram("holdfast_job_seconds", "How long a wake-up call took", ["task"], buckets=_SECONDS)
SWEEPS = Counter("holdfast_sweeps", "Rounds of the sweep", ["outcome"])
