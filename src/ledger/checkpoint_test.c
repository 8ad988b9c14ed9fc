/* checkpoint_test.c - notes of others are read, ours are read by others' rules,
 * and nothing in a signed note may change. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <sodium.h>
#include <string.h>

#include "ledger/checkpoint.h"

#define DASH "\xe2\x80\x94 "

/* A checkpoint that the Go project's log published, and its public key. */
static const char go_key[] =
    "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
static const char go_note[] =
    "go.sum database tree\n"
    "65664258\n"
    "WVVNVD2qx+fTq31zkj6UAqxT5X6HvGphGM+o8Thnbsg=\n"
    "\n" DASH "sum.golang.org Az3grligJmgX7KGyGPKybykNTh3VgsbLvUuvOwrM5zLV"
    "lulmFp2wdvbxOw74/gcNxURShXEpb7RXcs3+BYflYN+w0gQ=\n";

static uint8_t secret[64], public_key[32];
static struct fault fault;

static struct digest some_root(void)
{
    return sha256_of("root", 4);
}

static const char *some_note(void)
{
    static const uint8_t seed[32] = {7};
    assert_true(sodium_init() >= 0);
    crypto_sign_seed_keypair(public_key, secret, seed);
    return checkpoint_sign(&test_arena, "renlin.example/7", 1042,
                           some_root(), secret, "renlin.example");
}

static const char *some_vkey(void)
{
    return checkpoint_vkey(&test_arena, "renlin.example", public_key);
}

TEST(a_checkpoint_of_another_log_is_read_and_its_signature_holds)
{
    struct checkpoint c;
    assert_true(sodium_init() >= 0);
    assert_int_equal(checkpoint_open(go_note, go_key, &c, &fault), OK);
    assert_string_equal(c.origin, "go.sum database tree");
    assert_int_equal(c.size, 65664258);
}

TEST(a_verifier_key_is_written_as_others_write_it)
{
    uint8_t key[33];
    size_t n;
    assert_int_equal(
        sodium_base642bin(key, 33, "Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8O"
                                   "uAn8", 44, NULL, &n, NULL,
                          sodium_base64_VARIANT_ORIGINAL), 0);
    assert_string_equal(checkpoint_vkey(&test_arena, "sum.golang.org",
                                        key + 1), go_key);
}

TEST(what_was_signed_is_what_is_read)
{
    struct checkpoint c;
    const char *note = some_note();
    assert_int_equal(checkpoint_open(note, some_vkey(), &c, &fault), OK);
    assert_string_equal(c.origin, "renlin.example/7");
    assert_int_equal(c.size, 1042);
    assert_memory_equal(c.root.b, some_root().b, 32);
    memset(&c, 0, sizeof c);
    assert_int_equal(checkpoint_parse(note, &c, &fault), OK);
    assert_int_equal(c.size, 1042);
    assert_memory_equal(c.root.b, some_root().b, 32);
}

TEST(the_note_has_three_lines_an_empty_one_and_the_signature)
{
    const char *note = some_note();
    const char *head = "renlin.example/7\n1042\n";
    assert_memory_equal(note, head, strlen(head));
    const char *tail = strstr(note, "\n\n" DASH "renlin.example ");
    assert_non_null(tail);
    assert_int_equal(tail - note, strlen(head) + 44);
    assert_int_equal(strchr(tail + 2, '\n') - note, strlen(note) - 1);
}

TEST(no_bit_of_a_note_may_turn)
{
    struct checkpoint c;
    const char *note = some_note(), *vkey = some_vkey();
    char *copy = arena_strdup(&test_arena, note);
    size_t n = strlen(note);
    for (size_t bit = 0; bit < 8 * n; bit++) {
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        assert_int_not_equal(checkpoint_open(copy, vkey, &c, &fault), OK);
        copy[bit / 8] = note[bit / 8];
    }
    for (size_t cut = 0; cut < n; cut++) {
        copy[cut] = '\0';
        assert_int_not_equal(checkpoint_open(copy, vkey, &c, &fault), OK);
        copy[cut] = note[cut];
    }
    assert_int_equal(checkpoint_open(copy, vkey, &c, &fault), OK);
}

