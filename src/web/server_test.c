/* server_test.c - the server asked over real sockets. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <arpa/inet.h>
#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/words.h"
#include "desk.h"
#include "store/keys.h"
#include "web/route.h"
#include "web/server.h"

enum { REPLY_MAX = 4 << 20 };

static struct server *start(struct desk *d)
{
    struct server *s = NULL;
    struct fault f = {0};
    struct server_options o = {.store = d->store, .address = "127.0.0.1:0"};
    enum rc rc = server_start(&s, &o, &f);
    if (rc) print_error("%s %s\n", f.detail, f.args[0]);
    assert_int_equal(rc, OK);
    return s;
}

static int connect_to(const struct server *s)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)server_port(s)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct timeval patience = {.tv_sec = 10};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (const void *)&at, sizeof at), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    size_t n = strlen(text);
    assert_int_equal(send(fd, text, n, MSG_NOSIGNAL), n);
}

/* All that comes until `mark` (NULL: the end). */
static char *hear(int fd, const char *mark)
{
    size_t n = 0;
    char *at = arena_alloc(&test_arena, REPLY_MAX);
    at[0] = '\0';
    while (n < REPLY_MAX - 1 && !(mark && strstr(at, mark))) {
        ssize_t some = recv(fd, at + n, REPLY_MAX - 1 - n, 0);
        if (some <= 0) break;
        n += (size_t)some;
        at[n] = '\0';
    }
    return at;
}

/* One request on a connection of its own: the whole answer. */
static char *ask(const struct server *s, const char *method, const char *path,
                 const char *headers, const char *body)
{
    int fd = connect_to(s);
    say(fd, arena_printf(&test_arena, "%s %s HTTP/1.1\r\nHost: here\r\n"
                         "Connection: close\r\n%s", method, path, headers));
    if (body)
        say(fd, arena_printf(&test_arena, "Content-Length: %zu\r\n\r\n%s",
                             strlen(body), body));
    else
        say(fd, "\r\n");
    char *all = hear(fd, NULL);
    close(fd);
    return all;
}

static int status(const char *answer)
{
    return (int)strtol(answer + strlen("HTTP/1.1 "), NULL, 10);
}

#define assert_says(answer, text) assert_non_null(strstr((answer), (text)))
#define assert_silent(answer, text) assert_null(strstr((answer), (text)))

/* A secret of a fresh account, as a header. */
static const char *secret_of(struct desk *d, enum role role, bool token)
{
    struct work *w = &d->work;
    char secret[SECRET_TEXT];
    desk_as_person(d, role, (struct place_id){0}, d->here.person[0]);
    assert_rc(OK, WRITE(w, session_open(w, w->actor, token, "", 1, secret)));
    return arena_strdup(&test_arena, secret);
}

static const char *bearer(struct desk *d, enum role role)
{
    return arena_printf(&test_arena, "Authorization: Bearer %s\r\n",
                        secret_of(d, role, true));
}

static const char reports[] = "/api/reports/temperature";
static const char fine[] = "{\"temperature_c\":36.5}";

static char *report(const struct server *s, const char *who)
{
    return ask(s, "POST", reports,
               arena_printf(&test_arena, "%sContent-Type: application/json"
                            "\r\n", who), fine);
}

DESK_TEST(a_token_writes_and_the_answer_comes_after_the_commit)
{
    struct server *s = start(d);
    const char *who = bearer(d, ROLE_RESIDENT);
    assert_int_equal(status(report(s, who)), 201);
    assert_int_equal(desk_entries(d, "report.received"), 1);
    server_stop(s);
}

DESK_TEST(nobody_gets_in_and_a_page_leads_to_the_log_in)
{
    struct server *s = start(d);
    const char *a = report(s, "");
    assert_int_equal(status(a), 401);
    assert_says(a, "application/problem+json");
    assert_int_equal(status(report(s, "Authorization: Bearer x\r\n")), 401);
    a = ask(s, "GET", "/ledger?kind=a%20b", "", NULL);
    assert_int_equal(status(a), 303);
    assert_says(a, "Location: /login?next=/ledger%3Fkind%3Da%2520b\r\n");
    assert_int_equal(desk_entries(d, "report.received"), 0);
    server_stop(s);
}

DESK_TEST(a_role_without_the_capability_is_told_so)
{
    struct server *s = start(d);
    const char *who = bearer(d, ROLE_GUARD);
    assert_int_equal(status(ask(s, "GET", "/api/ledger", who, NULL)), 403);
    who = bearer(d, ROLE_AUDITOR);
    assert_int_equal(status(ask(s, "GET", "/api/ledger", who, NULL)), 200);
    assert_int_equal(status(report(s, who)), 403);
    server_stop(s);
}

