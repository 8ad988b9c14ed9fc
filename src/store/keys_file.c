/* keys_file.c - the key file: made, read, added to.  See keys.h.
 *
 * A key file is never written in place: it appears whole or not at all. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/keys_inside.h"

/* 257 lines of at most 54 bytes fit, with room for remarks. */
enum { FILE_MAX = 64 << 10, PATH_MOST = 4096, KEY_TEXT = 45 };

/* ---- text of a key ---- */

/* The longest line is "seal 255 " with 44 characters and a line break. */
static size_t put_key(char *out, size_t max, const char *name,
                      const uint8_t *key)
{
    char text[KEY_TEXT];
    sodium_bin2base64(text, sizeof text, key, KEYS_KEY,
                      sodium_base64_VARIANT_ORIGINAL);
    int n = snprintf(out, max, "%s %s\n", name, text);
    assert(n > 0 && (size_t)n < max);
    sodium_memzero(text, sizeof text);
    return (size_t)n;
}

/* The library takes 0xaf for '/' where char is signed: bytes over 127 are kept
 * from it. */
static bool get_key(const char *s, uint8_t key[KEYS_KEY])
{
    size_t n;
    for (const char *c = s; *c; c++)
        if ((uint8_t)*c > 127) return false;
    return sodium_base642bin(key, KEYS_KEY, s, strlen(s), NULL, &n, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           n == KEYS_KEY;
}

/* "seal 7 ..." -> 7 and the place after it; 0 if it is none of 1..255. */
static int get_id(const char **s)
{
    char *end;
    if (**s < '1' || **s > '9') return 0;
    long id = strtol(*s, &end, 10);
    if (*end != ' ' || id > 255) return 0;
    *s = end + 1;
    return (int)id;
}

struct seen { bool lookup, sign; };

/* One line without its break; false if it is no line of a key file. */
static bool take_line(struct keys *k, struct seen *seen, const char *s)
{
    if (!*s || *s == '#') return true;
    if (strncmp(s, "seal ", 5) == 0) {
        s += 5;
        int id = get_id(&s);
        if (id == 0 || k->has[id] || !get_key(s, k->seal[id])) return false;
        k->has[id] = true;
        if (id > k->newest) k->newest = (uint8_t)id;
        return true;
    }
    if (strncmp(s, "lookup ", 7) == 0) {
        bool first = !seen->lookup;
        seen->lookup = true;
        return first && get_key(s + 7, k->lookup);
    }
    if (strncmp(s, "sign ", 5) == 0) {
        bool first = !seen->sign;
        seen->sign = true;
        return first && get_key(s + 5, k->seed);
    }
    return false;
}

/* text is cut into lines where it stands. */
static enum rc take_text(struct keys *k, char *text, struct fault *f)
{
    struct seen seen = {false, false};
    int64_t row = 0;
    while (*text) {
        char *end = strchrnul(text, '\n');
        char *next = *end ? end + 1 : end;
        if (end > text && end[-1] == '\r') end[-1] = '\0';
        *end = '\0';
        row++;
        if (!take_line(k, &seen, text)) {
            fault_set(f, INVALID, "", "this is no line of a key file");
            f->row = row;
            return INVALID;
        }
        text = next;
    }
    if (!k->newest || !seen.lookup || !seen.sign)
        return fault_set(f, INVALID, "", "the key file lacks a key");
    return OK;
}

/* ---- reading ---- */

static enum rc read_all(int fd, const char *path, char *text,
                        struct fault *f)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return fault_set(f, FAILED, "", "cannot read the key file %s", path);
    if (st.st_mode & 077) {
        fault_set(f, DENIED, "", "others can read the key file %s", path);
        f->remedy = "chmod 600 the key file";
        return DENIED;
    }
    size_t n = 0;
    for (;;) {
        ssize_t got = read(fd, text + n, FILE_MAX - n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            return fault_set(f, FAILED, "", "cannot read the key file %s",
                             path);
        if (got == 0) break;
        n += (size_t)got;
    }
    if (n >= FILE_MAX || memchr(text, '\0', n))
        return fault_set(f, INVALID, "", "%s is not a key file", path);
    text[n] = '\0';
    return OK;
}

/* The file's text in guarded memory, for sodium_free(). */
static enum rc read_file(char **out, const char *path, struct fault *f)
{
    *out = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
        fault_set(f, NOT_FOUND, "", "there is no key file %s", path);
        f->remedy = "put the key file back or name it in RENLIN_KEYS";
        return NOT_FOUND;
    }
    if (fd < 0)
        return fault_set(f, FAILED, "", "cannot read the key file %s", path);
    enum rc rc = FAILED;
    char *text = sodium_init() < 0 ? NULL : sodium_malloc(FILE_MAX + 1);
    if (text)
        rc = read_all(fd, path, text, f);
    else
        fault_set(f, FAILED, "", "out of memory");
    close(fd);
    if (rc)
        sodium_free(text);
    else
        *out = text;
    return rc;
}

enum rc keys_open_file(struct keys **out, const char *path, struct fault *f)
{
    char *text;
    *out = NULL;
    enum rc rc = read_file(&text, path, f);
    if (rc) return rc;
    struct keys *k = keys_new();
    rc = k ? take_text(k, text, f)
           : fault_set(f, FAILED, "", "out of memory");
    sodium_free(text);
    if (rc) {
        keys_free(k);
        return rc;
    }
    keys_finish(k);
    *out = k;
    return OK;
}

