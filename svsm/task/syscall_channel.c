/* SPDX-License-Identifier: MIT */
#include "task/syscall_parts.h"

#define LOG_CALL_MAX 1024U /* bytes that one call takes; the rest is for the next */
#define VECTOR_MAX 16U

struct vector {
	u64 address;
	u64 bytes;
};

static void line_end(struct process *process)
{
	if (process->log_used > 0) {
		log_info("%s: %.*s", process->name, (int)process->log_used, process->log_text);
	}
	process->log_used = 0;
}

/* Whatever could disturb a terminal is shown as a dot. */
static void log_byte(struct process *process, char byte)
{
	if (process->log_total >= PROCESS_LOG_MAX) {
		return;
	}
	process->log_total++;
	if (byte == '\n' || process->log_used == sizeof(process->log_text)) {
		line_end(process);
	}
	if (byte != '\n') {
		process->log_text[process->log_used++] = byte >= ' ' && byte <= '~' ? byte : '.';
	}
}

u64 syscall_log(struct process *process, u64 address, u64 bytes)
{
	char part[64];
	u64 wanted = bytes < LOG_CALL_MAX ? bytes : LOG_CALL_MAX;
	u64 done = 0;
	while (done < wanted) {
		u64 n = wanted - done < sizeof(part) ? wanted - done : sizeof(part);
		if (space_read(&process->space, address + done, part, n) != ERR_OK) {
			return done > 0 ? done : syscall_error(LINUX_EFAULT);
		}
		for (u64 i = 0; i < n; i++) {
			log_byte(process, part[i]);
		}
		done += n;
	}
	return done;
}

u64 syscall_log_vector(struct process *process, u64 vector, u64 count)
{
	struct vector parts[VECTOR_MAX];
	u64 done = 0;
	if (count > VECTOR_MAX) {
		return syscall_error(LINUX_EINVAL);
	}
	if (space_read(&process->space, vector, parts, count * sizeof(parts[0])) != ERR_OK) {
		return syscall_error(LINUX_EFAULT);
	}
	for (u64 i = 0; i < count; i++) {
		u64 n = syscall_log(process, parts[i].address, parts[i].bytes);
		if (n != parts[i].bytes) {
			return n <= LOG_CALL_MAX ? done + n : (done > 0 ? done : n);
		}
		done += n;
	}
	return done;
}

u64 syscall_channel_read(struct process *process, u64 address, u64 bytes)
{
	struct channel *channel = process->channel;
	if (channel->phase != CHANNEL_REQUESTED || bytes < channel->request_size) {
		return syscall_error(LINUX_EINVAL);
	}
	if (space_write(&process->space, address, channel->request, channel->request_size) != ERR_OK) {
		return syscall_error(LINUX_EFAULT);
	}
	channel->phase = CHANNEL_SERVING;
	return channel->request_size;
}

u64 syscall_channel_write(struct process *process, u64 address, u64 bytes)
{
	struct channel *channel = process->channel;
	if (channel->phase != CHANNEL_SERVING || bytes < CHANNEL_HEAD_SIZE || bytes > CHANNEL_MESSAGE_MAX) {
		return syscall_error(LINUX_EINVAL);
	}
	if (space_read(&process->space, address, channel->reply, bytes) != ERR_OK) {
		return syscall_error(LINUX_EFAULT);
	}
	channel->reply_size = (u32)bytes;
	channel->phase = CHANNEL_REPLIED;
	return bytes;
}