DESK_TEST(a_cookie_writes_only_from_our_own_page_with_its_form_token)
{
    struct server *s = start(d);
    const char *secret = secret_of(d, ROLE_RESIDENT, false);
    char token[KEYS_FORM_TOKEN];
    keys_form_token(store_keys(d->store), secret, token);
    static const struct {
        const char *origin;
        bool token;
        int want;
    } cases[] = {
        {"", true, 403},
        {"Origin: http://here\r\n", false, 403},
        {"Origin: http://elsewhere\r\n", true, 403},
        {"Origin: null\r\n", true, 403},
        {"Origin: http://here.elsewhere\r\n", true, 403},
        {"Origin: http://here\r\n", true, 201},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *head = arena_printf(
            &test_arena, "Cookie: a=b; renlin_session=%s\r\n%s%s%s%s", secret,
            cases[i].origin, cases[i].token ? "X-Form-Token: " : "",
            cases[i].token ? token : "", cases[i].token ? "\r\n" : "");
        assert_int_equal(status(report(s, head)), cases[i].want);
    }
    assert_int_equal(desk_entries(d, "report.received"), 1);
    server_stop(s);
}

DESK_TEST(after_log_out_the_secret_is_worth_nothing_at_once)
{
    struct server *s = start(d);
    const char *secret = secret_of(d, ROLE_RESIDENT, false);
    char token[KEYS_FORM_TOKEN];
    keys_form_token(store_keys(d->store), secret, token);
    const char *who = arena_printf(
        &test_arena, "Cookie: renlin_session=%s\r\nOrigin: http://here\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n", secret);
    assert_int_equal(status(ask(s, "GET", "/api/me", who, NULL)), 200);
    const char *form = arena_printf(&test_arena, "form_token=%s", token);
    assert_int_equal(status(ask(s, "POST", "/logout", who, form)), 303);
    assert_int_equal(status(ask(s, "GET", "/api/me", who, NULL)), 401);
    server_stop(s);
}

DESK_TEST(what_is_wrong_with_a_call_has_its_own_status)
{
    struct server *s = start(d);
    const char *who = bearer(d, ROLE_RESIDENT);
    assert_int_equal(status(ask(s, "GET", "/api/nothing", "", NULL)), 404);
    const char *a = ask(s, "DELETE", "/healthz", "", NULL);
    assert_int_equal(status(a), 405);
    assert_says(a, "Allow: GET\r\n");
    assert_int_equal(status(ask(s, "GET", "/%zz", "", NULL)), 400);
    assert_int_equal(status(ask(s, "GET", "/healthz?a=%ff", "", NULL)), 400);
    a = arena_printf(&test_arena, "%sContent-Type: text/plain\r\n", who);
    assert_int_equal(status(ask(s, "POST", reports, a, fine)), 415);
    assert_int_equal(status(ask(s, "POST", reports, who, "{")), 400);
    a = ask(s, "POST", reports, who, "{\"temperature_c\":99}");
    assert_int_equal(status(a), 422);
    assert_says(a, "\"field\":\"temperature_c\"");
    a = arena_printf(&test_arena, "%s?limit=x", reports);
    assert_int_equal(status(ask(s, "GET", a, who, NULL)), 422);
    server_stop(s);
}

DESK_TEST(a_body_over_the_limit_is_refused)
{
    struct server *s = start(d);
    const char *who = bearer(d, ROLE_RESIDENT);
    int fd = connect_to(s);
    /* Refused by what it announces, before any of it was sent. */
    say(fd, arena_printf(&test_arena, "POST %s HTTP/1.1\r\nHost: here\r\n%s"
                         "Content-Length: 1048577\r\n\r\n", reports, who));
    assert_int_equal(status(hear(fd, "\r\n\r\n")), 413);
    close(fd);
    fd = connect_to(s);
    say(fd, arena_printf(&test_arena, "POST %s HTTP/1.1\r\nHost: here\r\n%s"
                         "Transfer-Encoding: chunked\r\n\r\n", reports, who));
    char *piece = arena_alloc(&test_arena, (1 << 16) + 1);
    memset(piece, ' ', 1 << 16);
    piece[1 << 16] = '\0';
    for (int i = 0; i < 17; i++) {
        say(fd, "10000\r\n");
        say(fd, piece);
        say(fd, "\r\n");
    }
    say(fd, "0\r\n\r\n");
    assert_int_equal(status(hear(fd, "\r\n\r\n")), 413);
    close(fd);
    server_stop(s);
}

