/* SPDX-License-Identifier: MIT */
#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compiler.h"
#include "host/report.h"

static bool read_all(int fd, u8 *to, size_t n)
{
	size_t done = 0;
	while (done < n) {
		ssize_t got = read(fd, to + done, n - done);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			return false;
		}
		done += (size_t)got;
	}
	return true;
}

static bool size_regular(int fd, const char *path, const char *what, size_t *size)
{
	struct stat status;
	if (fstat(fd, &status) != 0) {
		return report("%s %s: %s", what, path, strerror(errno));
	}
	if (!S_ISREG(status.st_mode)) {
		return report("%s %s: not a regular file", what, path);
	}
	if (status.st_size > UINT32_MAX) {
		return report("%s %s: larger than an IGVM file can be (4 GiB)", what, path);
	}
	*size = (size_t)status.st_size;
	return true;
}

static bool read_regular(int fd, const char *path, const char *what, struct span *bytes)
{
	size_t n;
	if (!size_regular(fd, path, what, &n)) {
		return false;
	}
	u8 *memory = allocate(n);
	errno = 0;
	if (!read_all(fd, memory, n)) {
		return report("%s %s: %s", what, path,
			      errno != 0 ? strerror(errno) : "it became shorter while it was read");
	}
	*bytes = span_of(memory, n);
	return true;
}

/* Whoever makes a mapped file shorter has the kernel send this signal when the bytes are looked at. */
static noreturn_fn void lost_bytes(int signal);

static void lost_bytes(int signal)
{
	static const char message[] = ": a file became shorter while it was read\n";
	(void)!write(STDERR_FILENO, report_program, strlen(report_program));
	(void)!write(STDERR_FILENO, message, sizeof(message) - 1);
	_exit(STATUS_FAILED);
}

static bool map_regular(int fd, const char *path, const char *what, struct span *bytes)
{
	size_t n;
	if (!size_regular(fd, path, what, &n)) {
		return false;
	}
	const struct sigaction action = {.sa_handler = lost_bytes};
	if (n == 0) {
		*bytes = span_of(NULL, 0);
		return true;
	}
	void *memory = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
	if (memory == MAP_FAILED || sigaction(SIGBUS, &action, NULL) != 0) {
		return read_regular(fd, path, what, bytes);
	}
	*bytes = span_of(memory, n);
	return true;
}

void file_keep(struct span bytes, size_t n)
{
	volatile u8 *at = (volatile u8 *)(uintptr_t)bytes.p;
	for (size_t i = 0; i < n && i < bytes.n; i += PAGE_SIZE) {
		at[i] = at[i];
	}
}

bool file_map(const char *path, const char *what, struct span *bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return report("%s %s: %s", what, path, strerror(errno));
	}
	bool done = map_regular(fd, path, what, bytes);
	close(fd);
	return done;
}

bool file_read(const char *path, const char *what, struct span *bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return report("%s %s: %s", what, path, strerror(errno));
	}
	bool done = read_regular(fd, path, what, bytes);
	close(fd);
	return done;
}

static bool write_all(int fd, struct span bytes)
{
	while (bytes.n > 0) {
		ssize_t put = write(fd, bytes.p, bytes.n);
		if (put < 0 && errno == EINTR) {
			continue;
		}
		if (put <= 0) {
			return false;
		}
		bytes = span_of(bytes.p + put, bytes.n - (size_t)put);
	}
	return true;
}

static bool write_in_place(const char *path, struct span bytes)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write_all(fd, bytes);
	done = (fd < 0 || close(fd) == 0) && done;
	return done || report("cannot write %s: %s", path, strerror(errno));
}

/* The rights that a file made by open() would get. */
static mode_t new_file_mode(void)
{
	mode_t mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

static bool write_and_rename(int fd, const char *temporary, const char *path, struct span bytes)
{
	bool written = write_all(fd, bytes) && fchmod(fd, new_file_mode()) == 0;
	written = close(fd) == 0 && written;
	if (written && rename(temporary, path) == 0) {
		return true;
	}
	int reason = errno;
	unlink(temporary);
	return report("cannot write %s: %s", path, strerror(reason));
}

bool file_write(const char *path, struct span bytes)
{
	struct stat status;
	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
		return write_in_place(path, bytes);
	}
	size_t room = strlen(path) + sizeof(".XXXXXX");
	char *temporary = allocate(room);
	snprintf(temporary, room, "%s.XXXXXX", path);
	int fd = mkstemp(temporary);
	bool done = fd >= 0 ? write_and_rename(fd, temporary, path, bytes)
			    : report("cannot write %s: %s", path, strerror(errno));
	free(temporary);
	return done;
}
