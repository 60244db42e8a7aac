// SPDX-License-Identifier: Apache-2.0
// Records random cases with the real Solana VM (npm litesvm), in the format of tests/fixtures/solana: token and memo instructions that are mostly valid, on accounts
// that are mostly sound, with random budgets; and probes, random programs that load, store and call the runtime.
//
// usage, where litesvm is installed beside a copy of tests/fixtures/solana/harness (tools/litesvm.sh):
//   node record.mjs KIND COUNT SEED OUT_DIR        KIND: token (even seeds p-token, odd ones SPL Token 3.5.0), token2022, memo, probe; cases go to OUT_DIR, programs to ./elfs/by-hash
//   ORACLE_ACTIVATE=FEATURE,... activates features beyond those of mainnet
import fs from 'fs';
import path from 'path';
const here = process.cwd();
const { N, IDS, SYSVARS, kp, newSvm, pk, runTx, web3, TransactionInstruction } = await import(path.join(here, 'lib.mjs'));
const asm = await import(path.join(here, 'asm.mjs'));

const [kind, count, seed, out] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4]), process.argv[5]];
if (!out) { console.error('usage: node record.mjs token|token2022|memo|probe COUNT SEED OUT_DIR'); process.exit(2); }
fs.mkdirSync(out, { recursive: true });

