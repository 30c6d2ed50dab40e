/* SPDX-License-Identifier: MIT */
/*
 * What the probe, a service for tests, is asked for. It stands in for the vTPM: the request is the payload of VTPM_COMMAND
 * (copra/vtpm.h), and its first byte says what to do.
 */
#pragma once

#define PROBE_ECHO 'e'       /* the request is the reply */
#define PROBE_TRANSCRIPT 't' /* system calls and their results, for comparison with Linux */
#define PROBE_MEMORY 'm'     /* takes memory until there is no more, then gives it back */
#define PROBE_FRESH 'f'      /* looks at new memory, which must be zero, and leaves something there */
#define PROBE_FLAGS 'g'      /* system calls with strange flags, a strange stack pointer and strange segments */
#define PROBE_ARITHMETIC 'a' /* computes with vector registers for some slices */
#define PROBE_LATE_DEATH 'd' /* computes for some slices, then dies */
#define PROBE_HOST 'v'       /* VMGEXIT, which is not privileged, with nothing to ask the host for */
#define PROBE_LOOP 'l'       /* for ever */
#define PROBE_DOOR 'D'       /* the next byte is the number of a door; returning is a failure */
#define PROBE_DOOR_COUNT 43U
