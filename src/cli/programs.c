/* SPDX-License-Identifier: Apache-2.0 */
/* programs.c - see programs.h.  A folder may hold many programs, and a case names one or two of them: only files of the right length are read and hashed, and those once. */
#include "cli/programs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sha256.h"
#include "cli/files.h"

struct cli_program_file {
    char *path;
    uint64_t bytes; /* 0: not to be read */
    bool hashed;
    uint8_t sha256[SHA256_BYTES];
    struct gn_buffer elf;
};

static size_t count(const struct cli_programs *p)
{
    return p->entries.size / sizeof(struct cli_program_file);
}

static struct cli_program_file *files(const struct cli_programs *p)
{
    return (struct cli_program_file *)(void *)p->entries.data;
}

static int add(struct cli_programs *p, const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct stat file;
    size_t n = strlen(name);
    if (n < 3 || strcmp(name + n - 3, ".so") != 0) {
        return CLI_DONE;
    }
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
        return gn_cli_fail(CLI_BAD, folder, "path is too long");
    }
    if (stat(path, &file) != 0 || !S_ISREG(file.st_mode) || file.st_size <= 0 || file.st_size > SVM_PROGRAM_MAX) {
        return CLI_DONE;
    }
    struct cli_program_file f = {.path = strdup(path), .bytes = (uint64_t)file.st_size};
    if (f.path != NULL) {
        gn_buffer_append(&p->entries, &f, sizeof f);
    }
    if (f.path == NULL || p->entries.failed) {
        free(f.path);
        return gn_cli_no_memory();
    }
    return CLI_DONE;
}

int gn_cli_programs_open(struct cli_programs *p, const char *folder)
{
    *p = (struct cli_programs){0};
    if (folder == NULL) {
        return CLI_DONE;
    }
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        return gn_cli_fail(CLI_BAD, folder, "%s", strerror(errno));
    }
    int status = CLI_DONE;
    for (struct dirent *e; status == CLI_DONE && (e = readdir(dir)) != NULL;) {
        status = add(p, folder, e->d_name);
    }
    closedir(dir);
    return status;
}

void gn_cli_programs_close(struct cli_programs *p)
{
    for (size_t i = 0; i < count(p); i++) {
        gn_buffer_free(&files(p)[i].elf);
        free(files(p)[i].path);
    }
    gn_buffer_free(&p->entries);
}

/* false: it cannot be read, or has become shorter */
static bool read_file(struct cli_program_file *f)
{
    int fd = open(f->path, O_RDONLY | O_CLOEXEC);
    f->elf.data = malloc(f->bytes);
    while (fd >= 0 && f->elf.data != NULL && f->elf.size < f->bytes) {
        ssize_t n = read(fd, f->elf.data + f->elf.size, f->bytes - f->elf.size);
        if (n == 0 || (n < 0 && errno != EINTR)) {
            break;
        }
        f->elf.size += n > 0 ? (size_t)n : 0;
    }
    if (fd >= 0) {
        close(fd);
    }
    return f->elf.size == f->bytes;
}

struct svm_bytes gn_cli_programs_find(void *programs, const uint8_t sha256[32], uint64_t bytes)
{
    const struct cli_programs *p = programs;
    for (size_t i = 0; i < count(p); i++) {
        struct cli_program_file *f = &files(p)[i];
        if (f->bytes == 0 || (bytes != 0 && bytes != f->bytes)) {
            continue;
        }
        if (!f->hashed && !read_file(f)) {
            gn_buffer_free(&f->elf);
            f->bytes = 0;
            continue;
        }
        if (!f->hashed) {
            gn_sha256(f->sha256, f->elf.data, f->elf.size);
            f->hashed = true;
        }
        if (memcmp(f->sha256, sha256, SHA256_BYTES) == 0) {
            return (struct svm_bytes){.data = f->elf.data, .n = f->elf.size};
        }
    }
    return (struct svm_bytes){0};
}
