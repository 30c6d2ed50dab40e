/* SPDX-License-Identifier: MIT */
/* The commands that only read. words[0] is the command's name; they return the exit status. */
#pragma once

int measure_command(int count, char **words);
int inspect_command(int count, char **words);
