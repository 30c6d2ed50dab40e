/* SPDX-License-Identifier: MIT */
/*
 * A service for tests: it does what it is told (copra/probe.h) and must not be able to do, at every door of ring 3.
 */
#pragma once

#include <copra/probe.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Goes through a door. Returns when that was possible, or when there is no such door. */
void probe_door(uint8_t number);

/* Writes results to the reply; returns how many bytes. */
size_t probe_transcript(uint8_t *reply, size_t room);
/* Each true when all was well. */
bool probe_memory(void);
bool probe_fresh(void);
bool probe_flags(void);
bool probe_host(void);
bool probe_arithmetic(void);
/* Keeps the processor for about that many milliseconds. */
void probe_compute(unsigned milliseconds);