TEST(no_character_of_a_verifier_key_may_change)
{
    struct checkpoint c;
    const char *note = some_note(), *vkey = some_vkey();
    char *copy = arena_strdup(&test_arena, vkey);
    for (size_t i = 0; i < strlen(vkey); i++) {
        copy[i]++;
        assert_int_not_equal(checkpoint_open(note, copy, &c, &fault), OK);
        copy[i] = '\0';
        assert_int_equal(checkpoint_open(note, copy, &c, &fault), INVALID);
        copy[i] = vkey[i];
    }
    assert_int_equal(
        checkpoint_open(note, arena_printf(&test_arena, "%s\n", vkey), &c,
                        &fault), OK);
    assert_int_equal(
        checkpoint_open(note, arena_printf(&test_arena, "%s\nx", vkey), &c,
                        &fault), INVALID);
}

TEST(a_witness_may_sign_beside_us_and_neither_stands_for_the_other)
{
    struct checkpoint c = {.size = 5};
    const char *mark = strstr(go_note, DASH);
    const char *note = some_note();
    const char *both = arena_printf(&test_arena, "%s%s", note, mark);
    assert_int_equal(checkpoint_open(note, go_key, &c, &fault), NOT_FOUND);
    assert_int_equal(c.size, 5);
    /* Theirs is over another text. */
    assert_int_equal(checkpoint_open(both, go_key, &c, &fault), INVALID);
    assert_int_equal(c.size, 5);
    assert_int_equal(checkpoint_open(both, some_vkey(), &c, &fault), OK);
    assert_int_equal(c.size, 1042);
}

TEST(extension_lines_are_signed_and_passed_over)
{
    struct checkpoint c;
    const char *root = "LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=";
    assert_int_equal(
        checkpoint_parse(arena_printf(&test_arena,
                                      "o\n3\n%s\nextra\n\n" DASH "x y\n",
                                      root), &c, &fault), OK);
    assert_int_equal(c.size, 3);
    assert_int_equal(
        checkpoint_parse(arena_printf(&test_arena, "o\n3\n%s\n", root), &c,
                         &fault), OK);
}

TEST(what_is_no_checkpoint_is_refused)
{
    static const char r[] = "LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=";
    static const struct { const char *origin, *size, *root; } bad[] = {
        {"", "3", r},       {"o", "", r},      {"o", "03", r},
        {"o", "-3", r},     {"o", "+3", r},    {"o", " 3", r},
        {"o", "3x", r},     {"o", "9223372036854775808", r},
        {"o", "99999999999999999999999", r},   {"o", "3", ""},
        {"o", "3", "LCa0"}, {"a\x01", "3", r},
        {"o", "3", "LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564"},
        {"o", "3", "LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm565="},
    };
    struct checkpoint c;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        const char *text = arena_printf(&test_arena, "%s\n%s\n%s\n",
                                        bad[i].origin, bad[i].size,
                                        bad[i].root);
        if (checkpoint_parse(text, &c, &fault) != INVALID)
            fail_msg("read as a checkpoint: %s", text);
    }
    assert_int_equal(checkpoint_parse("", &c, &fault), INVALID);
    assert_int_equal(checkpoint_parse("o\n3", &c, &fault), INVALID);
}

TEST(key_names_hold_no_blank_of_any_kind_and_no_plus)
{
    assert_true(checkpoint_is_name("renlin.example/ledger/7"));
    assert_true(checkpoint_is_name("韧邻"));
    assert_false(checkpoint_is_name(""));
    assert_false(checkpoint_is_name("a b"));
    assert_false(checkpoint_is_name("a+b"));
    assert_false(checkpoint_is_name("a\nb"));
    assert_false(checkpoint_is_name("韧\xe3\x80\x80邻"));
    assert_true(checkpoint_is_origin("go.sum database tree"));
    assert_false(checkpoint_is_origin("a\nb"));
}
