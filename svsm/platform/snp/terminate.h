/* SPDX-License-Identifier: MIT */
/* The end of the SVSM is that of all its CPUs, whether the host sees to it or not. */
#pragma once

/* At boot, before there is more than one CPU. */
void terminate_begin(void);
/* For a CPU that is about to let its guest run: when another one has ended the SVSM, it ends as well, without a word. */
void terminate_with_others(void);
