/* SPDX-License-Identifier: MIT */
/* The commands beside build. words[0] is the command's name; they return the exit status. */
#pragma once

int check_command(int count, char **words);
int measure_command(int count, char **words);
int inspect_command(int count, char **words);
int sign_command(int count, char **words);
int verify_command(int count, char **words);
int diff_command(int count, char **words);
