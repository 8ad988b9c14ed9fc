/* keys_test.c - sealed text opens only where it belongs, look-ups tell nothing
 * across communities, and a key file is kept from other eyes. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/keys.h"

enum { HOME = 7, AWAY = 8 };

static struct fault fault;

static struct keys *fresh(void)
{
    struct keys *k;
    assert_int_equal(keys_make(&k, NULL, &fault), OK);
    return k;
}

/* A folder of one test's own; remove() it with its file at the end. */
static char *folder(void)
{
    char *path = arena_strdup(&test_arena, "/tmp/renlin-keys-XXXXXX");
    assert_non_null(mkdtemp(path));
    return path;
}

static char *file_in(const char *dir)
{
    return arena_printf(&test_arena, "%s/town.db.keys", dir);
}

static void clear(const char *dir, const char *path)
{
    unlink(path);
    assert_int_equal(rmdir(dir), 0); /* nothing else was left there */
}

static void put_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_int_equal(chmod(path, 0600), 0);
}

static char *get_file(const char *path)
{
    char *text = arena_alloc(&test_arena, 4096);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    text[fread(text, 1, 4095, f)] = '\0';
    fclose(f);
    return text;
}

static struct keys *open_at(const char *path)
{
    struct keys *k;
    assert_int_equal(keys_open_file(&k, path, &fault), OK);
    return k;
}

/* A key in text; of zeros. */
#define K "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

/* ---- sealing ---- */

static size_t seal(const struct keys *k, const char *text, uint8_t *out)
{
    return keys_seal(k, HOME, "person", 12, "phone", text, strlen(text),
                     out);
}

static enum rc open_here(const struct keys *k, const uint8_t *at, size_t n,
                         char *out)
{
    size_t len = 99;
    enum rc rc = keys_open(k, HOME, "person", 12, "phone", at, n, out, &len,
                           &fault);
    out[len] = '\0';
    assert_int_equal(rc ? 0 : n - keys_sealed_size(0), len);
    return rc;
}

TEST(what_was_sealed_opens_again)
{
    static const char *const texts[] = {"", "1", "13800138000", "张三 李四"};
    struct keys *k = fresh();
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        uint8_t sealed[128];
        char out[128];
        size_t n = seal(k, texts[i], sealed);
        assert_int_equal(n, keys_sealed_size(strlen(texts[i])));
        assert_int_equal(open_here(k, sealed, n, out), OK);
        assert_string_equal(out, texts[i]);
    }
    keys_free(k);
}

TEST(the_same_text_never_seals_to_the_same_bytes)
{
    struct keys *k = fresh();
    uint8_t a[64], b[64];
    size_t n = seal(k, "13800138000", a);
    assert_int_equal(seal(k, "13800138000", b), n);
    assert_memory_not_equal(a + 1, b + 1, 24);
    assert_memory_not_equal(a + 25, b + 25, n - 25);
    keys_free(k);
}

TEST(sealed_text_moved_to_another_place_does_not_open)
{
    struct keys *k = fresh();
    uint8_t sealed[64];
    char out[64];
    size_t n = seal(k, "13800138000", sealed), len;
    assert_int_equal(keys_open(k, AWAY, "person", 12, "phone", sealed, n,
                               out, &len, &fault), FAILED);
    assert_int_equal(keys_open(k, HOME, "vehicle", 12, "phone", sealed, n,
                               out, &len, &fault), FAILED);
    assert_int_equal(keys_open(k, HOME, "person", 13, "phone", sealed, n,
                               out, &len, &fault), FAILED);
    assert_int_equal(keys_open(k, HOME, "person", 12, "idno", sealed, n, out,
                               &len, &fault), FAILED);
    assert_string_equal(fault.field, "idno");
    assert_int_equal(open_here(k, sealed, n, out), OK);
    keys_free(k);
}

