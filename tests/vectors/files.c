/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - recordings and programs on disk. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "vectors.h"

enum { FILES_MAX = 4096, CHUNK = 1 << 16 };

static struct {
    char folder[PATH_BYTES], name[256];
    struct gn_buffer bytes;
    uint8_t sha256[32];
} files[FILES_MAX];
static unsigned files_n;

bool file_read(const char *path, struct gn_buffer *out)
{
    static uint8_t chunk[CHUNK];
    FILE *f = fopen(path, "rb");
    for (size_t n = 1; f != NULL && n > 0;) {
        n = fread(chunk, 1, sizeof chunk, f);
        gn_buffer_append(out, chunk, n);
    }
    return f != NULL && fclose(f) == 0 && !out->failed;
}

static bool ends_in(const char *name, const char *with)
{
    size_t n = strlen(name), m = strlen(with);
    return n > m && strcmp(name + n - m, with) == 0;
}

bool files_open(const char *folder)
{
    DIR *d = opendir(folder);
    for (struct dirent *entry; d != NULL && files_n < FILES_MAX && (entry = readdir(d)) != NULL;) {
        char path[PATH_BYTES + sizeof entry->d_name];
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (ends_in(entry->d_name, ".so") && file_read(path, &files[files_n].bytes)) {
            gn_sha256(files[files_n].sha256, files[files_n].bytes.data, files[files_n].bytes.size);
            (void)snprintf(files[files_n].folder, sizeof files[files_n].folder, "%s", folder);
            (void)snprintf(files[files_n].name, sizeof files[files_n].name, "%s", entry->d_name);
            files_n++;
        }
    }
    return d != NULL && closedir(d) == 0;
}

static bool folder_is_open(const char *folder)
{
    for (unsigned i = 0; i < files_n; i++) {
        if (strcmp(files[i].folder, folder) == 0) {
            return true;
        }
    }
    return false;
}

void files_open_beside(const char *path)
{
    char folder[PATH_BYTES];
    const char *slash = strrchr(path, '/');
    (void)snprintf(folder, sizeof folder, "%.*s../elfs", slash == NULL ? 0 : (int)(slash - path) + 1, path);
    if (!folder_is_open(folder)) {
        (void)files_open(folder);
    }
}

void files_close(void)
{
    while (files_n > 0) {
        gn_buffer_free(&files[--files_n].bytes);
    }
}

struct svm_bytes file_by_hash(const uint8_t sha256[32])
{
    for (unsigned i = 0; i < files_n; i++) {
        if (memcmp(files[i].sha256, sha256, sizeof files[i].sha256) == 0) {
            return (struct svm_bytes){files[i].bytes.data, files[i].bytes.size};
        }
    }
    return (struct svm_bytes){0};
}

struct svm_bytes file_by_name(const char *name)
{
    for (unsigned i = 0; i < files_n; i++) {
        if (strcmp(files[i].name, name) == 0) {
            return (struct svm_bytes){files[i].bytes.data, files[i].bytes.size};
        }
    }
    return (struct svm_bytes){0};
}

static int json_only(const struct dirent *entry)
{
    return ends_in(entry->d_name, ".json");
}

bool folder_each(const char *folder, bool (*each)(void *ctx, const char *path), void *ctx)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, json_only, alphasort);
    bool good = n > 0;
    for (int i = 0; i < n; i++) {
        char path[PATH_BYTES + 256];
        (void)snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        good = each(ctx, path) && good;
        free(entries[i]);
    }
    if (n >= 0) {
        free(entries);
    }
    return good;
}
