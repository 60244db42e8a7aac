/* SPDX-License-Identifier: Apache-2.0 */
/* account.h - accounts as `solana account --output json` prints them. */
#ifndef GN_SVM_ACCOUNT_H
#define GN_SVM_ACCOUNT_H

#include "svm/input.h"

/* { "pubkey": …, "account": { "lamports", "data": [text, "base64"], "owner", "executable", "rentEpoch", "space" (optional) } }.
 * The data's encoding must be base64.  out points into arena. */
GN_NODISCARD enum gn_status gn_svm_account_read(struct svm_account *out, struct gn_arena *arena, const void *text,
                                                size_t n, struct gn_error *err);

#endif
