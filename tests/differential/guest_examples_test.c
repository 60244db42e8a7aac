/* SPDX-License-Identifier: Apache-2.0 */
/* guest_examples_test.c - every program of guest/examples, built for Gnomon and, from the same objects with another
 * start, for Linux, gives the same output in both worlds for several inputs; with and without compressed and atomic
 * instructions.  What uses calls that Linux does not have (hashes) is compared with the host's functions instead.
 *
 *   guest_examples_test QEMU CLANG */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/keccak.h"
#include "base/poseidon2.h"
#include "base/sha256.h"
#include "differential/qemu.h"
#include "riscv/build.h"

struct input {
    const char *bytes;
    size_t n;
};

#define TEXT(s)    {s, sizeof s - 1}
#define INPUTS_MAX 6

static const struct example {
    const char *name;
    struct input inputs[INPUTS_MAX]; /* the empty one comes first in any case */
} examples[] = {
    {"fibonacci", {TEXT("\x5d\0\0\0\0\0\0\0"), TEXT("\x10\x27\0\0\0\0\0\0"), TEXT("abc")}},
    {"sha256",
     {TEXT("abc"), TEXT("The quick brown fox jumps over the lazy dog, and then over fifty-five"),
      TEXT("0123456789012345678901234567890123456789012345678901234")}},
    {"quicksort",
     {TEXT("\1\0\0\0"), TEXT("zyxwvutsrqponmlkjihgfedcba9876543210"),
      TEXT("\0\0\0\x80\xff\xff\xff\x7f\0\0\0\0\xff\xff\xff\xff\0\0\0\0")}},
    {"queens", {TEXT("1"), TEXT("6"), TEXT("8"), TEXT("\x30"), TEXT("\xff")}},
    {"json",
     {TEXT("[1, -2, 3e2, {\"a\": [], \"b\\u00e9\\n\": \"\"}]"), TEXT("{\"a\" 1}"), TEXT("[[[[[[[[1]]]]]]]]"),
      TEXT("nul"), TEXT("  0 "), TEXT("[1,]")}},
    {"mix", {TEXT("\1\0\0\0"), TEXT("\x14\0\0\0")}},
};

struct worlds {
    const char *qemu, *clang;
    char folder[32];
    unsigned runs, bad;
    uint64_t steps;
};

static bool build(const struct worlds *w, const char *name, const char *march, bool linux_twin, struct gn_buffer *elf)
{
    char source[512], out[512];
    const char *arguments[] = {"-Wall", "-Wextra", "-Werror", source};
    const struct rv_build b = {.sdk = GN_GUEST,
                               .clang = w->clang,
                               .march = march,
                               .linux_twin = linux_twin,
                               .arguments = arguments,
                               .arguments_n = 4,
                               .out = out};
    struct gn_error err;
    snprintf(source, sizeof source, "%s/examples/%s.c", GN_GUEST, name);
    snprintf(out, sizeof out, "%s/guest.elf", w->folder);
    bool good = gn_riscv_build(&b, &err) == GN_OK && read_file(out, elf);
    if (!good) {
        fprintf(stderr, "%s: %s\n", name, err.text);
    }
    remove(out);
    return good;
}

static void compare(struct worlds *w, const char *name, const char *march, const struct gn_buffer *bare,
                    const struct gn_buffer *twin, struct input in)
{
    char label[128];
    snprintf(label, sizeof label, "%s (%s), input of %zu bytes", name, march, in.n);
    struct outcome qemu = run_in_qemu(w->qemu, w->folder, twin->data, twin->size, (const uint8_t *)in.bytes, in.n);
    struct outcome gnomon = run_in_gnomon(bare->data, bare->size, (const uint8_t *)in.bytes, in.n);
    w->runs++;
    w->steps += gnomon.steps;
    w->bad += !same_outcome(label, &qemu, &gnomon);
    outcome_free(&qemu);
    outcome_free(&gnomon);
}

static void compare_example(struct worlds *w, const struct example *e, const char *march)
{
    struct gn_buffer bare = {0}, twin = {0};
    if (build(w, e->name, march, false, &bare) && build(w, e->name, march, true, &twin)) {
        compare(w, e->name, march, &bare, &twin, (struct input){"", 0});
        for (size_t i = 0; i < INPUTS_MAX && e->inputs[i].bytes != NULL; i++) {
            compare(w, e->name, march, &bare, &twin, e->inputs[i]);
        }
    } else {
        w->bad++;
    }
    gn_buffer_free(&bare);
    gn_buffer_free(&twin);
}

/* hashes.c: so often, which of them (0: all) */
static void compare_hashes(struct worlds *w, const struct gn_buffer *elf, const char *march, uint64_t times,
                           uint8_t which)
{
    struct {
        uint64_t lanes[25];
        uint32_t words[8], elements[24];
    } s;
    uint8_t input[9], block[SHA256_BLOCK];
    for (uint32_t i = 0; i < 25; i++) {
        s.lanes[i] = i;
        s.elements[i % 24] = i % 24;
        s.words[i % 8] = i % 8;
    }
    for (uint64_t i = 0; i < times; i++) {
        if (which == 0 || which == 1) {
            gn_keccak_f1600(s.lanes);
        }
        for (unsigned k = 0; k < 8; k++) {
            store_le64(block + (size_t)8 * k, s.lanes[k]);
        }
        if (which == 0 || which == 2) {
            gn_sha256_compress(s.words, block);
        }
        if (which == 0 || which == 3) {
            gn_poseidon2(s.elements);
        }
    }
    store_le64(input, times);
    input[8] = which;
    struct outcome gnomon = run_in_gnomon(elf->data, elf->size, input, which == 0 ? 8 : 9);
    w->runs++;
    w->steps += gnomon.steps;
    if (!gnomon.exited || gnomon.code != 0 || gnomon.output.size != sizeof s ||
        memcmp(gnomon.output.data, &s, sizeof s) != 0) {
        fprintf(stderr, "hashes (%s), %llu times, which %u: not the host's; %s\n", march, (unsigned long long)times,
                which, gnomon.note);
        w->bad++;
    }
    outcome_free(&gnomon);
}

static void compare_with_host(struct worlds *w, const char *march)
{
    struct gn_buffer elf = {0};
    if (build(w, "hashes", march, false, &elf)) {
        compare_hashes(w, &elf, march, 1, 0);
        compare_hashes(w, &elf, march, 17, 0);
        for (uint8_t which = 1; which <= 3; which++) {
            compare_hashes(w, &elf, march, 3, which);
        }
    } else {
        w->bad++;
    }
    gn_buffer_free(&elf);
}

int main(int argc, char **argv)
{
    struct worlds w = {.folder = "/tmp/gnomon-guest-XXXXXX"};
    if (argc != 3 || mkdtemp(w.folder) == NULL) {
        fprintf(stderr, "usage: %s QEMU CLANG\n", argv[0]);
        return 2;
    }
    w.qemu = argv[1];
    w.clang = argv[2];
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        compare_example(&w, &examples[i], "rv64im");
        compare_example(&w, &examples[i], "rv64imac");
    }
    compare_with_host(&w, "rv64im");
    compare_with_host(&w, "rv64imac");
    printf("%u runs, %llu instructions, %u differ\n", w.runs, (unsigned long long)w.steps, w.bad);
    const char *const files[] = {"program.elf", "input", "output"};
    for (size_t i = 0; i < 3; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/%s", w.folder, files[i]);
        remove(path);
    }
    rmdir(w.folder);
    return w.bad != 0;
}
