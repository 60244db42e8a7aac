/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - reading and writing files (files.h). */
#include "cli/files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- interruption ---- */
static const int ending_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGXFSZ};
enum { ENDING_SIGNALS = sizeof ending_signals / sizeof ending_signals[0] };

static char pending[PATH_MAX]; /* the temporary to remove */
static volatile sig_atomic_t is_pending;

/* Only calls that POSIX allows in a handler.  SA_RESETHAND: the second raise ends the program by the signal. */
static void on_signal(int signal)
{
    if (is_pending) {
        unlink(pending);
    }
    raise(signal);
}

static void ending_set(sigset_t *set)
{
    sigemptyset(set);
    for (int i = 0; i < ENDING_SIGNALS; i++) {
        sigaddset(set, ending_signals[i]);
    }
}

void gn_cli_files_begin(void)
{
    int fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO) {
        fd = open("/dev/null", O_RDWR);
    }
    if (fd >= 0) {
        close(fd);
    }
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESETHAND};
    ending_set(&action.sa_mask);
    for (int i = 0; i < ENDING_SIGNALS; i++) {
        struct sigaction old;
        if (sigaction(ending_signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) { /* nohup stays nohup */
            sigaction(ending_signals[i], &action, NULL);
        }
    }
}

/* ---- reading ---- */
static int too_long(const char *name, uint64_t limit)
{
    return gn_cli_fail(CLI_LIMIT, name, "longer than %" PRIu64 " bytes, the most that is supported", limit);
}

static int read_all(struct gn_buffer *out, int fd, const char *name, uint64_t limit)
{
    static uint8_t chunk[1 << 16];
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return gn_cli_fail(errno == EISDIR ? CLI_BAD : CLI_FAILED, name, "%s",
                               errno == EISDIR ? "is a directory" : strerror(errno));
        }
        if (n == 0) {
            return CLI_DONE;
        }
        if ((uint64_t)n > limit - out->size) {
            return too_long(name, limit);
        }
        gn_buffer_append(out, chunk, (size_t)n);
        if (out->failed) {
            return gn_cli_no_memory();
        }
    }
}

int gn_cli_read(struct gn_buffer *out, const char *path, uint64_t limit)
{
    *out = (struct gn_buffer){0};
    if (strcmp(path, "-") == 0) {
        return read_all(out, STDIN_FILENO, "standard input", limit);
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return gn_cli_fail(CLI_BAD, path, "%s", strerror(errno));
    }
    struct stat file;
    bool known = fstat(fd, &file) == 0 && S_ISREG(file.st_mode); /* before it is read for nothing */
    int status = known && (uint64_t)file.st_size > limit ? too_long(path, limit) : read_all(out, fd, path, limit);
    close(fd);
    return status;
}

int gn_cli_read_bounded(struct gn_buffer *out, const char *path, uint64_t limit)
{
    int status = gn_cli_read(out, path, limit);
    return status == CLI_LIMIT ? CLI_BAD : status;
}

/* ---- writing ---- */
static void forget(struct cli_output *o)
{
    is_pending = 0;
    free(o->target);
    free(o->temporary);
    o->target = o->temporary = NULL;
    o->stream = NULL;
}

static int cannot_write(const struct cli_output *o, int error)
{
    return gn_cli_fail(CLI_FAILED, o->path, "cannot be written: %s", strerror(error));
}

static int open_directly(struct cli_output *o)
{
    o->stream = strcmp(o->path, "-") == 0 ? stdout : fopen(o->path, "we");
    return o->stream != NULL ? CLI_DONE : cannot_write(o, errno);
}

/* DIRECTORY/.gnomon-PID-N.tmp: the name is short whatever the target's is */
static char *temporary_name(const char *target, unsigned n)
{
    const char *slash = strrchr(target, '/');
    int folder = slash != NULL ? (int)(slash - target) + 1 : 0;
    char *name = malloc(PATH_MAX);
    if (name != NULL &&
        snprintf(name, PATH_MAX, "%.*s.gnomon-%ld-%u.tmp", folder, target, (long)getpid(), n) >= PATH_MAX) {
        free(name);
        errno = ENAMETOOLONG;
        return NULL;
    }
    return name;
}

/* Creates and registers the temporary in one go as far as signals are concerned. */
static int create_temporary(struct cli_output *o, mode_t mode)
{
    sigset_t ending, before;
    int fd = -1;
    ending_set(&ending);
    sigprocmask(SIG_BLOCK, &ending, &before);
    for (unsigned n = 0; fd < 0 && n < 100; n++) {
        free(o->temporary);
        o->temporary = temporary_name(o->target, n);
        if (o->temporary == NULL) {
            break;
        }
        fd = open(o->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd < 0 && errno != EEXIST) {
            break;
        }
    }
    if (fd >= 0) {
        snprintf(pending, sizeof pending, "%s", o->temporary);
        is_pending = 1;
    }
    int error = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return fd;
}

int gn_cli_output_open(struct cli_output *o, const char *path)
{
    struct stat existing;
    *o = (struct cli_output){.path = path};
    bool is_stdout = strcmp(path, "-") == 0, exists = !is_stdout && stat(path, &existing) == 0;
    if (!is_stdout && !exists && errno != ENOENT && *path != 0) { /* said now, not after the work */
        return cannot_write(o, errno);
    }
    if (exists && S_ISDIR(existing.st_mode)) {
        return gn_cli_fail(CLI_BAD, path, "is a directory");
    }
    if (is_stdout || (exists && !S_ISREG(existing.st_mode))) {
        return open_directly(o);
    }
    if (*path == 0 || path[strlen(path) - 1] == '/') {
        return gn_cli_fail(CLI_BAD, path, "is not the name of a file");
    }
    if (exists && access(path, W_OK) != 0) { /* renaming over it would succeed */
        return cannot_write(o, errno);
    }
    o->target = exists ? realpath(path, NULL) : strdup(path);
    int fd = o->target != NULL ? create_temporary(o, exists ? existing.st_mode & 0777 : 0666) : -1;
    o->stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (o->stream == NULL) {
        int error = errno;
        if (fd >= 0) {
            close(fd);
        }
        gn_cli_output_discard(o);
        return cannot_write(o, error);
    }
    return CLI_DONE;
}

int gn_cli_output_commit(struct cli_output *o)
{
    if (o->stream == stdout) {
        forget(o);
        return gn_cli_flush();
    }
    bool written = fflush(o->stream) == 0 && !ferror(o->stream);
    int error = errno;
    written = fclose(o->stream) == 0 && written;
    o->stream = NULL;
    if (written && (o->target == NULL || rename(o->temporary, o->target) == 0)) {
        forget(o);
        return CLI_DONE;
    }
    error = written ? errno : error;
    const struct cli_output said = {.path = o->path};
    gn_cli_output_discard(o);
    return cannot_write(&said, error);
}

void gn_cli_output_discard(struct cli_output *o)
{
    if (o->stream != NULL && o->stream != stdout) {
        fclose(o->stream);
    }
    if (o->temporary != NULL) {
        unlink(o->temporary);
    }
    forget(o);
}
