/* hash_test.c - SHA-256 as FIPS 180-4's examples have it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"

static void is_hex(struct digest d, const char *hex)
{
    char text[65];
    for (size_t i = 0; i < 32; i++)
        snprintf(text + 2 * i, 3, "%02x", d.b[i]);
    assert_string_equal(text, hex);
}

TEST(the_standards_messages_have_the_standards_digests)
{
    is_hex(sha256_of(NULL, 0), "e3b0c44298fc1c149afbf4c8996fb924"
                               "27ae41e4649b934ca495991b7852b855");
    is_hex(sha256_of("abc", 3), "ba7816bf8f01cfea414140de5dae2223"
                                "b00361a396177a9cb410ff61f20015ad");
}

TEST(pieces_hash_as_the_whole)
{
    const char *s = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    for (size_t cut = 0; cut <= strlen(s); cut++) {
        struct sha256 h;
        sha256_init(&h);
        sha256_add(&h, s, cut);
        sha256_add(&h, NULL, 0);
        sha256_add(&h, s + cut, strlen(s) - cut);
        is_hex(sha256_end(&h), "248d6a61d20638b8e5c026930c3e6039"
                               "a33ce45964ff2167f6ecedd419db06c1");
    }
}
