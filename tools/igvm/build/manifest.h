/* SPDX-License-Identifier: MIT */
#pragma once

#include <copra/types.h>

/*
 * Puts the options of the manifest in the place of "--manifest FILE", when these are the first words of the command; files
 * that it names are relative to its own folder. False after a message.
 */
bool manifest_expand(int *count, char ***words);
