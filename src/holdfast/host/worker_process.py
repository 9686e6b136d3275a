"""The worker as a process of its own: `python -m holdfast.host.worker_process NAME`.

Decides nothing. It stands apart from `holdfast.host.worker`, so that the queue's application is made in an imported
module: procrastinate names tasks by their module, and the main module has no name of its own.
"""

from holdfast.host.worker import main

if __name__ == "__main__":
    main()
