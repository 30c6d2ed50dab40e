# SPDX-License-Identifier: MIT
"""Exit statuses, and the one exception that ends a run with a message."""

STATUS_OK = 0
STATUS_FAILED = 1
STATUS_USAGE = 2
STATUS_TERMINATED = 3
STATUS_TIMEOUT = 4
STATUS_INTERRUPTED = 130


class LaunchError(Exception):
    """Something a person has to know: what was wrong, where, what to do. One message, one exit status."""

    def __init__(self, message, status=STATUS_FAILED):
        super().__init__(message)
        self.status = status
