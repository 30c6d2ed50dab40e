/* SPDX-License-Identifier: MIT */
#pragma once

/* All counters of all contexts, one record each; zero ones are left out. */
void counters_write(void);
