# Forwards to CMake: make, make check | install | long | asan | tsan | msan | avx512 | fuzz | coverage | tidy | bench | format | clean.
PRESET ?= release

all:
	cmake --preset $(PRESET)
	cmake --build --preset $(PRESET)

# PREFIX: where to
PREFIX ?= /usr/local
install: all
	cmake --install build/$(PRESET) --prefix $(PREFIX)

check:
	cmake --preset dev
	cmake --build --preset dev
	ctest --preset dev

long: all
	ctest --preset long

asan tsan msan:
	cmake --preset $@
	cmake --build --preset $@
	ctest --preset $@

# For a machine without AVX-512: the tests of all kernels on an emulated one, and a program that is proven there byte for byte as here
# (tools/avx512.sh; half an hour)
AVX512_TESTS = field_lanes_test poly_ntt_test poly_vector_test hash_many air_eval_test proof_bus_test proof_zerocheck_brute_test \
    pcs_merkle pcs_reduce pcs_whir_powers pcs_open
avx512:
	cmake --preset dev
	cmake --build --preset dev
	mkdir -p build/avx512
	build/dev/gnomon build guest/examples/fibonacci.c -o build/avx512/fibonacci.elf
	build/dev/gnomon prove build/avx512/fibonacci.elf --no-cache -q -o build/avx512/fibonacci.proof
	tools/avx512.sh $(AVX512_TESTS:%=build/dev/tests/unit/%) \
	    'build/dev/gnomon prove build/avx512/fibonacci.elf --no-cache -q -o /tmp/proof && cmp /tmp/proof build/avx512/fibonacci.proof'

# Five minutes of new inputs for each target, one after the other; what is found lies in the current folder as crash-*, what is new in build/fuzz/new.
# Nightly: make fuzz FUZZ_SECONDS=3600.  elf: loader, decoder, lowering, a bounded run of RISC-V; sbpf: the same for Solana programs; svm: JSON,
# input.bin, accounts, statements; file: proof files and key records; proof: the verifier.
FUZZ_SECONDS ?= 300
FUZZ_TARGETS ?= elf sbpf svm file proof
fuzz:
	cmake --preset fuzz
	cmake --build --preset fuzz
	mkdir -p $(FUZZ_TARGETS:%=build/fuzz/new/%)
	build/fuzz/tests/fuzz/make_file_corpus build/fuzz/new/file
	set -e; for target in $(FUZZ_TARGETS); do \
	    build/fuzz/tests/fuzz/$${target}_fuzz -max_total_time=$(FUZZ_SECONDS) -timeout=60 -rss_limit_mb=3000 -max_len=262144 \
	        build/fuzz/new/$$target tests/fuzz/corpus/$$target; \
	done

coverage:
	tools/coverage.sh

# of the clang build, since the database of gcc's names options that clang does not know
tidy:
	cmake --preset asan
	cmake --build --preset asan
	run-clang-tidy-19 -quiet -j2 -p build/asan '$(CURDIR)/src/'

bench: all
	build/$(PRESET)/bench/gnomon-bench engine --json

format:
	clang-format-19 -i $$(git ls-files '*.c' '*.h' | grep -v '^gen/')

clean:
	rm -rf build

.PHONY: all install check long asan tsan msan avx512 fuzz coverage tidy bench format clean
