/* SPDX-License-Identifier: MIT */
/*
 * What a page holds after its key changed. Hardware decrypts old bytes with the wrong key; here a changing pattern is mixed in:
 * into one word of every 64-byte line of a 4 KiB page, and into two words of every 4 KiB of a page that changes as 2 MiB.
 * The pattern depends on address and number of the change, so that going back does not bring the content back.
 */
#pragma once

#include "base/addr.h"

void content_scramble(void *page, gpa_t address, enum page_size size);
