/* SPDX-License-Identifier: Apache-2.0 */
/* binding.c - see binding.h.  Until there is a monitor the machine says an exit code and nothing else. */
#include "zkvm/binding.h"

#include "base/mem.h"

bool gn_binding_open(struct gn_binding *b, const struct gn_statement *s, const uint8_t *bytes, size_t n)
{
    (void)bytes;
    (void)n;
    memset(b, 0, sizeof *b);
    uint8_t region = 0;
    for (unsigned i = 0; i < GN_REGION_BYTES; i++) {
        region |= s->region[i];
    }
    for (unsigned i = 0; i < 4; i++) {
        b->values[i] = (uint32_t)(s->exit_code >> (16 * i)) & 0xffff;
    }
    b->statement = (struct air_statement){.values = b->values, .bytes = b->bytes};
    return s->outcome == GN_OUTCOME_EXITED && s->output_n == 0 && region == 0;
}
