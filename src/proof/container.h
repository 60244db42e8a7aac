/* SPDX-License-Identifier: Apache-2.0 */
/* container.h - how a proof begins (docs/protocol.md section 12). */
#ifndef GN_PROOF_CONTAINER_H
#define GN_PROOF_CONTAINER_H

#define GN_PROOF_MAGIC        "gnomonp\x01"
#define GN_PROOF_HEADER_BYTES 16 /* magic, protocol version, preset */

#endif
