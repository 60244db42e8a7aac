/* SPDX-License-Identifier: Apache-2.0 */
/* proofs.c - see proofs.h.
 *
 * The cache of keys is $XDG_CACHE_HOME/gnomon (or ~/.cache/gnomon), one file per program, machine and kernel.  It saves setup's time and nothing
 * else: whoever decides about a proof (verify) computes the key anew, and so does who makes one. */
#include "cli/proofs.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/bytecode.h"
#include "cli/files.h"
#include "hash/blake3.h"
#include "pcs/params.h"
#include "vm/vm.h"
#include "zkvm/program.h"

#define ELF_MAX (UINT64_C(1) << 30)

/* ---- programs ---- */
int gn_cli_provable_load(struct gn_program **out, const char *path, bool adjusted)
{
    struct gn_buffer elf;
    struct gn_error err;
    *out = NULL;
    int status = gn_cli_read_program(&elf, path, ELF_MAX);
    if (status == CLI_DONE &&
        (adjusted ? gn_program_load_adjusted : gn_program_load)(out, elf.data, elf.size, &err) != GN_OK) {
        status = gn_cli_fail_with(&err, path);
    }
    gn_buffer_free(&elf);
    return status;
}

static void put_hex(char *out, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    }
}

/* Of all that a key is computed from, machine, kernel and parameters included: a build with others finds no key of this one. */
static digest content_hash(const struct gn_program *program, uint32_t preset)
{
    const struct mx_program *mx = program->mx;
    struct gn_blake3 h;
    digest d;
    gn_blake3_init(&h);
    gn_blake3_update(&h, gn_machine_digest(), 32);
    gn_blake3_update(&h, gn_whir_params_digest(preset), sizeof d);
    gn_blake3_update(&h, mx->rom, mx->rom_n * sizeof *mx->rom);
    for (uint32_t i = 0; i < mx->regions_n; i++) {
        const struct mx_region *r = &mx->regions[i];
        const uint64_t shape[4] = {r->base, r->size, r->permissions, r->image_n};
        gn_blake3_update(&h, shape, sizeof shape);
        gn_blake3_update(&h, r->image, r->image_n);
    }
    gn_blake3_final(&h, d.b, sizeof d.b);
    return d;
}

/* The name of the program's file in the cache; false if there is no cache. */
static bool cache_name(char out[static PATH_MAX], const struct gn_program *program, uint32_t preset, bool make_folders)
{
    char hash[65], content[33], folder[PATH_MAX / 2];
    const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int n = base != NULL && base[0] == '/'   ? snprintf(folder, sizeof folder, "%s", base)
            : home != NULL && home[0] == '/' ? snprintf(folder, sizeof folder, "%s/.cache", home)
                                             : -1;
    if (n < 0 || (size_t)n + 8 >= sizeof folder) {
        return false;
    }
    if (make_folders) {
        mkdir(folder, 0700);
    }
    snprintf(folder + n, sizeof folder - (size_t)n, "/gnomon");
    if (make_folders) {
        mkdir(folder, 0700);
    }
    put_hex(hash, program->hash, 32);
    put_hex(content, content_hash(program, preset).b, 16);
    bool adjusted = program->solana != NULL && program->solana->mode == SBPF_ADJUSTED;
    return snprintf(out, PATH_MAX, "%s/%s-%s-%s%s.key", folder, hash, content, gn_preset_name(preset),
                    adjusted ? "-adjusted" : "") < PATH_MAX;
}

static bool read_record(uint8_t record[GN_RECORD_BYTES], const char *name)
{
    uint8_t bytes[GN_RECORD_BYTES + 1] = {0};
    FILE *f = fopen(name, "re");
    if (f == NULL) {
        return false;
    }
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    memcpy(record, bytes, GN_RECORD_BYTES);
    return n == GN_RECORD_BYTES;
}

static bool read_cache(struct gn_program *program, uint32_t preset)
{
    char name[PATH_MAX];
    uint8_t record[GN_RECORD_BYTES];
    struct gn_key_info key;
    return cache_name(name, program, preset, false) && read_record(record, name) && gn_key_read(&key, record) &&
           key.preset == preset && gn_program_set_record(program, record, NULL) == GN_OK;
}

void gn_cli_provable_remember(const struct gn_program *program, uint32_t preset)
{
    char name[PATH_MAX], temporary[PATH_MAX + 32];
    uint8_t known[GN_RECORD_BYTES];
    if (!cache_name(name, program, preset, true) ||
        (read_record(known, name) && memcmp(known, gn_program_record(program), sizeof known) == 0)) {
        return;
    }
    snprintf(temporary, sizeof temporary, "%s.%ld.tmp", name, (long)getpid());
    FILE *f = fopen(temporary, "we");
    if (f == NULL) {
        return;
    }
    bool written = fwrite(gn_program_record(program), 1, GN_RECORD_BYTES, f) == GN_RECORD_BYTES;
    written = fclose(f) == 0 && written;
    if (!written || rename(temporary, name) != 0) {
        unlink(temporary);
    }
}

int gn_cli_provable_setup(struct gn_program *program, const char *path, bool use_cache, unsigned threads,
                          uint32_t preset)
{
    struct gn_error err;
    const struct gn_options options = {.threads = threads, .preset = preset};
    if (use_cache && read_cache(program, preset)) {
        return CLI_DONE;
    }
    if (gn_program_setup(program, &options, &err) != GN_OK) {
        return gn_cli_fail_with(&err, path);
    }
    if (use_cache) {
        gn_cli_provable_remember(program, preset);
    }
    return CLI_DONE;
}

/* ---- ids and releases ---- */
const char *gn_cli_id(char out[static CLI_ID], const uint8_t id[GN_ID_BYTES])
{
    put_hex(out, id, GN_ID_BYTES);
    return out;
}

bool gn_cli_parse_id(uint8_t out[GN_ID_BYTES], const char *text)
{
    static const char digits[] = "0123456789abcdef";
    bool good = strlen(text) == 2 * GN_ID_BYTES;
    for (unsigned i = 0; good && i < 2 * GN_ID_BYTES; i++) {
        char c = text[i] >= 'A' && text[i] <= 'F' ? (char)(text[i] + 32) : text[i];
        const char *digit = strchr(digits, c);
        good = digit != NULL;
        if (good) {
            out[i / 2] = (uint8_t)(i % 2 == 0 ? (digit - digits) << 4 : out[i / 2] | (digit - digits));
        }
    }
    if (!good) {
        gn_cli_fail(CLI_BAD, "--id", "%s is not a key id: 64 hexadecimal digits, as `gnomon setup` prints them", text);
    }
    return good;
}

const char *gn_cli_release(char out[static CLI_RELEASE], uint32_t release)
{
    snprintf(out, CLI_RELEASE, "%u.%u.%u", release >> 16, release >> 8 & 255, release & 255);
    return out;
}
