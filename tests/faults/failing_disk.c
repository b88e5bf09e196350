/* A disk that fails on purpose, for one process: loaded before the C library (LD_PRELOAD), it makes calls on files below a
 * folder fail as the environment says.
 *
 *   FAILING_DISK_BELOW   the folder
 *   FAILING_DISK_AT      the number of the call that fails, from 1
 *   FAILING_DISK_CALLS   which calls are counted: "write", "sync" or "all"
 *   FAILING_DISK_ERROR   the errno; "kill" kills the process before the call instead
 *   FAILING_DISK_BYTES   instead: files may grow by so many bytes in all, then the disk is full
 *   FAILING_DISK_ROOM    the disk is full only while this file does not exist
 *   FAILING_DISK_NOTE    this file is made when a call fails on purpose
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;
static atomic_long grown;

static const char *setting(const char *name) {
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static int is_below(const char *path) {
    const char *folder = setting("FAILING_DISK_BELOW");
    return folder && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_meant(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_below(path);
}

static int fail(int error) {
    const char *note = setting("FAILING_DISK_NOTE");
    if (note) {
        int fd = open(note, O_CREAT | O_WRONLY, 0600);
        if (fd >= 0) close(fd);
    }
    const char *how = setting("FAILING_DISK_ERROR");
    if (how && strcmp(how, "kill") == 0) kill(getpid(), SIGKILL);
    errno = error;
    return -1;
}

/* Whether this call is the one that fails. */
static int is_due(const char *kind) {
    const char *at = setting("FAILING_DISK_AT"), *counted = setting("FAILING_DISK_CALLS");
    if (!at || (counted && strcmp(counted, "all") != 0 && strcmp(counted, kind) != 0)) return 0;
    return atomic_fetch_add(&calls, 1) + 1 == atol(at);
}

static int error_number(void) {
    const char *error = setting("FAILING_DISK_ERROR");
    return error ? atoi(error) : EIO;
}

/* Whether the file cannot grow to this size any more. */
static int is_full(int fd, off_t size) {
    const char *bytes = setting("FAILING_DISK_BYTES"), *room = setting("FAILING_DISK_ROOM");
    struct stat now;
    if (!bytes || fstat(fd, &now) != 0) return 0;
    off_t more = size - now.st_size;
    if (more <= 0 || (room && access(room, F_OK) == 0)) return 0;
    if (atomic_load(&grown) + more > atol(bytes)) return 1;
    atomic_fetch_add(&grown, more);
    return 0;
}

/* The function of the C library that one of ours stands before. */
#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static ssize_t write_at(ssize_t (*real)(int, const void *, size_t, off_t), int fd, const void *bytes, size_t count,
                        off_t offset) {
    if (is_meant(fd)) {
        if (is_due("write")) return fail(error_number());
        if (is_full(fd, offset + (off_t)count)) return fail(ENOSPC);
    }
    return real(fd, bytes, count, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    REAL(pwrite);
    return write_at(real, fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) {
    REAL(pwrite64);
    return write_at(real, fd, bytes, count, offset);
}

ssize_t write(int fd, const void *bytes, size_t count) {
    REAL(write);
    if (is_meant(fd)) {
        if (is_due("write")) return fail(error_number());
        off_t offset = lseek(fd, 0, SEEK_CUR);
        if (offset >= 0 && is_full(fd, offset + (off_t)count)) return fail(ENOSPC);
    }
    return real(fd, bytes, count);
}

int fsync(int fd) {
    REAL(fsync);
    return is_meant(fd) && is_due("sync") ? fail(error_number()) : real(fd);
}

int fdatasync(int fd) {
    REAL(fdatasync);
    return is_meant(fd) && is_due("sync") ? fail(error_number()) : real(fd);
}

int ftruncate(int fd, off_t size) {
    REAL(ftruncate);
    return is_meant(fd) && is_due("write") ? fail(error_number()) : real(fd, size);
}

int ftruncate64(int fd, off_t size) {
    REAL(ftruncate64);
    return is_meant(fd) && is_due("write") ? fail(error_number()) : real(fd, size);
}

int rename(const char *from, const char *to) {
    REAL(rename);
    return is_below(to) && is_due("write") ? fail(error_number()) : real(from, to);
}
