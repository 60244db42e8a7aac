/* SPDX-License-Identifier: Apache-2.0 */
/* execution.c - cases of whole programs. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "vectors.h"

/* A case as it is given to the machine; `random` ones leave out what they all share. */
struct given {
    struct sbpf_bare bare;
    struct gn_buffer text, rodata, input;
    struct sbpf_function *functions;
    struct sbpf_syscall *syscalls;
    struct host_options options;
};

static void add_function(struct given *g, uint32_t key, uint64_t slot)
{
    g->functions[g->bare.functions_n++] = (struct sbpf_function){key, (uint32_t)slot};
}

static void read_functions(struct given *g, const json_t *test)
{
    const json_t *listed = json_object_get(test, "functions"), *slots = json_object_get(test, "function_pcs");
    size_t i;
    json_t *item;
    g->functions = calloc(json_array_size(listed) + json_array_size(slots) + 1, sizeof *g->functions);
    json_array_foreach(listed, i, item)
    {
        add_function(g, (uint32_t)number_of(item, "key"), number_of(item, "pc"));
    }
    json_array_foreach(slots, i, item)
    {
        add_function(g, gn_sbpf_key_of_slot((uint32_t)json_integer_value(item)), (uint64_t)json_integer_value(item));
    }
    if (listed == NULL) {
        add_function(g, SBPF_KEY_ENTRYPOINT, 0);
    }
    g->bare.functions = g->functions;
}

static void read_syscalls(struct given *g, const json_t *test)
{
    const json_t *listed = json_object_get(test, "syscalls");
    size_t i;
    json_t *item;
    g->syscalls = calloc(json_array_size(listed) + 1, sizeof *g->syscalls);
    json_array_foreach(listed, i, item)
    {
        g->syscalls[i] = (struct sbpf_syscall){(uint32_t)number_of(item, "key"), text_of(item, "name")};
    }
    g->options.syscalls = (struct sbpf_syscalls){g->syscalls, json_array_size(listed)};
}

static struct given read_case(const json_t *test)
{
    const json_t *config = json_object_get(test, "config");
    struct given g = {
        .text = bytes_of(test, "text_hex"), .rodata = bytes_of(test, "ro_hex"), .input = bytes_of(test, "input_hex")};
    enum sbpf_version version = (enum sbpf_version)number_of(test, "sbpf_version");
    bool random = config == NULL;
    g.bare = (struct sbpf_bare){.version = version,
                                .text = g.text.data,
                                .text_n = g.text.size,
                                .text_address = random ? SBPF_PROGRAM : number_of(test, "text_vaddr"),
                                .rodata = g.rodata.data,
                                .rodata_n = g.rodata.size,
                                .rodata_address = !random              ? number_of(test, "ro_vaddr")
                                                  : version >= SBPF_V3 ? SBPF_RODATA_V3
                                                                       : SBPF_PROGRAM,
                                .entry_slot = (uint32_t)number_of(test, "entry_pc")};
    g.options = (struct host_options){.mode = random || json_is_true(json_object_get(config, "enable_stack_frame_gaps"))
                                                  ? SBPF_CLASSIC
                                                  : SBPF_ADJUSTED,
                                      .frames = random ? SBPF_FRAMES : (unsigned)number_of(config, "max_call_depth"),
                                      .input = g.input.data,
                                      .input_n = g.input.size,
                                      .heap_n = number_of(test, "heap_size"),
                                      .input_writable = json_is_true(json_object_get(test, "input_writable")),
                                      .budget = number_of(test, "budget")};
    read_functions(&g, test);
    read_syscalls(&g, test);
    return g;
}

static void drop_case(struct given *g)
{
    gn_buffer_free(&g->text);
    gn_buffer_free(&g->rodata);
    gn_buffer_free(&g->input);
    free(g->functions);
    free(g->syscalls);
}

/* ---- comparison ---- */
static bool memory_is(const struct host *h, const json_t *test, uint64_t base, const char *key)
{
    struct gn_buffer wanted = bytes_of(test, key);
    uint8_t *got = malloc(wanted.size + 1);
    bool equal = gn_vm_memory_read(h->memory, base, got, wanted.size) &&
                 (wanted.size == 0 || memcmp(got, wanted.data, wanted.size) == 0);
    free(got);
    gn_buffer_free(&wanted);
    return equal;
}

