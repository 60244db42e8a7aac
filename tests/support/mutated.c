/* SPDX-License-Identifier: Apache-2.0 */
/* mutated.c - see mutated.h. */
#include "support/mutated.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

void mutated_note(const char *what, const char *name)
{
    static bool begun;
    const char *path = getenv("GN_MUTATED");
    FILE *f = path != NULL ? fopen(path, begun ? "a" : "w") : NULL;
    begun = true;
    if (f != NULL) {
        fprintf(f, "%s %s\n", what, name);
        fclose(f);
    }
}