TEST(no_bit_of_sealed_text_may_turn_and_no_byte_go)
{
    struct keys *k = fresh();
    uint8_t sealed[64];
    char out[64];
    size_t n = seal(k, "13800138000", sealed);
    for (size_t bit = 0; bit < 8 * n; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(open_here(k, sealed, n, out), FAILED);
        sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t m = 0; m < n; m++)
        assert_int_equal(open_here(k, sealed, m, out), FAILED);
    assert_int_equal(open_here(k, sealed, n, out), OK);
    keys_free(k);
}

TEST(other_keys_open_nothing)
{
    struct keys *a = fresh(), *b = fresh();
    uint8_t sealed[64];
    char out[64];
    size_t n = seal(a, "13800138000", sealed);
    assert_int_equal(open_here(b, sealed, n, out), FAILED);
    keys_free(a);
    keys_free(b);
    keys_free(NULL);
}

/* ---- finding ---- */

static bool found(const struct keys *k, int64_t community,
                  const char *purpose, const char *text,
                  const uint8_t hash[KEYS_LOOKUP])
{
    uint8_t other[KEYS_LOOKUP];
    keys_lookup(k, community, purpose, text, other);
    return memcmp(hash, other, sizeof other) == 0;
}

TEST(a_look_up_finds_the_same_text_in_the_same_place_only)
{
    struct keys *k = fresh(), *other = fresh();
    uint8_t hash[KEYS_LOOKUP];
    keys_lookup(k, HOME, "phone", "13800138000", hash);
    assert_true(found(k, HOME, "phone", "13800138000", hash));
    assert_false(found(k, AWAY, "phone", "13800138000", hash));
    assert_false(found(k, HOME, "idno", "13800138000", hash));
    assert_false(found(k, HOME, "phone", "13800138001", hash));
    assert_false(found(k, HOME, "phone1", "3800138000", hash));
    assert_false(found(other, HOME, "phone", "13800138000", hash));
    keys_free(k);
    keys_free(other);
}

TEST(a_form_token_is_43_url_safe_characters_and_differs_by_secret_and_key)
{
    struct keys *k = fresh(), *other = fresh();
    char a[KEYS_FORM_TOKEN], b[KEYS_FORM_TOKEN];
    keys_form_token(k, "session secret", a);
    assert_int_equal(strlen(a), 43);
    assert_int_equal(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklm"
                               "nopqrstuvwxyz0123456789-_"), 43);
    keys_form_token(k, "session secret", b);
    assert_string_equal(a, b);
    keys_form_token(k, "session secreu", b);
    assert_string_not_equal(a, b);
    keys_form_token(other, "session secret", b);
    assert_string_not_equal(a, b);
    keys_free(k);
    keys_free(other);
}

TEST(what_the_secret_key_signs_the_public_key_verifies)
{
    struct keys *k = fresh();
    uint8_t sig[64];
    crypto_sign_detached(sig, NULL, (const uint8_t *)"note", 4,
                         keys_sign_secret(k));
    assert_int_equal(
        crypto_sign_verify_detached(sig, (const uint8_t *)"note", 4,
                                    keys_sign_public(k)), 0);
    keys_free(k);
}

/* ---- the file ---- */

