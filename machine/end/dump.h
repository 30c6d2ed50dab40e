/* SPDX-License-Identifier: MIT */
#pragma once

/* The RMP and the memory that the option dump= names; nothing without it. */
void dump_write(void);
