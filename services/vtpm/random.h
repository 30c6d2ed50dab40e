/* SPDX-License-Identifier: MIT */
/*
 * Random numbers of the process. libtpms seeds itself by OpenSSL's RAND_bytes and, where that fails, by time and process id,
 * without a word. So OpenSSL gets its random numbers from getrandom(2) here, each of them, and where that fails there is no process
 * any more: libtpms never sees a failure.
 */
#pragma once

/* Before anything else of OpenSSL or libtpms. Ends the process when there are no random numbers. */
void random_init(void);