TEST(keys_come_back_from_their_file_as_they_were)
{
    char *dir = folder(), *path = file_in(dir);
    struct keys *k, *again;
    struct stat st;
    uint8_t sealed[64], hash[KEYS_LOOKUP];
    char out[64];
    assert_int_equal(keys_make(&k, path, &fault), OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    again = open_at(path);
    size_t n = seal(k, "13800138000", sealed);
    assert_int_equal(open_here(again, sealed, n, out), OK);
    keys_lookup(k, HOME, "phone", "1", hash);
    assert_true(found(again, HOME, "phone", "1", hash));
    assert_memory_equal(keys_sign_public(k), keys_sign_public(again), 32);
    keys_free(k);
    keys_free(again);
    clear(dir, path);
}

TEST(a_key_file_is_never_written_over)
{
    char *dir = folder(), *path = file_in(dir);
    struct keys *k;
    put_file(path, "something\n");
    assert_int_equal(keys_make(&k, path, &fault), CONFLICT);
    assert_null(k);
    assert_string_equal(get_file(path), "something\n");
    clear(dir, path);
}

TEST(a_key_file_that_others_may_read_is_refused_with_the_remedy)
{
    char *dir = folder(), *path = file_in(dir);
    struct keys *k;
    assert_int_equal(keys_make(&k, path, &fault), OK);
    keys_free(k);
    static const mode_t wrong[] = {0640, 0604, 0620, 0602, 0610, 0666};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        chmod(path, wrong[i]);
        assert_int_equal(keys_open_file(&k, path, &fault), DENIED);
        assert_null(k);
        assert_non_null(strstr(fault.remedy, "chmod 600"));
    }
    chmod(path, 0400);
    keys_free(open_at(path));
    clear(dir, path);
}

TEST(a_database_finds_its_keys_beside_it_or_where_the_environment_says)
{
    char *dir = folder(), *path = file_in(dir);
    char *db = arena_printf(&test_arena, "%s/town.db", dir);
    struct keys *k;
    unsetenv("RENLIN_KEYS");
    assert_int_equal(keys_load(&k, db, &fault), NOT_FOUND);
    assert_null(k);
    assert_int_equal(keys_load(&k, NULL, &fault), NOT_FOUND);
    assert_int_equal(keys_make(&k, path, &fault), OK);
    keys_free(k);
    assert_int_equal(keys_load(&k, db, &fault), OK);
    keys_free(k);
    setenv("RENLIN_KEYS", path, 1);
    assert_int_equal(keys_load(&k, NULL, &fault), OK);
    keys_free(k);
    setenv("RENLIN_KEYS", dir, 1); /* named but wrong: no second guess */
    assert_int_equal(keys_load(&k, db, &fault), FAILED);
    unsetenv("RENLIN_KEYS");
    clear(dir, path);
}

TEST(after_a_rotation_the_newest_key_seals_and_the_old_ones_open)
{
    char *dir = folder(), *path = file_in(dir);
    struct keys *before, *after;
    uint8_t old[64], new[64];
    char out[64];
    assert_int_equal(keys_make(&before, path, &fault), OK);
    size_t n = seal(before, "13800138000", old);
    assert_int_equal(keys_rotate(path, &fault), OK);
    assert_int_equal(keys_rotate(path, &fault), OK);
    after = open_at(path);
    assert_int_equal(seal(after, "13800138000", new), n);
    assert_int_equal(old[0], 1);
    assert_int_equal(new[0], 3);
    assert_int_equal(open_here(after, old, n, out), OK);
    assert_int_equal(open_here(after, new, n, out), OK);
    assert_int_equal(open_here(before, new, n, out), FAILED);
    assert_memory_equal(keys_sign_public(before), keys_sign_public(after),
                        32);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    keys_free(before);
    keys_free(after);
    clear(dir, path);
}

TEST(two_rotations_at_once_cannot_lose_a_key)
{
    char *dir = folder(), *path = file_in(dir);
    char *beside = arena_printf(&test_arena, "%s.new", path);
    struct keys *k;
    assert_int_equal(keys_make(&k, path, &fault), OK);
    keys_free(k);
    const char *text = get_file(path);
    put_file(beside, "");
    assert_int_equal(keys_rotate(path, &fault), CONFLICT);
    assert_non_null(fault.remedy);
    assert_string_equal(get_file(path), text);
    assert_int_equal(unlink(beside), 0);
    clear(dir, path);
}

