/* SPDX-License-Identifier: Apache-2.0 */
/* make_corpus.c - writes the seeds of proof_fuzz: honest proofs whole, without header, with challenges replayed,
 * truncated, with limits put into heights and pages. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "field/fp.h"
#include "machines/machines.h"
#include "proof/container.h"
#include "proof/prove.h"

static int seed(const char *folder, const char *name, uint8_t kind, const uint8_t *bytes, size_t n)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    if (f == NULL) {
        perror(path);
        return 1;
    }
    fputc(kind, f);
    fwrite(bytes, 1, n, f);
    return fclose(f);
}

static int seeds_of(const char *folder, const char *machine, uint8_t number)
{
    static const uint8_t owner[GN_KEY_OWNER_BYTES] = "fuzz";
    const struct gn_prove_options options = {.threads = 1, .isa = gn_isa_best()};
    const struct machine *m = machine_find(machine);
    struct gn_arena arena;
    struct gn_error err;
    struct air_witness w;
    struct gn_buffer proof = {0};
    uint8_t record[GN_KEY_BYTES];
    const struct air_system *s;
    if (gn_arena_init(&arena, (size_t)64 << 20, &err) != GN_OK || (s = machine_build(m, &arena, &err)) == NULL ||
        machine_fill_size(&w, m, s, 7, 9, &arena, &err) != GN_OK ||
        gn_setup(record, s, GN_PRESET_FAST_128, w.pre, w.pre_pages, owner, &options, &err) != GN_OK ||
        gn_prove(&proof, record, &w, &options, &err) != GN_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    const size_t head = GN_PROOF_HEADER_BYTES + GN_KEY_BYTES;
    char name[64];
    int bad = 0;
    snprintf(name, sizeof name, "%s-whole", machine);
    bad |= seed(folder, name, number, proof.data, proof.size);
    snprintf(name, sizeof name, "%s-headless", machine);
    bad |= seed(folder, name, number | 2, proof.data + head, proof.size - head);
    snprintf(name, sizeof name, "%s-replayed", machine);
    bad |= seed(folder, name, number | 6, proof.data + head, proof.size - head);
    snprintf(name, sizeof name, "%s-cut", machine);
    bad |= seed(folder, name, number | 2, proof.data + head, 700);
    static const uint32_t limits[] = {FP_P - 1, FP_P, UINT32_MAX, AIR_MAX_HEIGHT};
    for (unsigned i = 0; i < 4; i++) {
        store_le32(proof.data + head, limits[i]);
        snprintf(name, sizeof name, "%s-height-%u", machine, i);
        bad |= seed(folder, name, number | 2, proof.data + head, 400);
    }
    gn_buffer_free(&proof);
    gn_arena_free(&arena);
    return bad;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: make_corpus FOLDER\n");
        return 2;
    }
    return seeds_of(argv[1], "fib", 0) | seeds_of(argv[1], "rom", 1);
}
