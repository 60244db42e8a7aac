# Forwards to CMake: make, make check | install | long | asan | tsan | msan | fuzz | coverage | tidy | bench | format | clean.
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

# five minutes of new inputs; what is found lies in the current folder as crash-*
FUZZ_SECONDS ?= 300
fuzz:
	cmake --preset fuzz
	cmake --build --preset fuzz
	mkdir -p build/fuzz/corpus build/fuzz/corpus-file
	build/fuzz/tests/fuzz/make_file_corpus build/fuzz/corpus-file
	build/fuzz/tests/fuzz/file_fuzz -max_total_time=$(FUZZ_SECONDS) -max_len=262144 build/fuzz/corpus-file tests/fuzz/corpus/file
	build/fuzz/tests/fuzz/proof_fuzz -max_total_time=$(FUZZ_SECONDS) -max_len=65536 build/fuzz/corpus tests/fuzz/corpus/proof

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

.PHONY: all install check long asan tsan msan fuzz coverage tidy bench format clean
