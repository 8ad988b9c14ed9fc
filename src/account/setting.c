/* setting.c - what a community may set, with its default.  See account.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/account.h"
#include "base/text.h"
#include "ledger/ledger.h"

const struct setting settings[] = {
#define SETTING(name, type, fallback, min, max, zh, en) \
    {name, type, fallback, min, max, zh, en},
#include "account/settings.def"
#undef SETTING
};
const size_t settings_count = COUNT_OF(settings);

static const struct setting *find(const char *name)
{
    for (size_t i = 0; i < settings_count; i++)
        if (strcmp(settings[i].name, name) == 0) return &settings[i];
    return NULL;
}

enum rc setting_text(struct work *w, const char *name, const char **out)
{
    const struct setting *s = find(name);
    assert(s);
    enum rc rc = db_text(w, out, "SELECT value FROM setting"
                                 " WHERE community=$1 AND name=$2", name);
    if (rc != NOT_FOUND) return rc;
    *out = s->fallback;
    return OK;
}

enum rc setting_int(struct work *w, const char *name, int64_t *out)
{
    const struct setting *s = find(name);
    const char *text = "";
    assert(s && s->type == SETTING_INT);
    enum rc rc = setting_text(w, name, &text);
    if (rc) return rc;
    if (!text_to_int(text, s->min, s->max, out))
        return work_fail(w, FAILED, name, "this setting is damaged");
    return OK;
}

enum rc setting_set(struct work *w, const char *name, const char *value)
{
    const struct setting *s = find(name);
    int64_t n;
    enum rc rc = account_require(w, CAP_ACCOUNTS);
    if (rc) return rc;
    if (!s) return work_fail(w, NOT_FOUND, "name", "there is no such setting");
    if (s->type == SETTING_INT && !text_to_int(value, s->min, s->max, &n))
        return work_fail(w, INVALID, name, "is outside what may be set");
    rc = db_exec(w, "INSERT INTO setting(community, name, value)"
                    " VALUES($1, $2, $3) ON CONFLICT(community, name)"
                    " DO UPDATE SET value=excluded.value", name, value);
    return rc ? rc : ledger_add(w, "setting.changed", 0);
}