DESK_TEST(problems_speak_the_callers_language)
{
    struct server *s = start(d);
    const char *detail = "there is nothing at this address";
    const char *a = ask(s, "GET", "/api/x", "Accept-Language: fr, en;q=0.5"
                        "\r\n", NULL);
    assert_says(a, words_in(LANG_EN, detail));
    assert_says(ask(s, "GET", "/api/x", "", NULL), words_in(LANG_ZH, detail));
    a = ask(s, "GET", "/x?lang=en", "Accept-Language: zh-CN\r\n", NULL);
    assert_says(a, words_in(LANG_EN, detail));
    assert_says(a, "<!doctype html>");
    server_stop(s);
}

DESK_TEST(every_answer_carries_the_headers_that_protect_a_browser)
{
    struct server *s = start(d);
    const char *const paths[] = {"/healthz", "/login", "/nothing", "/api/me"};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        const char *a = ask(s, "GET", paths[i], "", NULL);
        assert_says(a, "X-Content-Type-Options: nosniff\r\n");
        assert_says(a, "Content-Security-Policy: default-src 'self';");
        assert_says(a, "Referrer-Policy: same-origin\r\n");
        assert_says(a, "Cache-Control: no-store\r\n");
        assert_says(a, "X-Request-Id: ");
        assert_silent(a, "Strict-Transport-Security");
    }
    server_stop(s);
}

DESK_TEST(what_the_caller_has_already_is_not_sent_again)
{
    struct server *s = start(d);
    const char *a = ask(s, "GET", "/healthz", "", NULL);
    const char *tag = strstr(a, "ETag: ");
    assert_non_null(tag);
    const char *head = arena_printf(&test_arena, "If-None-Match: %.*s\r\n",
                                    (int)strcspn(tag + 6, "\r"), tag + 6);
    a = ask(s, "GET", "/healthz", head, NULL);
    assert_int_equal(status(a), 304);
    assert_silent(a, "{");
    a = ask(s, "HEAD", "/healthz", "", NULL);
    assert_int_equal(status(a), 200);
    assert_silent(a, "{");
    server_stop(s);
}

DESK_TEST(a_commit_that_fails_is_answered_503_and_leaves_nothing)
{
    struct server *s = start(d);
    const char *who = bearer(d, ROLE_RESIDENT);
    store_trouble(d->store, TROUBLE_COMMIT, 1);
    const char *a = report(s, who);
    store_trouble(d->store, TROUBLE_NONE, 0);
    assert_int_equal(status(a), 503);
    assert_says(a, "Retry-After: ");
    assert_int_equal(desk_entries(d, "report.received"), 0);
    assert_int_equal(status(report(s, who)), 201);
    server_stop(s);
}

DESK_TEST(a_name_is_shown_only_once_the_reading_is_entered)
{
    struct server *s = start(d);
    const char *who = bearer(d, ROLE_DIRECTOR);
    const char *path =
        arena_printf(&test_arena, "/api/people/%lld?purpose=visit",
                     (long long)d->here.person[1].v);
    store_trouble(d->store, TROUBLE_COMMIT, 1);
    const char *a = ask(s, "GET", path, who, NULL);
    store_trouble(d->store, TROUBLE_NONE, 0);
    assert_int_equal(status(a), 200);
    assert_says(a, "**");
    assert_int_equal(desk_entries(d, "reading"), 0);
    a = ask(s, "GET", path, who, NULL);
    assert_int_equal(status(a), 200);
    assert_silent(a, "**");
    assert_int_equal(desk_entries(d, "reading"), 1);
    server_stop(s);
}

DESK_TEST(a_connection_is_kept_for_the_next_call)
{
    struct server *s = start(d);
    int fd = connect_to(s);
    for (int i = 0; i < 3; i++) {
        say(fd, "GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n");
        assert_says(hear(fd, "{\"status\":\"ok\"}"), " 200 OK");
    }
    close(fd);
    server_stop(s);
}

/* ---- many at once, and the end ---- */

struct caller {
    int fd;                /* connected before anybody stops */
    const char *request;
    _Atomic int *heard;
    int status;            /* 0: the server was gone */
};

