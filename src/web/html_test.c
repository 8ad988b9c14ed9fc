/* html_test.c - what the writer and the parts promise. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <ctype.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "web/parts.h"

static struct buf out;
/* 24 November 2026, a Tuesday, 08:30 in Shanghai. */
static const struct instant morning = {INT64_C(1795480200000)};

static struct html *writer(enum language language)
{
    static struct html h;
    buf_release(&out);
    buf_init(&out, (size_t)1 << 22);
    h = (struct html){&out, language, zone_find("Asia/Shanghai"), morning,
                      "token-of-form"};
    assert_non_null(h.zone);
    return &h;
}

/* ---- a tiny checker: every tag that opens closes, in order ---- */

enum { NAME = 16, DEPTH = 64 };

static bool is_void(const char *name)
{
    static const char *const voids[] = {"meta", "link", "input", "br", "hr"};
    for (size_t i = 0; i < COUNT_OF(voids); i++)
        if (strcmp(name, voids[i]) == 0) return true;
    return false;
}

/* Past the attributes of a tag: each ` name` or ` name="…"` without < > "
 * inside; NULL if they are otherwise. */
static const char *attributes_pass(const char *p)
{
    while (*p == ' ') {
        p++;
        const char *name = p;
        while (isalnum((unsigned char)*p) || *p == '-') p++;
        if (p == name) return NULL;
        if (*p != '=') continue;
        if (*++p != '"') return NULL;
        p += 1 + strcspn(p + 1, "\"<>");
        if (*p++ != '"') return NULL;
    }
    return p;
}

/* NULL if well formed, else where it is not. */
static const char *malformed_at(const char *html_text_)
{
    char open[DEPTH][NAME];
    size_t depth = 0;
    for (const char *p = strchr(html_text_, '<'); p; p = strchr(p, '<')) {
        const char *start = p++;
        if (strncmp(p, "!doctype html>", 14) == 0) continue;
        bool closes = *p == '/';
        if (closes) p++;
        char name[NAME] = "";
        for (size_t n = 0; isalnum((unsigned char)*p); p++) {
            if (n + 1 >= NAME) return start;
            name[n++] = *p;
        }
        if (!name[0]) return start;
        if (closes) {
            if (*p != '>' || depth == 0) return start;
            if (strcmp(open[--depth], name) != 0) return start;
            continue;
        }
        p = attributes_pass(p);
        if (!p) return start;
        if (*p == '/') p++; /* drawings */
        else if (!is_void(name)) {
            if (depth == DEPTH) return start;
            memcpy(open[depth++], name, NAME);
        }
        if (*p != '>') return start;
    }
    return depth ? "a tag is left open" : NULL;
}

static void assert_well_formed(const char *text)
{
    const char *bad = malformed_at(text);
    if (bad) fail_msg("not well formed: %.120s", bad);
}

TEST(the_checker_itself_sees_what_is_wrong)
{
    assert_null(malformed_at("<p class=\"a\">x<br></p>"));
    assert_non_null(malformed_at("<p>x"));
    assert_non_null(malformed_at("<p><b>x</p></b>"));
    assert_non_null(malformed_at("<p class=&quot;a&quot;>x</p>"));
    assert_non_null(malformed_at("<p class=a>x</p>"));
    assert_non_null(malformed_at("a < b"));
}

/* ---- the writer ---- */

TEST(what_could_be_markup_is_escaped)
{
    struct html *h = writer(LANG_EN);
    html(h, "<b title=\"%s\">%s</b>", "\"'<>&", "<script>alert('x')</script>");
    assert_string_equal(out.at, "<b title=\"&quot;&#39;&lt;&gt;&amp;\">"
                                "&lt;script&gt;alert(&#39;x&#39;)"
                                "&lt;/script&gt;</b>");
}

TEST(every_conversion_is_written)
{
    struct html *h = writer(LANG_EN);
    html(h, "%d|%lld|%u|%zu|%c|%c|%%|%s|", -7, 1234567890123LL, 9u, (size_t)5,
         'x', '<', "中文");
    assert_string_equal(out.at, "-7|1234567890123|9|5|x|&lt;|%|中文|");
}

TEST(a_text_that_is_not_there_is_empty)
{
    const char *volatile nothing = NULL; /* not for the compiler to see */
    html(writer(LANG_EN), "[%s]", nothing);
    assert_string_equal(out.at, "[]");
}

