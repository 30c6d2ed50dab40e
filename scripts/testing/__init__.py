# SPDX-License-Identifier: MIT
"""The test runner behind `make test`: build, unit tests, fuzz smoke, lint, boots; one count at the end."""
