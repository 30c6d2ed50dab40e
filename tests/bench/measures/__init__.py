# SPDX-License-Identifier: MIT
"""What tests/bench measures: one module each, with measure(context) that gives Results."""