enum rc keys_load(struct keys **out, const char *db_path, struct fault *f)
{
    *out = NULL;
    const char *named = getenv("RENLIN_KEYS");
    if (named && *named) return keys_open_file(out, named, f);
    if (!db_path) {
        fault_set(f, NOT_FOUND, "", "no key file is named");
        f->remedy = "put the key file back or name it in RENLIN_KEYS";
        return NOT_FOUND;
    }
    char path[PATH_MOST];
    int n = snprintf(path, sizeof path, "%s.keys", db_path);
    if (n < 0 || (size_t)n >= sizeof path)
        return fault_set(f, INVALID, "", "the path is too long");
    return keys_open_file(out, path, f);
}

/* ---- writing ---- */

/* The folder too, or the name may be lost with the power. */
static bool sync_folder(const char *path)
{
    char folder[PATH_MOST];
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) + 1 : 0;
    if (n >= sizeof folder) return false;
    memcpy(folder, path, n);
    folder[n] = '\0';
    int fd = open(n ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return false;
    bool good = fsync(fd) == 0;
    close(fd);
    return good;
}

static bool write_all(int fd, const char *text, size_t n)
{
    while (n > 0) {
        ssize_t put = write(fd, text, n);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return false;
        text += put;
        n -= (size_t)put;
    }
    return fsync(fd) == 0;
}

/* A new file; errno tells EEXIST from other reasons to be false. */
static bool write_new(const char *path, const char *text, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    bool good = write_all(fd, text, n);
    if (close(fd) != 0) good = false;
    if (!good) {
        unlink(path);
        errno = EIO;
    }
    return good;
}

static enum rc make_file(const struct keys *k, const char *path,
                         struct fault *f)
{
    char text[512];
    size_t n = put_key(text, sizeof text, "seal 1", k->seal[1]);
    n += put_key(text + n, sizeof text - n, "lookup", k->lookup);
    n += put_key(text + n, sizeof text - n, "sign", k->seed);
    bool good = write_new(path, text, n);
    int why = errno;
    sodium_memzero(text, sizeof text);
    if (good && sync_folder(path)) return OK;
    if (good) unlink(path);
    if (!good && why == EEXIST)
        return fault_set(f, CONFLICT, "", "there is a key file %s already",
                         path);
    return fault_set(f, FAILED, "", "cannot write the key file %s", path);
}

enum rc keys_make(struct keys **out, const char *path, struct fault *f)
{
    *out = NULL;
    struct keys *k = keys_new();
    if (!k) return fault_set(f, FAILED, "", "out of memory");
    k->newest = 1;
    k->has[1] = true;
    randombytes_buf(k->seal[1], KEYS_KEY);
    randombytes_buf(k->lookup, KEYS_KEY);
    randombytes_buf(k->seed, KEYS_KEY);
    keys_finish(k);
    enum rc rc = path ? make_file(k, path, f) : OK;
    if (rc) {
        keys_free(k);
        return rc;
    }
    *out = k;
    return OK;
}

/* The new file's text into fd: the old one, a line break if it lacks one, and
 * the new line. */
static enum rc write_rotated(int fd, const char *path, struct fault *f)
{
    struct keys *k;
    enum rc rc = keys_open_file(&k, path, f);
    if (rc) return rc;
    int id = k->newest + 1;
    keys_free(k);
    char *text;
    rc = read_file(&text, path, f);
    if (rc) return rc;
    size_t n = strlen(text);
    if (id > 255 || n + 64 > FILE_MAX) {
        sodium_free(text);
        return fault_set(f, CONFLICT, "", "the key file is full");
    }
    char name[16];
    uint8_t key[KEYS_KEY];
    if (text[n - 1] != '\n') text[n++] = '\n';
    snprintf(name, sizeof name, "seal %d", id);
    randombytes_buf(key, sizeof key);
    n += put_key(text + n, FILE_MAX - n, name, key);
    sodium_memzero(key, sizeof key);
    bool good = write_all(fd, text, n);
    sodium_free(text);
    if (good) return OK;
    return fault_set(f, FAILED, "", "cannot write the key file %s", path);
}

/* The file beside is also the lock: made before the old text is read, so that
 * of two rotations neither loses the other's key. */
enum rc keys_rotate(const char *path, struct fault *f)
{
    char beside[PATH_MOST];
    int m = snprintf(beside, sizeof beside, "%s.new", path);
    if (m < 0 || (size_t)m >= sizeof beside)
        return fault_set(f, INVALID, "", "the path is too long");
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST) {
        fault_set(f, CONFLICT, "",
                  "%s is there: another rotation runs or broke off", beside);
        f->remedy = "remove that file if no rotation runs";
        return CONFLICT;
    }
    if (fd < 0)
        return fault_set(f, FAILED, "", "cannot write the key file %s",
                         beside);
    enum rc rc = write_rotated(fd, path, f);
    close(fd);
    if (!rc && rename(beside, path) != 0)
        rc = fault_set(f, FAILED, "", "cannot write the key file %s", path);
    if (rc) {
        unlink(beside);
        return rc;
    }
    if (sync_folder(path)) return OK;
    return fault_set(f, FAILED, "", "cannot write the key file %s", path);
}