static void *call_once(void *arg)
{
    struct caller *c = arg;
    char text[4096] = "";
    /* No asserts here: they belong to the test's own thread. */
    ssize_t n = send(c->fd, c->request, strlen(c->request), MSG_NOSIGNAL);
    if (n > 0) n = recv(c->fd, text, sizeof text - 1, 0);
    c->status = n > 12 ? status(text) : 0;
    ++*c->heard;
    close(c->fd);
    return NULL;
}

DESK_TEST(stopping_answers_what_is_in_flight)
{
    enum { CALLERS = 24 };
    struct server *s = start(d);
    struct caller callers[CALLERS];
    _Atomic int heard = 0;
    pthread_t threads[CALLERS];
    const char *who = bearer(d, ROLE_RESIDENT);
    const char *request = arena_printf(
        &test_arena, "POST %s HTTP/1.1\r\nHost: here\r\n%s"
        "Content-Length: %zu\r\n\r\n%s", reports, who, strlen(fine), fine);
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){connect_to(s), request, &heard, -1};
        assert_int_equal(pthread_create(&threads[i], NULL, call_once,
                                        &callers[i]), 0);
    }
    while (heard == 0) usleep(500); /* the others are on their way */
    server_stop(s);
    int made = 0;
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(threads[i], NULL);
        made += callers[i].status == 201;
    }
    /* What was done was said: nobody's report is stored without his 201. */
    assert_true(made > 0);
    assert_int_equal(desk_entries(d, "report.received"), made);
}

/* ---- the event stream ---- */

static int listen_to(const struct server *s, const char *who,
                     const char *last)
{
    int fd = connect_to(s);
    say(fd, arena_printf(&test_arena, "GET /live HTTP/1.1\r\nHost: here\r\n"
                         "%s%s\r\n", who, last));
    return fd;
}

DESK_TEST(the_stream_says_which_topics_changed_and_resumes)
{
    struct server *s = start(d);
    const char *who = bearer(d, ROLE_RESIDENT);
    const char *chief = bearer(d, ROLE_DIRECTOR);
    int fd = listen_to(s, chief, ""), quiet = listen_to(s, who, "");
    assert_says(hear(fd, "\nid: "), "text/event-stream");
    hear(quiet, "\nid: ");
    assert_int_equal(status(report(s, who)), 201);
    assert_says(hear(fd, "data: ledger "), "data: reports ");
    close(fd);
    fd = listen_to(s, chief, "Last-Event-ID: 0\r\n");
    assert_says(hear(fd, "data: reports "), "data: reports ");
    close(fd);
    server_stop(s); /* ends the one that is open */
    assert_silent(hear(quiet, NULL), "reports");
    close(quiet);
}

/* ---- the description ---- */

struct described {
    json_t *paths;
    int n;
};

static void is_described(const struct route *r, const char *path,
                         const struct report_kind *k, void *ctx)
{
    struct described *x = ctx;
    (void)k;
    if (r->face != ROUTE_API) return;
    char low[8] = "";
    for (size_t i = 0; r->method[i] && i < 7; i++)
        low[i] = (char)(r->method[i] | 0x20);
    json_t *operation = json_object_get(json_object_get(x->paths, path), low);
    if (!operation) print_error("%s %s is not described\n", low, path);
    assert_non_null(json_object_get(operation, "responses"));
    x->n++;
}

DESK_TEST(the_description_names_every_route_of_the_api)
{
    struct server *s = start(d);
    const char *a = ask(s, "GET", "/api/openapi.json", "", NULL);
    assert_int_equal(status(a), 200);
    const char *body = strstr(a, "\r\n\r\n");
    json_error_t e;
    json_t *doc = json_loads(body, JSON_REJECT_DUPLICATES, &e);
    if (!doc) print_error("%s\n", e.text);
    assert_non_null(doc);
    struct described x = {json_object_get(doc, "paths"), 0};
    route_each(is_described, &x);
    assert_true(x.n > 10);
    json_decref(doc);
    server_stop(s);
}

TEST(an_address_or_certificate_that_is_none_is_refused)
{
    struct desk *d = desk_open(false);
    const char *const bad[] = {"nonsense", "127.0.0.1:x", "no.such.host.:1"};
    struct server *s;
    struct fault f;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct server_options o = {.store = d->store, .address = bad[i]};
        assert_int_equal(server_start(&s, &o, &f), INVALID);
        assert_null(s);
    }
    struct server_options o = {.store = d->store, .address = "127.0.0.1:0",
                               .tls_cert = "/nowhere", .tls_key = "/nowhere"};
    assert_int_equal(server_start(&s, &o, &f), INVALID);
    desk_close(d);
}
