/* replay_cmd.c - the alerts that a past outbreak would have raised here. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"
#include "intake/intake.h"
#include "sim/replay.h"

static const struct option_spec options[] = {
    {"--columns", "id=A,onset=B,place=C,…",
     "哪一列是 id onset place x y sex age report",
     "which heading is id, onset, place, x, y, sex, age, report"},
    {"--from", "DATE", "只取这天起的病例", "cases from this day on"},
    {"--until", "DATE", "只取到这天为止的病例", "cases until this day"},
    {NULL, NULL, NULL, NULL},
};

struct output {
    struct buf b;
    bool json;
    size_t n;
};

static void print_row(struct output *o, const char *const *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) sheet_put(&o->b, i == 0, cells[i]);
    sheet_end(&o->b);
}

static void print_alert(void *ctx, const struct replay_alert *told)
{
    struct output *o = ctx;
    const struct alert *a = &told->alert;
    char day[11], observed[32], expected[32], p[32];
    day_format(day, a->day);
    text_from_decimal(observed, a->observed, 0);
    text_from_decimal(expected, a->expected, 6);
    snprintf(p, sizeof p, "%.4g", (double)a->p * ALERT_P_UNIT);
    if (!a->p) p[0] = '\0';
    if (!o->json) {
        print_row(o, (const char *const[]){day, told->place, a->kind,
                                           a->detector, observed, expected,
                                           p}, 7);
        return;
    }
    buf_puts(&o->b, o->n++ ? ",\n" : "");
    buf_printf(&o->b, "{\"day\":\"%s\",\"place\":", day);
    buf_json(&o->b, told->place);
    buf_printf(&o->b, ",\"signal\":\"%s\",\"detector\":\"%s\",\"observed\":%s,"
               "\"expected\":%s,\"p\":%s}", a->kind, a->detector, observed,
               expected, a->p ? p : "null");
}

static enum rc day_option(struct cli *c, const char *name, struct day *out)
{
    const char *text = cli_option(c, name);
    *out = NO_DAY;
    if (!text || day_parse(text, out)) return OK;
    return fault_set(&c->fault, INVALID, name, "must be a day as 2026-11-24");
}

static enum rc read_list(struct cli *c, struct replay *r)
{
    struct sheet *s;
    struct replay_case *cases = NULL;
    enum rc rc = sheet_open_file(&s, c->operand[0], &c->fault);
    if (rc) return rc;
    rc = replay_read(s, cli_option(c, "--columns"), &c->arena, &cases, &r->n,
                     &c->fault);
    sheet_close(s);
    r->cases = cases;
    return rc;
}

/* What a new community has, for the record. */
static enum rc print_settings(struct work *w, void *arg)
{
    const struct report_kind *k = report_kind_find("notified");
    (void)arg;
    for (size_t i = 0; i < settings_count; i++) {
        const char *value = "";
        enum rc rc = setting_text(w, settings[i].name, &value);
        if (rc) return rc;
        fprintf(stderr, "%s=%s\n", settings[i].name, value);
    }
    fprintf(stderr, "watch=%s\n", k->watch);
    return OK;
}

static enum rc run_list(struct cli *c, struct replay *r, struct output *o)
{
    enum rc rc = day_option(c, "--from", &r->from);
    if (!rc) rc = day_option(c, "--until", &r->until);
    if (!rc) rc = read_list(c, r);
    if (rc) return rc;
    struct store_options so = {
        .url = "", .create = true, .migrate = true, .repeatable = true,
        .seed = 1, .clock.world = replay_start(r->cases, r->n, r->from)};
    rc = cli_open(c, &so, false);
    if (rc) return rc;
    r->store = c->store;
    r->each = print_alert;
    r->ctx = o;
    rc = replay_run(r, &c->arena, &c->fault);
    if (rc) return rc;
    c->work.community = r->community;
    rc = store_read(&c->work, print_settings, NULL);
    if (rc) c->fault = c->work.fault;
    return rc;
}

static int run(struct cli *c)
{
    static const char *const head[] = {"day", "place", "signal", "detector",
                                       "observed", "expected", "p"};
    struct replay r = {.n = 0};
    struct output o = {.json = c->json};
    buf_init(&o.b, (size_t)64 << 20);
    if (o.json) buf_putc(&o.b, '[');
    else print_row(&o, head, COUNT_OF(head));
    enum rc rc = run_list(c, &r, &o);
    if (o.json) buf_puts(&o.b, "]\n");
    if (!rc && !buf_ok(&o.b))
        rc = fault_set(&c->fault, INVALID, "", "there are too many alerts");
    if (!rc) fwrite(o.b.at, 1, o.b.len, stdout);
    buf_release(&o.b);
    return rc ? cli_fail(c, &c->fault) : CLI_DONE;
}

const struct command replay_command = {
    .name = "replay", .operands = "LINELIST.csv",
    .zh = "让一份病例清单按日重演，打印当时会发出的异常提示",
    .en = "replay a line list day by day and print the alerts it raises",
    .flags = CLI_CITY | CLI_NO_KEYS, .options = options, .run = run,
};
