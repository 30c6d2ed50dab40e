/* SPDX-License-Identifier: MIT */
#pragma once

/* Folder of the data files; set by main. */
extern const char *vectors_folder;

void vectors_replay(void **state);