// ---- chance ----
let state = BigInt(seed) * 0x9e3779b97f4a7c15n + 1n;
function next() {                                            // splitmix64
  state = (state + 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn;
  let z = state;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & 0xffffffffffffffffn;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & 0xffffffffffffffffn;
  return z ^ (z >> 31n);
}
const below = (n) => Number(next() % BigInt(n));
const chance = (percent) => below(100) < percent;
const pick = (list) => list[below(list.length)];
const bytes = (n) => Buffer.from(Array.from({ length: n }, () => below(256)));
const u64 = (v) => { const b = Buffer.alloc(8); b.writeBigUInt64LE(BigInt.asUintN(64, BigInt(v))); return b; };
const amount = () => pick([0n, 1n, BigInt(below(1000)), BigInt(below(1000000)), 0xffffffffffffffffn, next()]);

const TOKEN = kind === 'token2022' ? IDS.token2022 : IDS.token;

// ---- the world of tokens: the same keys in every case, new contents ----
const payer = kp('payer'), people = ['a', 'b', 'c', 'd'].map((x) => kp('diff:' + x));
const key = (label) => kp('diff:' + label).publicKey;
const mints = [key('mint0'), key('mint1'), pk('So11111111111111111111111111111111111111112')];
const holders = [0, 1, 2, 3].map((i) => key('account' + i)), multisig = key('multisig');
const option = (some, value, n) => Buffer.concat([Buffer.from([some ? 1 : 0, 0, 0, 0]), some ? value : Buffer.alloc(n)]);
const someone = () => pick(people).publicKey.toBuffer();
const authority = () => (chance(12) ? multisig.toBuffer() : someone());

function mint() {
  return Buffer.concat([option(chance(85), authority(), 32), u64(pick([0n, 1000000n, next()])), Buffer.from([pick([0, 2, 6, 9, 255]), chance(95) ? 1 : 0]),
    option(chance(60), authority(), 32)]);
}
function holder() {
  const native = chance(15);
  return Buffer.concat([native ? mints[2].toBuffer() : pick(mints.slice(0, 2)).toBuffer(), authority(), u64(pick([0n, 1n, 500n, 1000000n, next()])), option(chance(30), someone(), 32),
    Buffer.from([pick([1, 1, 1, 1, 1, 1, 0, 2, 3])]), option(native, u64(2039280n), 8), u64(pick([0n, 10n, next()])), option(chance(15), someone(), 32)]);
}
function multi() {
  const n = 1 + below(4);
  return Buffer.concat([Buffer.from([1 + below(n), n, chance(95) ? 1 : 0]), ...Array.from({ length: 11 }, (_, i) => (i < n ? people[i].publicKey.toBuffer() : Buffer.alloc(32)))]);
}
function damage(data) {
  if (!chance(8)) return data;
  const d = Buffer.from(data);
  switch (below(4)) {
    case 0: return d.subarray(0, below(d.length + 1));
    case 1: return Buffer.concat([d, bytes(1 + below(40))]);
    case 2: return Buffer.alloc(d.length);
    default: for (let i = 0; i < 1 + below(4) && d.length > 0; i++) d[below(d.length)] ^= 1 << below(8); return d;
  }
}
function put(svm, address, data, owner) {
  const exempt = svm.minimumBalanceForRentExemption(BigInt(data.length));
  const lamports = pick([exempt, exempt, exempt, exempt + BigInt(below(1000000)), exempt + 2039280n, exempt - 1n]);
  svm.setAccount(address.toBytes(), new N.Account(lamports, data, (chance(97) ? owner : IDS.system).toBytes(), false, 0xffffffffffffffffn));
}
function populate(svm) {
  mints.forEach((m) => put(svm, m, damage(mint()), TOKEN));
  holders.forEach((h) => put(svm, h, damage(chance(20) ? Buffer.alloc(165) : holder()), TOKEN));
  put(svm, multisig, damage(chance(15) ? Buffer.alloc(355) : multi()), TOKEN);
}

// ---- token instructions: [tag, data, accounts]; w: writable, s: signs ----
const W = (k) => ({ pubkey: k, isSigner: false, isWritable: true }), R = (k) => ({ pubkey: k, isSigner: false, isWritable: false });
const aHolder = () => pick(holders), aMint = () => pick(mints), decimals = () => Buffer.from([pick([0, 2, 6, 9, 255])]);
const maybeKey = () => (chance(60) ? Buffer.concat([Buffer.from([1]), someone()]) : Buffer.from([0]));
const rent = () => R(SYSVARS.rent);
function signer() {                                          // an authority, or the multisig with some of its people
  if (!chance(20)) return [{ pubkey: pick(people).publicKey, isSigner: chance(93), isWritable: false }];
  return [R(multisig), ...people.slice(0, below(5)).map((p) => ({ pubkey: p.publicKey, isSigner: chance(90), isWritable: false }))];
}
const tokens = {
  0: () => [Buffer.concat([decimals(), someone(), maybeKey()]), [W(aMint()), rent()]],
  1: () => [Buffer.alloc(0), [W(aHolder()), R(aMint()), R(pick(people).publicKey), rent()]],
  2: () => [Buffer.from([1 + below(4)]), [W(multisig), rent(), ...people.slice(0, below(5)).map((p) => R(p.publicKey))]],
  3: () => [u64(amount()), [W(aHolder()), W(aHolder()), ...signer()]],
  4: () => [u64(amount()), [W(aHolder()), R(pick(people).publicKey), ...signer()]],
  5: () => [Buffer.alloc(0), [W(aHolder()), ...signer()]],
  6: () => [Buffer.concat([Buffer.from([below(5)]), maybeKey()]), [W(chance(50) ? aHolder() : aMint()), ...signer()]],
  7: () => [u64(amount()), [W(aMint()), W(aHolder()), ...signer()]],
  8: () => [u64(amount()), [W(aHolder()), W(aMint()), ...signer()]],
  9: () => [Buffer.alloc(0), [W(aHolder()), W(chance(80) ? pick(people).publicKey : aHolder()), ...signer()]],
  10: () => [Buffer.alloc(0), [W(aHolder()), R(aMint()), ...signer()]],
  11: () => [Buffer.alloc(0), [W(aHolder()), R(aMint()), ...signer()]],
  12: () => [Buffer.concat([u64(amount()), decimals()]), [W(aHolder()), R(aMint()), W(aHolder()), ...signer()]],
  13: () => [Buffer.concat([u64(amount()), decimals()]), [W(aHolder()), R(aMint()), R(pick(people).publicKey), ...signer()]],
  14: () => [Buffer.concat([u64(amount()), decimals()]), [W(aMint()), W(aHolder()), ...signer()]],
  15: () => [Buffer.concat([u64(amount()), decimals()]), [W(aHolder()), W(aMint()), ...signer()]],
  16: () => [someone(), [W(aHolder()), R(aMint()), rent()]],
  17: () => [Buffer.alloc(0), [W(aHolder())]],
  18: () => [someone(), [W(aHolder()), R(aMint())]],
  19: () => [Buffer.from([1 + below(4)]), [W(multisig), ...people.slice(0, below(5)).map((p) => R(p.publicKey))]],
  20: () => [Buffer.concat([decimals(), someone(), maybeKey()]), [W(aMint())]],
  21: () => [Buffer.alloc(0), [R(aMint())]],
  22: () => [Buffer.alloc(0), [W(aHolder())]],
  23: () => [u64(amount()), [R(aMint())]],
  24: () => [Buffer.from(pick(['1', '0.5', '', '123456789.123456789', '18446744073709551615', '1e5', '-1', 'é'])), [R(aMint())]],
  38: () => [Buffer.alloc(0), [W(chance(50) ? aHolder() : aMint()), W(pick(people).publicKey), ...signer()]],
};
function oneToken() {
  const tag = Number(pick(Object.keys(tokens)));
  let [data, metas] = tokens[tag]();
  data = Buffer.concat([Buffer.from([tag]), data]);
  if (chance(4)) data = data.subarray(0, below(data.length));
  if (chance(4)) data = Buffer.concat([data, bytes(1 + below(8))]);
  if (chance(2)) data = bytes(below(12));
  if (chance(3)) metas = metas.slice(0, -1);
  if (chance(3)) metas = [...metas, ...signer()];
  if (chance(3) && metas.length > 1) { const i = below(metas.length), j = below(metas.length); [metas[i], metas[j]] = [metas[j], metas[i]]; }
  if (chance(3) && metas.length > 0) metas[below(metas.length)].isWritable ^= true;
  metas.forEach((m) => { m.isWritable = !!m.isWritable; });
  return [data, metas];
}
function token(svm) {
  populate(svm);
  let data, metas;
  if (chance(6)) {                                           // batch: accounts and data of several, with their counts
    const parts = Array.from({ length: 1 + below(3) }, oneToken);
    data = Buffer.concat([Buffer.from([255]), ...parts.map(([d, m]) => Buffer.concat([Buffer.from([m.length, d.length]), d]))]);
    metas = parts.flatMap(([, m]) => m);
  } else [data, metas] = oneToken();
  return [new TransactionInstruction({ programId: TOKEN, keys: metas, data })];
}

// ---- memo ----
const words = ['hello', 'ä', '日本', '😀', '\0', '\n', ' ', 'a'.repeat(60)];
function memo() {
  let data = Buffer.from(Array.from({ length: below(12) }, () => pick(words)).join(''));
  if (chance(25) && data.length > 0) data[below(data.length)] = below(256);
  if (chance(10)) data = data.subarray(0, below(data.length + 1));
  if (chance(5)) data = bytes(below(700));
  const keys = Array.from({ length: chance(50) ? 0 : 1 + below(4) }, () => ({ pubkey: pick(people).publicKey, isSigner: chance(85), isWritable: chance(20) }));
  return [new TransactionInstruction({ programId: chance(25) ? IDS.memo1 : IDS.memo, keys, data })];
}

// ---- probes: random programs of sBPF v0 and v3 on one to three accounts ----
const HEAP = 0x300000000n, STACK = 0x200000000n, INPUT = 0x400000000n, PROGRAM = 0x100000000n;
function place(accounts) {                                   // mostly somewhere that exists
  const a = accounts[below(accounts.length)], near = BigInt(pick([0, 0, 0, -1, 1, -4, 4, -8, 8, -16, 16]));
  const places = [
    () => HEAP + BigInt(below(32768)), () => HEAP + BigInt(8 * below(64)), () => HEAP + 32768n + near, () => STACK + BigInt(below(4096)),
    () => STACK + BigInt(pick([0, 4096, 8192, 262144, 524288])) + near, () => INPUT + BigInt(below(200)), () => INPUT + BigInt(8 * below(16)),
    () => a.data + BigInt(below(a.n + 1)), () => a.data + BigInt(a.n) + near, () => a.data + near, () => a.data + BigInt(a.n) + 10240n + near,
    () => a.lamports, () => a.length, () => a.owner + BigInt(below(32)), () => PROGRAM + BigInt(below(64)) + near, () => BigInt(below(64)), () => next(),
  ];
  return places[chance(90) ? below(14) : below(17)]();
}
const size = () => BigInt(pick([0, 1, 2, 7, 8, 9, 16, 31, 32, 33, 64, 100, 250, 255, 1000, 1024, 1025, 10240, 10241, 40000]));
const slices = () => (chance(95) ? BigInt(below(3)) : 20001n);
const seeds = () => BigInt(pick([0, 1, 2, 2, 3, 16, 17]));
const calls = {
  sol_log_: (p) => [p(), size()], sol_log_64_: () => [next(), next(), 1n, 0n, next()], sol_log_pubkey: (p) => [p()], sol_log_compute_units_: () => [],
  sol_memcpy_: (p) => [p(), p(), size()], sol_memmove_: (p) => [p(), p(), size()], sol_memset_: (p) => [p(), next(), size()], sol_memcmp_: (p) => [p(), p(), size(), HEAP + 4n * BigInt(below(64))],
  sol_set_return_data: (p) => [p(), size()], sol_get_return_data: (p) => [p(), size(), p()], sol_get_clock_sysvar: (p) => [p()], sol_get_rent_sysvar: (p) => [p()],
  sol_get_epoch_schedule_sysvar: (p) => [p()], sol_get_stack_height: () => [], sol_log_data: () => [HEAP + BigInt(8 * below(8)), BigInt(below(3))],
  sol_alloc_free_: () => [size(), 0n], sol_sha256: (p) => [HEAP, slices(), chance(80) ? HEAP + 512n : p()], sol_keccak256: (p) => [HEAP, slices(), chance(80) ? HEAP + 512n : p()],
  sol_create_program_address: (p) => [HEAP, seeds(), chance(80) ? INPUT : p(), HEAP + 256n], sol_try_find_program_address: (p) => [HEAP, seeds(), chance(80) ? INPUT : p(), HEAP + 256n, HEAP + BigInt(pick([300, 300, 300, 287, 257]))],
  abort: () => [], sol_panic_: (p) => [p(), size(), 3n, 4n], sol_get_last_restart_slot: (p) => [p()], sol_remaining_compute_units: () => [],
};
const load = [[0x71, 1], [0x69, 2], [0x61, 4], [0x79, 8]], store = [[0x73, 1], [0x6b, 2], [0x63, 4], [0x7b, 8]];
// blocks: lists of instructions (Buffers), and names of system calls
const alu = [0x0f, 0x1f, 0x2f, 0x3f, 0x4f, 0x5f, 0x6f, 0x7f, 0x9f, 0xaf, 0xcf, 0x0c, 0x1c, 0x2c, 0x3c, 0x4c, 0x5c, 0x6c, 0x7c, 0x9c, 0xac, 0xbc, 0xcc];   // by registers, v0 and v3
const tests = [0x1d, 0x2d, 0x3d, 0x4d, 0x5d, 0x6d, 0x7d, 0xad, 0xbd, 0xcd, 0xdd];
const number = () => pick([0n, 1n, 7n, 1n << 31n, 1n << 63n, 0xffffffffn, next(), next() & 0xffffffffn]);
function block(accounts, p, v3) {
  switch (below(13)) {
    case 10: return [asm.lddw(7, number()), asm.lddw(8, number()), asm.insn(pick(alu), 7, 8), asm.lddw(6, HEAP + 1024n), asm.stxdw(6, 0, 7)];
    case 11: return [asm.lddw(7, number()), asm.lddw(8, number()), asm.insn(pick(tests), 7, 8, 1), asm.movi(8, 3)];
    case 12: {                                               // a call through a register: into the text (often to where it runs in circles), or not
      const to = (v3 ? PROGRAM : PROGRAM + 0x120n) + BigInt(8 * below(40) + pick([0, 0, 0, 4])), call = v3 ? asm.insn(0x8d, 9) : asm.insn(0x8d, 0, 0, 0, 9);
      return chance(40) ? [asm.lddw(9, chance(90) ? to : next()), call] : [asm.mov(9, 8)];
    }
    case 0: case 1: return [asm.lddw(6, p()), asm.insn(pick(load)[0], 7, 6, pick([0, 0, 8, -8, 1]), 0)];
    case 2: case 3: return [asm.lddw(6, p()), asm.insn(pick(store)[0], 6, pick([7, 8, 10]), pick([0, 0, 8, -8, 1]), 0)];
    case 4: { const a = pick(accounts); return [asm.lddw(6, a.lamports), asm.ldxdw(7, 6, 0), asm.addi(7, pick([0, 0, 1, -1])), asm.stxdw(6, 0, 7)]; }
    case 5: { const a = pick(accounts); return [asm.lddw(6, a.length), asm.lddw(7, BigInt(a.n + pick([0, 0, 1, -1, 8, 100, 10240, 10241, -8]))), asm.stxdw(6, 0, 7)]; }
    case 6: { const a = pick(accounts); return [asm.lddw(6, HEAP + BigInt(8 * below(8))), asm.lddw(7, a.data), asm.stxdw(6, 0, 7), asm.lddw(7, size()), asm.stxdw(6, 8, 7)]; }
    default: {
      const name = pick(chance(85) ? Object.keys(calls).slice(0, 20) : Object.keys(calls)), args = calls[name](p);
      return [...args.map((v, i) => asm.lddw(i + 1, v)), { sys: name }, asm.mov(8, 0)];
    }
  }
}
function probe(svm, name) {
  const id = key('program:' + name), other = pick(people).publicKey, n = 1 + below(3), accounts = [], keys = [];
  let at = INPUT + 8n;
  for (let i = 0; i < n; i++) {
    if (i > 0 && chance(15)) { keys.push({ ...keys[0], isWritable: chance(50) }); at += 8n; continue; }
    const address = key('probe' + i), size_ = pick([0, 1, 8, 13, 32, 100, 165]), data = chance(30) ? Buffer.alloc(size_) : bytes(size_);
    const exempt = svm.minimumBalanceForRentExemption(BigInt(size_));
    svm.setAccount(address.toBytes(), new N.Account(exempt + 1000000000n, data, (chance(65) ? id : other).toBytes(), false, 0xffffffffffffffffn));
    keys.push({ pubkey: address, isSigner: false, isWritable: chance(75) });
    accounts.push({ owner: at + 40n, lamports: at + 72n, length: at + 80n, data: at + 88n, n: size_ });
    at += 88n + BigInt(size_ + 10240 + ((8 - (size_ % 8)) % 8)) + 8n;
  }
  const p = () => place(accounts), items = [], v3 = chance(60);
  for (let i = 0; i < 1 + below(10); i++) items.push(...block(accounts, p, v3));
  if (chance(70)) items.push(asm.movi(0, 0)); else items.push(asm.lddw(0, pick([1n, 7n, 1n << 32n, 2n << 32n, 11n << 32n, 26n << 32n, 27n << 32n, next()])));
  items.push(asm.exit());
  const elf = v3 ? asm.elfV3(Buffer.concat(items.map((x) => (Buffer.isBuffer(x) ? x : asm.syscall3(x.sys)))), chance(30) ? bytes(40) : null) : asm.elfV0(items);
  svm.addProgramWithLoader(id.toBytes(), elf, pick([IDS.loader3, IDS.loader3, IDS.loader2]).toBytes());
  return [new TransactionInstruction({ programId: id, keys, data: bytes(below(20)) })];
}

// ---- recording ----
const limits = { token: 6500, token2022: 4000, memo: 900, probe: 2500 };
function budget(instructions) {
  const more = [];
  if (chance(20)) more.push(web3.ComputeBudgetProgram.setComputeUnitLimit({ units: 150 + 150 * below(2) + below(chance(30) ? 300 : limits[kind]) }));
  if (chance(3)) more.push(web3.ComputeBudgetProgram.requestHeapFrame({ bytes: 32768 + 1024 * below(225) }));
  return [...more, ...instructions];
}
function fresh() {
  const svm = newSvm({ history: false, deactivate: kind === 'token' && seed % 2 === 1 ? ['ptokFjwyJtrwCa9Kgo9xoDS59V4QccBGEaRFnRPnSdP'] : [] });
  svm.airdrop(payer.publicKey.toBytes(), 1_000_000_000_000n);
  people.forEach((p) => svm.airdrop(p.publicKey.toBytes(), 1_000_000_000n));
  return svm;
}
let svm = fresh(), kept = 0;
for (let i = 0; kept < count && i < 4 * count; i++) {
  if (i % 100 === 99) svm = fresh();
  const name = `${kind}_${seed}_${i}`;
  let fixture;
  try {
    const instructions = budget(kind.startsWith('token') ? token(svm) : kind === 'memo' ? memo() : probe(svm, name));
    const signers = [payer, ...people.filter((p) => instructions.some((x) => x.keys.some((m) => m.isSigner && m.pubkey.equals(p.publicKey))))];
    fixture = runTx(svm, name, instructions, signers, { write: false, group: 'differential' });
  } catch (e) { console.error(name, process.env.STACKS ? e.stack : String(e).slice(0, 200)); continue; }
  if (fixture.per_invocation_cu.length === 0 || fixture.inner_instructions.some((l) => l.length > 0)) continue;   // refused before it ran; calls other programs
  fs.writeFileSync(path.join(out, name + '.json'), JSON.stringify(fixture));
  kept++;
}
console.log(`${kept} cases`);
