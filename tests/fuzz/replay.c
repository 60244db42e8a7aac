/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c - runs a fuzz target on every file of the folders named, so that any compiler can replay a corpus under
 * CTest. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        return -1;
    }
    static uint8_t data[1 << 20];
    size_t n = fread(data, 1, sizeof data, f);
    fclose(f);
    uint8_t *copy = malloc(n == 0 ? 1 : n); /* exact size, for sanitizers */
    for (size_t i = 0; i < n; i++) {
        copy[i] = data[i];
    }
    LLVMFuzzerTestOneInput(copy, n);
    free(copy);
    return 0;
}

int main(int argc, char **argv)
{
    int files = 0;
    for (int i = 1; i < argc; i++) {
        DIR *dir = opendir(argv[i]);
        if (dir == NULL) {
            fprintf(stderr, "no folder %s\n", argv[i]);
            return 2;
        }
        for (struct dirent *e; (e = readdir(dir)) != NULL;) {
            char path[4096];
            if (e->d_name[0] != '.' && snprintf(path, sizeof path, "%s/%s", argv[i], e->d_name) < (int)sizeof path) {
                files += replay(path) == 0;
            }
        }
        closedir(dir);
    }
    printf("%d files replayed\n", files);
    return files > 0 ? 0 : 1;
}
