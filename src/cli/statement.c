/* SPDX-License-Identifier: Apache-2.0 */
/* statement.c - what a proof says, as text and as JSON. */
#include <inttypes.h>

#include "cli/proofs.h"
#include "cli/statement_solana.h"
#include "vm/vm.h"

const char *gn_cli_said(char out[static CLI_SAID], const struct gn_statement *s)
{
    if (s->front_end == GN_FRONT_SBPF) {
        return gn_cli_solana_said(out, s);
    }
    if (s->outcome == GN_OUTCOME_EXITED) {
        snprintf(out, CLI_SAID, "exit %" PRId64, (int64_t)s->exit_code);
    } else if (s->outcome == GN_OUTCOME_ILLEGAL || s->outcome == GN_OUTCOME_BREAKPOINT) {
        snprintf(out, CLI_SAID, "fault: %s at 0x%" PRIx64, gn_vm_fault_name((enum vm_fault)s->outcome), s->fault_pc);
    } else {
        snprintf(out, CLI_SAID, "fault: %s 0x%" PRIx64 " at 0x%" PRIx64, gn_vm_fault_name((enum vm_fault)s->outcome),
                 s->fault_address, s->fault_pc);
    }
    return out;
}

/* bytes of the region up to the last that is not 0 */
static size_t region_n(const struct gn_statement *s)
{
    size_t n = GN_REGION_BYTES;
    while (n > 0 && s->region[n - 1] == 0) {
        n--;
    }
    return n;
}

static void print_bytes(const char *name, const uint8_t *bytes, size_t n)
{
    enum { SHOWN = 64 };
    printf("%-14s %zu byte%s", name, n, n == 1 ? "" : "s");
    for (size_t i = 0; i < n && i < SHOWN; i++) {
        printf("%s%02x", i == 0 ? ": " : "", bytes[i]);
    }
    printf("%s\n", n > SHOWN ? " ..." : "");
}

void gn_cli_statement_print(const struct gn_statement *s, bool by_hash)
{
    char said[CLI_SAID];
    if (s->front_end == GN_FRONT_SBPF) {
        gn_cli_solana_print(s, by_hash);
        return;
    }
    printf("%-14s %s\n", "outcome", gn_cli_said(said, s));
    print_bytes("output", s->output, s->output_n);
    if (region_n(s) > 0) {
        print_bytes("public memory", s->region, region_n(s));
    }
}

json_t *gn_cli_statement_json(const struct gn_statement *s, bool by_hash)
{
    if (s->front_end == GN_FRONT_SBPF) {
        return gn_cli_solana_json(s, by_hash);
    }
    json_t *object = json_object();
    bool exited = s->outcome == GN_OUTCOME_EXITED;
    int failed = json_object_set_new(object, "outcome", json_string(exited ? "exited" : "faulted"));
    if (exited) {
        failed |= json_object_set_new(object, "exit_code", gn_cli_hex(s->exit_code));
    } else {
        json_t *fault = json_object();
        failed |= json_object_set_new(fault, "name", json_string(gn_vm_fault_name((enum vm_fault)s->outcome)));
        failed |= json_object_set_new(fault, "pc", gn_cli_hex(s->fault_pc));
        failed |= json_object_set_new(fault, "address", gn_cli_hex(s->fault_address));
        failed |= json_object_set_new(object, "fault", fault);
    }
    failed |= json_object_set_new(object, "output_bytes", json_integer((json_int_t)s->output_n));
    failed |= json_object_set_new(object, "output_hex", gn_cli_hex_bytes(s->output, s->output_n));
    failed |= json_object_set_new(object, "public_memory_hex", gn_cli_hex_bytes(s->region, region_n(s)));
    if (failed) {
        json_decref(object);
        return NULL;
    }
    return object;
}
