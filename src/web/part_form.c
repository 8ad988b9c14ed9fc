/* part_form.c - parts that ask: buttons, fields, choices, errors, confirming.
 * See parts.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "web/parts.h"

static const char *const button_classes[] = {
    [BUTTON_MAIN] = "main", [BUTTON_OTHER] = "other", [BUTTON_QUIET] = "quiet",
};

void part_form_begin(struct html *h, const char *action)
{
    html(h, "<form method=\"post\" action=\"%s\" data-guard>", action);
    if (h->form_token) part_hidden(h, FORM_TOKEN_FIELD, h->form_token);
}

void part_form_end(struct html *h)
{
    html(h, "</form>");
}

void part_hidden(struct html *h, const char *name, const char *value)
{
    html(h, "<input type=\"hidden\" name=\"%s\" value=\"%s\">", name, value);
}

void part_button(struct html *h, enum button kind, const char *label)
{
    html(h, "<button type=\"submit\" class=\"%s\">%s</button>",
         button_classes[kind], label);
}

void part_link_button(struct html *h, enum button kind, const char *label,
                      const char *href)
{
    html(h, "<a class=\"button %s\" href=\"%s\">%s</a>", button_classes[kind],
         href, label);
}

static void attribute(struct html *h, const char *name, const char *value)
{
    if (!text_is_empty(value)) html(h, " %s=\"%s\"", name, value);
}

/* Hint and error stand between the question and the answer, so that neither
 * is hidden by the phone's keyboard. */
static void hint_draw(struct html *h, const char *name, const char *hint,
                      const char *error)
{
    if (!text_is_empty(hint))
        html(h, "<p class=\"hint\" id=\"hint-%s\">%s</p>", name, hint);
    if (!text_is_empty(error)) {
        html(h, "<p class=\"error\" id=\"error-%s\">", name);
        part_icon(h, ICON_LATE);
        html(h, " %s</p>", error);
    }
}

static void described_by(struct html *h, const char *name, const char *hint,
                         const char *error)
{
    bool hinted = !text_is_empty(hint), wrong = !text_is_empty(error);
    if (wrong) html(h, " aria-invalid=\"true\"");
    if (hinted && wrong)
        html(h, " aria-describedby=\"hint-%s error-%s\"", name, name);
    else if (hinted || wrong)
        html(h, " aria-describedby=\"%s-%s\"", hinted ? "hint" : "error",
             name);
}

static void input_attributes(struct html *h, const struct field_part *f)
{
    html(h, " id=\"f-%s\" name=\"%s\"", f->name, f->name);
    attribute(h, "inputmode", f->inputmode);
    attribute(h, "autocomplete", f->autocomplete);
    attribute(h, "min", f->min);
    attribute(h, "max", f->max);
    attribute(h, "step", f->step);
    if (f->max_length > 0)
        html(h, " maxlength=\"%lld\"", (long long)f->max_length);
    if (f->narrow) html(h, " class=\"narrow\"");
    /* aria, not the browser's own check: its bubbles speak the browser's
     * language and vanish. */
    if (f->required) html(h, " aria-required=\"true\"");
    described_by(h, f->name, f->hint, f->error);
}

static void input_draw(struct html *h, const struct field_part *f)
{
    if (text_equal(f->type, "textarea")) {
        html(h, "<textarea rows=\"3\"");
        input_attributes(h, f);
        /* A first line break is eaten by the parser. */
        html(h, ">\n%s</textarea>", f->value);
        return;
    }
    html(h, "<input type=\"%s\"", text_is_empty(f->type) ? "text" : f->type);
    input_attributes(h, f);
    attribute(h, "value", f->value);
    html(h, ">");
}

