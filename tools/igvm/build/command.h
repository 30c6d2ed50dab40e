/* SPDX-License-Identifier: MIT */
#pragma once

/* igvm build: words[0] is "build". Returns the exit status. */
int build_command(int count, char **words);