TEST(raw_text_is_left_alone)
{
    html_raw(writer(LANG_EN), "<i>%s</i>");
    assert_string_equal(out.at, "<i>%s</i>");
}

/* In a child, because it stops the program. */
static bool format_stops(const char *format)
{
    struct html *h = writer(LANG_EN);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        if (!freopen("/dev/null", "w", stderr)) _exit(2);
        void (*write_any)(struct html *, const char *, ...) = html;
        write_any(h, format, 1);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

TEST(an_unknown_conversion_stops_the_program)
{
    static const char *const bad[] = {"%x", "%5d", "%ld", "%-s", "%.2f", "%p",
                                      "%n", "%", "%lu", "%z"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (!format_stops(bad[i])) fail_msg("%s was taken", bad[i]);
    assert_false(format_stops("%d"));
}

TEST(numbers_are_grouped_and_the_unknown_is_no_zero)
{
    struct html *h = writer(LANG_EN);
    html_number(h, 1234567, 0);
    html_raw(h, " ");
    html_number(h, -12345, 1);
    html_raw(h, " ");
    html_number(h, 999, 0);
    html_raw(h, " ");
    html_number(h, 0, 0);
    html_raw(h, " ");
    html_number(h, NONE, 0);
    assert_string_equal(out.at, "1,234,567 −1,234.5 999 0 "
                                "<span class=\"unknown\">unknown</span>");
}

/* ---- words ---- */

TEST(words_are_found_in_both_languages)
{
    assert_string_equal(words_in(LANG_ZH, "Next page"), "下一页");
    assert_string_equal(words_in(LANG_EN, "Next page"), "Next page");
    assert_string_equal(words_in(LANG_ZH, "temperature.temperature_c"),
                        "体温（℃）");
    assert_string_equal(words_in(LANG_EN, "temperature.temperature_c"),
                        "Temperature (℃)");
    assert_string_equal(words_in(LANG_ZH, "no such sentence"),
                        "no such sentence");
    assert_string_equal(words_in(LANG_ZH, ""), "");
}

TEST(a_sentence_is_escaped_with_what_stands_in_it)
{
    struct html *h = writer(LANG_ZH);
    html_words(h, "%lld of %lld steps done", 1200LL, 4800LL);
    assert_string_equal(out.at, "已完成 1,200 步，共 4,800 步");
    h = writer(LANG_EN);
    html_words(h, "<b> of %s & co", "<i>");
    assert_string_equal(out.at, "&lt;b&gt; of &lt;i&gt; &amp; co");
}

/* ---- days and times ---- */

TEST(a_day_is_said_with_its_weekday)
{
    html_day(writer(LANG_ZH), day_of(2026, 11, 24));
    assert_string_equal(out.at, "<time datetime=\"2026-11-24\">"
                                "11月24日 周二</time>");
    html_day(writer(LANG_EN), day_of(2026, 11, 22));
    assert_string_equal(out.at, "<time datetime=\"2026-11-22\">"
                                "Sun 22 Nov</time>");
    html_day(writer(LANG_ZH), day_of(2020, 1, 23));
    assert_string_equal(out.at, "<time datetime=\"2020-01-23\">"
                                "2020年1月23日 周四</time>");
    html_day(writer(LANG_ZH), NO_DAY);
    assert_string_equal(out.at, "<span class=\"unknown\">未知</span>");
}

TEST(a_time_is_said_in_the_communitys_zone_with_how_long_ago)
{
    html_time(writer(LANG_ZH), morning);
    assert_string_equal(out.at,
                        "<time datetime=\"2026-11-24T00:30:00.000Z\">"
                        "11月24日 周二 08:30</time> "
                        "<span class=\"ago\">刚刚</span>");
    html_time(writer(LANG_EN),
              (struct instant){morning.ms - 9 * MS_PER_HOUR});
    assert_string_equal(out.at,
                        "<time datetime=\"2026-11-23T15:30:00.000Z\">"
                        "Mon 23 Nov 23:30</time> "
                        "<span class=\"ago\">9 h ago</span>");
}

TEST(how_long_ago_is_said_in_the_largest_whole_unit)
{
    static const struct { int64_t ms; const char *zh, *en; } cases[] = {
        {59999, ">刚刚<", ">just now<"},
        {MS_PER_MINUTE, ">1 分钟前<", ">1 min ago<"},
        {3 * MS_PER_MINUTE, ">3 分钟前<", ">3 min ago<"},
        {MS_PER_HOUR - 1, ">59 分钟前<", ">59 min ago<"},
        {MS_PER_HOUR, ">1 小时前<", ">1 h ago<"},
        {MS_PER_DAY - 1, ">23 小时前<", ">23 h ago<"},
        {MS_PER_DAY, ">1 天前<", ">1 day ago<"},
        {40 * MS_PER_DAY, ">40 天前<", ">40 days ago<"},
        {-1, ">马上<", ">in a moment<"},
        {-5 * MS_PER_MINUTE, ">5 分钟后<", ">in 5 min<"},
        {-5 * MS_PER_HOUR, ">5 小时后<", ">in 5 h<"},
        {-MS_PER_DAY, ">1 天后<", ">in 1 day<"},
        {-3 * MS_PER_DAY, ">3 天后<", ">in 3 days<"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct instant at = {morning.ms - cases[i].ms};
        html_ago(writer(LANG_ZH), at);
        if (!strstr(out.at, cases[i].zh)) fail_msg("%s", cases[i].zh);
        html_ago(writer(LANG_EN), at);
        if (!strstr(out.at, cases[i].en)) fail_msg("%s", cases[i].en);
    }
}

/* ---- parts ---- */

TEST(all_parts_together_are_well_formed_in_both_languages)
{
    for (int language = LANG_ZH; language <= LANG_EN; language++) {
        struct html *h = writer((enum language)language);
        style_page_draw(h);
        assert_true(buf_ok(&out));
        assert_well_formed(out.at);
        assert_null(strstr(out.at, "=&quot;")); /* markup through a %s */
        assert_null(strstr(out.at, " style="));
        assert_null(strstr(out.at, "(null)"));
        assert_null(strstr(out.at, "account.role"));
    }
}

TEST(ids_are_unique_on_a_page)
{
    style_page_draw(writer(LANG_ZH));
    for (char *p = strstr(out.at, " id=\""); p; p = strstr(p + 1, " id=\"")) {
        char *id = arena_strndup(&test_arena, p, strcspn(p + 5, "\"") + 6);
        char *again = strstr(p + 1, id);
        if (again) fail_msg("twice:%s", id);
    }
}

static void nothing_draw(struct html *h)
{
    part_error_summary(h, NULL, 0);
    assert_int_equal(out.len, 0);
    part_figure(h, &(struct figure_part){.label = "a", .value = NONE,
                                         .out_of = NONE,
                                         .as_of = NO_INSTANT});
    part_summary_row(h, "a", "", NULL);
    part_person(h, "张**", "", NULL);
    part_steps(h, NULL, 0);
    part_field(h, &(struct field_part){.name = "a", .label = "b"});
    part_field(h, &(struct field_part){.name = "a", .label = "b",
                                       .type = "textarea"});
    part_choices(h, &(struct choices_part){.name = "a", .legend = "b"});
    part_notice(h, NOTICE_INFO, "a", NULL);
    part_warning(h, &(struct warning_part){.headline = "a", .issuer = "b",
                                           .until = NO_INSTANT});
    part_progress(h, "a", 0, 0, NULL);
}

TEST(parts_with_as_little_as_possible_are_well_formed)
{
    struct html *h = writer(LANG_ZH);
    nothing_draw(h);
    assert_well_formed(out.at);
}

TEST(names_from_outside_cannot_break_a_part)
{
    const char *evil = "\"><script>x</script>'&";
    struct html *h = writer(LANG_ZH);
    part_person(h, evil, evil, evil);
    part_card_begin(h, evil, evil);
    part_card_end(h);
    part_summary_row(h, evil, evil, evil);
    part_field(h, &(struct field_part){
        .name = "a", .label = evil, .hint = evil, .error = evil,
        .value = evil, .unit = evil});
    part_field(h, &(struct field_part){
        .name = "a", .label = evil, .value = evil, .type = "textarea"});
    part_hidden(h, "a", evil);
    part_error_summary(h, &(struct field_error){"a", evil}, 1);
    part_table_begin(h, &(struct table_part){.caption = evil, .count = 1});
    part_row_begin(h);
    part_cell(h, evil);
    part_cell_link(h, evil, evil);
    part_row_end(h);
    part_table_end(h, &(struct table_part){.next_href = evil}, 1);
    assert_well_formed(out.at);
    assert_null(strstr(out.at, "<script"));
}

TEST(a_frame_for_nobody_has_no_menu_and_no_banner)
{
    struct html *h = writer(LANG_EN);
    struct page page = {.title = "Log in", .path = "/login",
                        .as_of = NO_INSTANT};
    page_begin(h, &page);
    page_end(h, &page);
    assert_well_formed(out.at);
    assert_null(strstr(out.at, "class=\"nav\""));
    assert_null(strstr(out.at, "class=\"demo\""));
    assert_null(strstr(out.at, "tel:"));
    assert_non_null(strstr(out.at, "<html lang=\"en\""));
    assert_non_null(strstr(out.at, "<main id=\"main\""));
    assert_non_null(strstr(out.at, "href=\"/login?lang=zh\""));
}

TEST(the_menu_marks_where_we_are)
{
    const struct nav_item nav[] = {{"Home", "/"}, {"Tasks", "/tasks"}};
    struct html *h = writer(LANG_EN);
    struct page page = {.title = "Task", .path = "/tasks/12", .nav = nav,
                        .n_nav = 2, .as_of = NO_INSTANT};
    page_begin(h, &page);
    assert_non_null(strstr(out.at,
                           "href=\"/tasks\" aria-current=\"page\""));
    assert_null(strstr(out.at, "href=\"/\" aria-current"));
    h = writer(LANG_EN);
    page.path = "/tasksmith";
    page_begin(h, &page);
    assert_null(strstr(out.at, "aria-current"));
}

TEST(a_form_carries_the_token_of_the_session)
{
    struct html *h = writer(LANG_ZH);
    part_form_begin(h, "/x");
    part_form_end(h);
    assert_non_null(strstr(out.at, "name=\"form_token\""
                                   " value=\"token-of-form\""));
}

TEST(what_cannot_be_undone_asks_for_a_reason)
{
    struct confirm_part c = {.title = "a", .what = "b", .undo = "in 5 min",
                             .action = "/x", .button = "c",
                             .cancel_href = "/"};
    part_confirm(writer(LANG_EN), &c);
    assert_null(strstr(out.at, "name=\"reason\""));
    c.undo = NULL;
    part_confirm(writer(LANG_EN), &c);
    assert_non_null(strstr(out.at, "name=\"reason\""));
    assert_non_null(strstr(out.at, "This cannot be undone."));
    assert_well_formed(out.at);
}

TEST(a_wrong_field_says_so_to_a_screen_reader)
{
    part_field(writer(LANG_EN), &(struct field_part){
        .name = "phone", .label = "Telephone", .hint = "h", .error = "e"});
    assert_non_null(strstr(out.at, "<label for=\"f-phone\">"));
    assert_non_null(strstr(out.at, "id=\"f-phone\""));
    assert_non_null(strstr(out.at, "aria-invalid=\"true\""
                           " aria-describedby=\"hint-phone error-phone\""));
}

TEST(a_chart_hatches_the_unknown_and_tells_all_as_a_table)
{
    const int64_t counts[] = {3, NONE, 0, 12};
    const double low[] = {0, 0, 0.5, 1}, high[] = {5, 5, 6.5, NAN};
    const bool marks[] = {false, false, false, true};
    part_chart_line(writer(LANG_EN), &(struct chart_part){
        .id = "c", .finding = "f", .unit = "u", .first = day_of(2026, 11, 1),
        .n = 4, .counts = counts, .low = low, .high = high, .marks = marks});
    assert_well_formed(out.at);
    const char *hatched = strstr(out.at, "url(#hatch-c)");
    assert_non_null(hatched);
    assert_null(strstr(hatched + 1, "url(#hatch-c)")); /* one day only */
    /* The line is broken where nothing is known. */
    assert_non_null(strstr(out.at, "class=\"line\""
                           " d=\"M250 450M1250 600L1750 0\""));
    assert_non_null(strstr(out.at, "<td class=\"number\">6.5</td>"));
    assert_non_null(strstr(out.at, "class=\"mark\" d=\"M1750 0h0\""));
}

TEST(an_empty_table_says_what_to_do)
{
    const struct column columns[] = {{.label = "a"}, {.label = "b"}};
    struct table_part t = {.caption = "c", .columns = columns, .n_columns = 2,
                           .count = 0, .empty = "Add the first one."};
    struct html *h = writer(LANG_EN);
    part_table_begin(h, &t);
    part_table_end(h, &t, 0);
    assert_well_formed(out.at);
    assert_non_null(strstr(out.at, "colspan=\"2\">Add the first one.</td>"));
}