void part_field(struct html *h, const struct field_part *f)
{
    bool wrong = !text_is_empty(f->error);
    html(h, "<div class=\"field%s\"><label for=\"f-%s\">%s",
         wrong ? " wrong" : "", f->name, f->label);
    if (!f->required)
        html(h, " <span class=\"optional\">%s</span>", T(h, "(optional)"));
    html(h, "</label>");
    hint_draw(h, f->name, f->hint, f->error);
    html(h, "<span class=\"%s\">", f->stepper ? "input stepper" : "input");
    if (f->stepper)
        html(h, "<button type=\"button\" data-step=\"-1\" hidden"
                " aria-label=\"%s\">−</button>", T(h, "less"));
    input_draw(h, f);
    if (!text_is_empty(f->unit))
        html(h, "<span class=\"unit\">%s</span>", f->unit);
    if (f->stepper)
        html(h, "<button type=\"button\" data-step=\"1\" hidden"
                " aria-label=\"%s\">+</button>", T(h, "more"));
    html(h, "</span></div>");
}

void part_choices(struct html *h, const struct choices_part *c)
{
    bool wrong = !text_is_empty(c->error);
    html(h, "<fieldset class=\"choices%s\"", wrong ? " wrong" : "");
    described_by(h, c->name, c->hint, c->error);
    html(h, "><legend>%s</legend>", c->legend);
    hint_draw(h, c->name, c->hint, c->error);
    html(h, "<div class=\"options\">");
    for (size_t i = 0; i < c->n; i++) {
        const struct choice *o = &c->choices[i];
        html(h, "<label class=\"option\"><input type=\"%s\" name=\"%s\""
                " value=\"%s\"", c->many ? "checkbox" : "radio", c->name,
             o->value);
        if (i == 0) html(h, " id=\"f-%s\"", c->name);
        html(h, "%s><span>%s", o->chosen ? " checked" : "", o->label);
        if (!text_is_empty(o->hint)) html(h, "<small>%s</small>", o->hint);
        html(h, "</span></label>");
    }
    html(h, "</div></fieldset>");
}

void part_error_summary(struct html *h, const struct field_error *errors,
                        size_t n)
{
    if (n == 0) return;
    html(h, "<section class=\"errors\" tabindex=\"-1\" autofocus"
                " role=\"alert\" aria-labelledby=\"errors-title\">"
                "<h2 id=\"errors-title\">");
    part_icon(h, ICON_LATE);
    html(h, " ");
    html_words(h, n == 1 ? "One thing to put right"
                         : "%lld things to put right", (long long)n);
    html(h, "</h2><ul>");
    for (size_t i = 0; i < n; i++) {
        if (text_is_empty(errors[i].field))
            html(h, "<li>%s</li>", errors[i].text);
        else
            html(h, "<li><a href=\"#f-%s\">%s</a></li>", errors[i].field,
                 errors[i].text);
    }
    html(h, "</ul></section>");
}

void part_confirm(struct html *h, const struct confirm_part *c)
{
    bool for_good = text_is_empty(c->undo);
    html(h, "<section class=\"confirm card\"><h2>%s</h2>", c->title);
    part_summary_begin(h);
    part_summary_row(h, T(h, "What happens"), c->what, NULL);
    if (!text_is_empty(c->to_whom))
        part_summary_row(h, T(h, "To whom"), c->to_whom, NULL);
    if (!text_is_empty(c->until))
        part_summary_row(h, T(h, "Until when"), c->until, NULL);
    part_summary_row(h, T(h, "How to undo it"),
                     for_good ? T(h, "This cannot be undone.") : c->undo,
                     NULL);
    part_summary_end(h);
    part_form_begin(h, c->action);
    for (size_t i = 0; i < c->n_hidden; i++)
        part_hidden(h, c->hidden[i].label, c->hidden[i].value);
    if (for_good)
        part_field(h, &(struct field_part){
            .name = "reason", .label = T(h, "Reason"),
            .hint = T(h, "It is kept in the ledger with your name."),
            .error = c->reason_error, .type = "textarea", .required = true,
            .max_length = 200});
    html(h, "<div class=\"buttons\">");
    part_button(h, BUTTON_MAIN, c->button);
    part_link_button(h, BUTTON_QUIET, T(h, "Go back"), c->cancel_href);
    html(h, "</div>");
    part_form_end(h);
    html(h, "</section>");
}
