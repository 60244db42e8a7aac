/* SPDX-License-Identifier: Apache-2.0 */
/* objections.c - see objections.h. */
#include "machines_rv/objections.h"

#include "cm.h"
#include "machines/memory/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A lookup of a legal tuple is balanced by another multiplicity; says whether the tuple is legal, from first principles. */
static bool is_legal_lookup(const struct rv_run *r, const char *bus, const uint32_t *x)
{
    if (strcmp(bus, "range16") == 0 || strcmp(bus, "range8") == 0 || strcmp(bus, "range12") == 0) {
        return x[0] >> strtoul(bus + 5, NULL, 10) == 0;
    }
    if (strcmp(bus, "bytes") == 0) {
        return x[0] < 256 && x[1] < 256;
    }
    if (strcmp(bus, "and8") == 0) {
        return x[0] < 256 && x[1] < 256 && x[2] == (x[0] & x[1]);
    }
    if (strcmp(bus, "shift") == 0) {
        return x[0] <= 8 && x[1] < 256 && x[2] < 256 && x[3] < 256 && x[1] << x[0] == x[2] + 256 * x[3];
    }
    if (strcmp(bus, "access") == 0) {
        bool inside = x[0] < 8 && x[1] >= 1 && x[1] <= 8 && x[0] + x[1] <= 8;
        bool store = x[2] & 1, kernel = x[2] < 2, sbpf = x[2] >= 4;
        switch (x[3]) {
        case MEM_WRITABLE:
            return inside && x[2] < 6;
        case MEM_READABLE:
            return inside && x[2] < 6 && (kernel || !store);
        case MEM_FIXED:
            return inside && x[2] < 6 && !store;
        case MEM_INPUT:
            return inside && !sbpf && !store;
        case MEM_KERNEL:
            return inside && kernel;
        case MEM_KERNEL_FIXED:
            return inside && kernel && !store;
        default:
            break;
        }
        for (uint32_t start = 0, perm = MEM_BYTES; start < 8; start++) {
            for (uint32_t n = 1; start + n <= 8; n++, perm++) {
                if ((x[3] == perm && (kernel || !store)) || x[3] == perm + MEM_INTERVALS) {
                    bool whole_by_kernel = x[1] == 8 && x[2] == 0;
                    return inside && x[2] < 6 && ((x[0] >= start && x[0] + x[1] <= start + n) || whole_by_kernel);
                }
            }
        }
        return false;
    }
    if (strcmp(bus, "zero_region") == 0 && x[5] == 0) {
        uint32_t t = rv_table(r, "zero_regions");
        for (uint32_t row = 0; row < r->pre.pages[t] * AIR_PAGE_ROWS; row++) {
            unsigned same = 0;
            for (unsigned c = 0; c < 5; c++) {
                same += r->pre.columns[t][c][row] == x[c];
            }
            if (same == 5) {
                return true;
            }
        }
    }
    return false;
}

const char *rv_objections(struct rv_run *r)
{
    static char names[256];
    static struct air_failure failures[4096];
    gn_arena_mark mark = gn_arena_get_mark(&r->arena);
    size_t n = air_check(&r->witness, failures, MX_COUNT(failures), &r->arena);
    gn_arena_release(&r->arena, mark);
    assert_true(n <= MX_COUNT(failures));
    names[0] = 0;
    for (size_t i = 0; i < n; i++) {
        const char *name = "constraint";
        if (failures[i].kind == AIR_FAIL_BITS) {
            continue;
        }
        if (failures[i].kind == AIR_FAIL_BUS) {
            uint32_t x[16] = {0};
            const char *at = strchr(failures[i].detail, '(');
            for (unsigned k = 0; k < 16 && at != NULL; k++) {
                x[k] = (uint32_t)strtoul(at + 1, NULL, 10);
                at = strchr(at + 1, ',');
            }
            name = failures[i].text;
            if (is_legal_lookup(r, name, x)) {
                continue;
            }
        }
        char item[40];
        snprintf(item, sizeof item, "%s ", name);
        if (strstr(names, item) == NULL) {
            strncat(names, item, sizeof names - strlen(names) - 1);
        }
    }
    return names;
}

void rv_set_limbs(struct rv_run *r, const char *table, const char *p, uint32_t row, uint64_t v)
{
    for (unsigned i = 0; i < 4; i++) {
        char name[16];
        snprintf(name, sizeof name, "%s[%u]", p, i);
        *rv_cell(r, table, name, row) = mx_limb(v, i);
    }
}