TEST(a_file_full_of_keys_takes_no_more_and_leaves_nothing_behind)
{
    char *dir = folder(), *path = file_in(dir);
    put_file(path, "seal 254 " K "\nlookup " K "\nsign " K "\n");
    assert_int_equal(keys_rotate(path, &fault), OK);
    assert_int_equal(keys_rotate(path, &fault), CONFLICT);
    keys_free(open_at(path));
    clear(dir, path);
    dir = folder();
    path = file_in(dir);
    assert_int_equal(keys_rotate(path, &fault), NOT_FOUND);
    clear(dir, path);
}

TEST(a_line_that_is_none_is_named_by_its_number)
{
    static const struct { const char *text; int64_t row; } bad[] = {
        {"seal 1 " K "\nsoul 2 " K "\n", 2},
        {"seal 0 " K "\n", 1},
        {"seal 256 " K "\n", 1},
        {"seal 01 " K "\n", 1},
        {"seal " K "\n", 1},
        {"seal 1 " K "\nseal 1 " K "\n", 2},
        {"# old\n\nlookup " K "\nlookup " K "\n", 4},
        {"sign " K "\nsign " K "\n", 2},
        {"seal 1 AAAA\n", 1},
        {"seal 1 " K "AAAA\n", 1},
        {"seal 1  " K "\n", 1},
        {"lookup " K " \n", 1},
        {"lookup \xaf" "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", 1},
    };
    char *dir = folder(), *path = file_in(dir);
    struct keys *k;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        put_file(path, bad[i].text);
        assert_int_equal(keys_open_file(&k, path, &fault), INVALID);
        assert_null(k);
        assert_int_equal(fault.row, bad[i].row);
    }
    clear(dir, path);
}

TEST(a_key_file_may_hold_remarks_but_must_hold_every_key)
{
    char *dir = folder(), *path = file_in(dir);
    struct keys *k;
    put_file(path, "# town\r\nsign " K "\r\n\nseal 9 " K "\nlookup " K);
    keys_free(open_at(path));
    assert_int_equal(keys_rotate(path, &fault), OK);
    assert_non_null(strstr(get_file(path), K "\nseal 10 "));
    keys_free(open_at(path));
    put_file(path, "sign " K "\nlookup " K "\n");
    assert_int_equal(keys_open_file(&k, path, &fault), INVALID);
    put_file(path, "sign " K "\nseal 1 " K "\n");
    assert_int_equal(keys_open_file(&k, path, &fault), INVALID);
    put_file(path, "lookup " K "\nseal 1 " K "\n");
    assert_int_equal(keys_open_file(&k, path, &fault), INVALID);
    put_file(path, "");
    assert_int_equal(keys_open_file(&k, path, &fault), INVALID);
    clear(dir, path);
}

/* Else anybody could forge sealed text with a key of zeros. */
TEST(a_key_number_that_is_not_here_opens_nothing_not_even_with_zeros)
{
    char *dir = folder(), *path = file_in(dir);
    put_file(path, "seal 9 " K "\nlookup " K "\nsign " K "\n");
    struct keys *zeros = open_at(path), *k = fresh();
    uint8_t sealed[64];
    char out[64];
    size_t n = seal(zeros, "13800138000", sealed);
    assert_int_equal(open_here(zeros, sealed, n, out), OK);
    assert_int_equal(open_here(k, sealed, n, out), FAILED);
    keys_free(zeros);
    keys_free(k);
    clear(dir, path);
}

/* ---- threads ---- */

static void *work(void *ctx)
{
    const struct keys *k = ctx;
    for (int i = 0; i < 200; i++) {
        uint8_t sealed[64];
        char out[64];
        size_t len;
        struct fault f;
        size_t n = keys_seal(k, HOME, "person", i, "phone", "1380", 4,
                             sealed);
        if (keys_open(k, HOME, "person", i, "phone", sealed, n, out, &len,
                      &f) || len != 4)
            return ctx;
    }
    return NULL;
}

TEST(many_threads_may_use_the_same_keys)
{
    struct keys *k = fresh();
    pthread_t threads[8];
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, k), 0);
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
    keys_free(k);
}