static bool heap_is(const struct host *h, const json_t *test)
{
    uint8_t *heap = calloc(h->o.heap_n + 1, 1);
    bool equal = gn_vm_memory_read(h->memory, SBPF_HEAP, heap, h->o.heap_n) &&
                 is_hash(test, "heap_fnv1a64", fnv1a64(FNV_START, heap, h->o.heap_n));
    free(heap);
    return equal;
}

static void compare(struct tally *t, const json_t *test, const struct host *h)
{
    const char *name = text_of(test, "name");
    const json_t *result = json_object_get(test, "result"), *ok = json_object_get(result, "ok");
    char got[200];
    if (h->ok) {
        snprintf(got, sizeof got, "0x%" PRIx64, h->r0);
    } else {
        snprintf(got, sizeof got, "%s", h->error);
    }
    const char *wanted = ok != NULL ? json_string_value(ok) : text_of(result, "detail");
    if (h->ok != (ok != NULL) || strcmp(got, wanted) != 0) {
        tally_fail(t, name, "%s instead of %s (slot %" PRIu32 ")", got, wanted, h->slot);
    } else if (h->units != number_of(test, "instruction_count")) {
        tally_fail(t, name, "%" PRIu64 " instructions instead of %" PRIu64, h->units,
                   number_of(test, "instruction_count"));
    } else if (!h->ok && h->slot != number_of(test, "error_pc")) {
        tally_fail(t, name, "fails at slot %" PRIu32 " instead of %" PRIu64, h->slot, number_of(test, "error_pc"));
    } else if (number_of(test, "trace_len") != 0 &&
               (h->trace_n != number_of(test, "trace_len") || !is_hash(test, "trace_fnv1a64", h->trace_hash))) {
        tally_fail(t, name, "the register trace differs");
    } else if (!is_hash(test, "stack_fnv1a64", host_stack_hash(h))) {
        tally_fail(t, name, "the stack differs");
    } else if (json_object_get(test, "heap_fnv1a64") != NULL && !heap_is(h, test)) {
        tally_fail(t, name, "the heap differs");
    } else if (!memory_is(h, test, SBPF_INPUT,
                          json_object_get(test, "input_after_hex") != NULL ? "input_after_hex" : "input_hex")) {
        tally_fail(t, name, "the input differs");
    } else {
        tally_pass(t);
    }
}

static void run(struct tally *t, const json_t *test, struct given *g, const struct sbpf_program *p)
{
    struct host *h = calloc(1, sizeof *h);
    struct gn_error err;
    g->options.program = p;
    if (host_start(h, &g->options, &err) != GN_OK) {
        tally_fail(t, text_of(test, "name"), "%s", err.text);
    } else {
        host_run(h);
        compare(t, test, h);
    }
    host_stop(h);
    free(h);
}

static const char *why_not(const json_t *test)
{
    const json_t *config = json_object_get(test, "config");
    size_t i;
    json_t *item;
    if (json_is_false(json_object_get(config, "enable_address_translation"))) {
        return "host addresses in place of the machine's";
    }
    json_array_foreach(json_object_get(test, "syscalls"), i, item)
    {
        if (strcmp(text_of(item, "name"), "nested_vm_syscall") == 0) {
            return "a system call that starts a second machine of the reference's";
        }
    }
    return NULL;
}

void check_execution(struct tally *t, const json_t *test)
{
    const char *name = text_of(test, "name"), *reason = why_not(test);
    char got[200];
    struct gn_error err;
    struct sbpf_program *p;
    if (reason != NULL) {
        tally_skip(t, name, reason);
        return;
    }
    struct given g = read_case(test);
    enum gn_status status = gn_sbpf_load_bare(&p, &g.bare, &err);
    if (status != GN_OK) {
        tally_fail(t, name, "%s", err.text);
        drop_case(&g);
        return;
    }
    status = gn_sbpf_verify(p, &err);
    verdict(got, sizeof got, status, &err, "VerifierError");
    if (strcmp(got, text_of(test, "verify")) != 0) {
        tally_fail(t, name, "verifier: %s instead of %s", got, text_of(test, "verify"));
    } else if (status != GN_OK) {
        tally_pass(t);
    } else {
        run(t, test, &g, p);
    }
    gn_sbpf_free(p);
    drop_case(&g);
}
