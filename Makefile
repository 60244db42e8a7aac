# Forwards to CMake: `make`, `make check`, `make long`, `make bench`, `make format`, `make clean`.
PRESET ?= release

all:
	cmake --preset $(PRESET)
	cmake --build --preset $(PRESET)

check:
	cmake --preset dev
	cmake --build --preset dev
	ctest --preset dev

long: all
	ctest --preset long

bench: all
	build/$(PRESET)/bench/gnomon-bench engine --json

format:
	clang-format-19 -i $$(git ls-files '*.c' '*.h' | grep -v '^gen/')

clean:
	rm -rf build

.PHONY: all check long bench format clean
