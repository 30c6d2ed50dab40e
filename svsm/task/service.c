/* SPDX-License-Identifier: MIT */
#include "task/service.h"

#include "base/mem.h"
#include "mm/own_map.h"
#include "platform/platform.h"
#include "task/channel.h"
#include "task/clock.h"
#include "task/process.h"
#include "task/services.h"

#define VTPM_FRAMES_MAX 512U
#define ATTEST_FRAMES_MAX 336U
#define NANOSECONDS_PER_SECOND 1000000000ULL
#define DEATHS_MAX 8U      /* in a row, without a reply in between: then it is given up */
#define SLICES_MAX 600000U /* of one request; with a timer some ten minutes */

/* One CPU at a time has it: who finds it taken goes away. */
struct service_state {
	bool taken;
	bool died;      /* ever */
	bool ended;     /* its process has, and lies there still */
	u32 deaths;     /* since its last reply */
	u32 slices;     /* of the request that is under way */
	u64 over_since; /* nanoseconds; of a request that is replied or lost */
	struct process *process;
	struct channel channel;
};

static const char *const names[SERVICE_COUNT] = {[SERVICE_VTPM] = "vtpm", [SERVICE_ATTEST] = "attest"};
/* About 200 frames are the same for both: the executable's data, a stack, page tables. The rest is heap. */
static const u32 frames_max[SERVICE_COUNT] = {[SERVICE_VTPM] = VTPM_FRAMES_MAX, [SERVICE_ATTEST] = ATTEST_FRAMES_MAX};
_Static_assert((VTPM_FRAMES_MAX + ATTEST_FRAMES_MAX + SERVICE_COUNT * (2 * CHANNEL_MESSAGE_PAGES + 1) +
		PLATFORM_MESSAGE_PAGES) *
			       PAGE_SIZE <=
		       BOOT_SERVICES_SIZE,
	       "processes, channels, and pages for messages to the PSP fit into what the image has for them");
static struct service_state states[SERVICE_COUNT];
static struct span executable;

void services_init(const struct boot_layout *layout)
{
	clock_init();
	memset(states, 0, sizeof(states));
	executable = span_of(NULL, 0);
	if (layout->service != 0) {
		executable = span_of(own_address(gpa(layout->service)), layout->service_bytes);
	}
}

static bool state_take(struct service_state *state)
{
	return !__atomic_exchange_n(&state->taken, true, __ATOMIC_ACQUIRE);
}

static void state_give(struct service_state *state)
{
	__atomic_store_n(&state->taken, false, __ATOMIC_RELEASE);
}

bool service_is_there(enum service service)
{
	return executable.n > 0 && __atomic_load_n(&states[service].deaths, __ATOMIC_RELAXED) < DEATHS_MAX;
}

/* Written by whoever has the service, and read by everybody. */
static void deaths_set(struct service_state *state, u32 deaths)
{
	__atomic_store_n(&state->deaths, deaths, __ATOMIC_RELAXED);
}

static void death_count(enum service service)
{
	struct service_state *state = &states[service];
	state->died = true;
	deaths_set(state, state->deaths + 1);
	if (state->deaths == DEATHS_MAX) {
		log_error("%s: ended %u times, given up", names[service], DEATHS_MAX);
	}
}

/* ERR_NO_MEMORY; ERR_LOST when the host takes its memory away meanwhile; ERR_NOT_FOUND when the image holds nothing that can be a process: then it never will. */
static err_t start(enum service service)
{
	struct service_state *state = &states[service];
	struct process_name name = {names[service], frames_max[service], state->died};
	enum err error = process_make(executable, &name, &state->channel, &state->process);
	if (error == ERR_OK || error == ERR_NO_MEMORY) {
		return error;
	}
	if (error == ERR_LOST) {
		death_count(service);
		return error;
	}
	log_error("%s: cannot be loaded (%s), given up", names[service], err_name(error));
	deaths_set(state, DEATHS_MAX);
	return ERR_NOT_FOUND;
}

/* ERR_INCOMPLETE: begun, by making the process. That is nearly as much work as a slice, so it takes the place of one. */
static err_t begin(enum service service, const struct service_request *request)
{
	struct service_state *state = &states[service];
	bool runs = state->process != NULL;
	enum err error = channel_open(&state->channel);
	if (error == ERR_OK && !runs) {
		error = start(service);
	}
	if (error != ERR_OK) {
		return error;
	}
	state->slices = 0;
	channel_put(&state->channel, request);
	return runs ? ERR_OK : ERR_INCOMPLETE;
}

/* To clear its memory is work for a call of its own. */
static void bury(enum service service)
{
	struct service_state *state = &states[service];
	process_end(state->process);
	state->process = NULL;
	state->ended = false;
	state->channel.phase = CHANNEL_LOST;
	death_count(service);
}

static bool is_over(const struct service_state *state)
{
	return state->channel.phase == CHANNEL_REPLIED || state->channel.phase == CHANNEL_LOST;
}

static void run(enum service service)
{
	struct service_state *state = &states[service];
	enum process_stop stop = process_run(state->process);
	state->slices++;
	if (stop == PROCESS_REPLIED) {
		deaths_set(state, 0);
	} else if (stop == PROCESS_DEAD) {
		state->ended = true;
	} else if (state->slices >= SLICES_MAX) {
		log_error("%s: ended, no reply after %u slices", names[service], SLICES_MAX);
		state->ended = true;
	}
}

/* For a slice, if there is anything left to do. */
static void advance(enum service service)
{
	struct service_state *state = &states[service];
	if (is_over(state)) {
		return;
	}
	if (state->ended) {
		bury(service);
	} else {
		run(service);
	}
	state->over_since = clock_nanoseconds();
}

static bool is_forgotten(const struct service_state *state)
{
	return is_over(state) &&
	       clock_nanoseconds() - state->over_since > SERVICE_KEEP_SECONDS * NANOSECONDS_PER_SECOND;
}

static err_t fetch(struct service_state *state, struct service_reply *reply)
{
	switch (state->channel.phase) {
	case CHANNEL_REPLIED:
		return channel_fetch(&state->channel, reply);
	case CHANNEL_LOST:
		channel_reset(&state->channel);
		return ERR_LOST;
	default:
		return ERR_INCOMPLETE;
	}
}

static err_t serve(enum service service, const struct service_request *request, struct service_reply *reply)
{
	struct service_state *state = &states[service];
	bool is_this = channel_holds(&state->channel, request);
	enum err error = ERR_OK;
	if (!is_this && is_forgotten(state)) {
		channel_reset(&state->channel);
	}
	if (state->channel.phase == CHANNEL_IDLE) {
		error = begin(service, request);
		is_this = true;
	}
	if (error != ERR_OK) {
		return error;
	}
	advance(service);
	return is_this ? fetch(state, reply) : ERR_BUSY;
}

enum err service_call(enum service service, const struct service_request *request, struct service_reply *reply)
{
	if (!service_is_there(service)) {
		return ERR_NOT_FOUND;
	}
	if (request->payload.n > CHANNEL_PAYLOAD_MAX) {
		return ERR_RANGE;
	}
	if (!state_take(&states[service])) {
		return ERR_BUSY;
	}
	enum err error = serve(service, request, reply);
	state_give(&states[service]);
	return error;
}
