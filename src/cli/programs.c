/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/programs.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/sha256.h"
#include "cli/files.h"

enum { PATH = 4096 };

struct cli_program_file {
    uint8_t sha256[SHA256_BYTES];
    struct gn_buffer elf;
};

static size_t count(const struct cli_programs *p)
{
    return p->entries.size / sizeof(struct cli_program_file);
}

static struct cli_program_file get(const struct cli_programs *p, size_t i)
{
    struct cli_program_file f;
    memcpy(&f, p->entries.data + i * sizeof f, sizeof f);
    return f;
}

static int add(struct cli_programs *p, const char *folder, const char *name)
{
    char path[PATH];
    struct cli_program_file f;
    size_t n = strlen(name);
    if (n < 3 || strcmp(name + n - 3, ".so") != 0) {
        return CLI_DONE;
    }
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
        return gn_cli_fail(CLI_BAD, folder, "path is too long");
    }
    int status = gn_cli_read(&f.elf, path, SVM_PROGRAM_MAX);
    if (status != CLI_DONE) {
        gn_buffer_free(&f.elf);
        return status;
    }
    gn_sha256(f.sha256, f.elf.data, f.elf.size);
    gn_buffer_append(&p->entries, &f, sizeof f);
    if (p->entries.failed) {
        gn_buffer_free(&f.elf);
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
        struct cli_program_file f = get(p, i);
        gn_buffer_free(&f.elf);
    }
    gn_buffer_free(&p->entries);
}

struct svm_bytes gn_cli_programs_find(void *programs, const uint8_t sha256[32])
{
    const struct cli_programs *p = programs;
    for (size_t i = 0; i < count(p); i++) {
        struct cli_program_file f = get(p, i);
        if (memcmp(f.sha256, sha256, SHA256_BYTES) == 0) {
            return (struct svm_bytes){.data = f.elf.data, .n = f.elf.size};
        }
    }
    return (struct svm_bytes){0};
}
