/* embed_test.c - what travels inside the binary is whole and found. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/embed.h"

#include "test.h"

TEST(embedded_files_are_sorted_and_each_is_found)
{
    assert_true(embed_count() > 0);
    for (size_t i = 0; i < embed_count(); i++) {
        const struct embedded *e = embed_at(i);
        assert_ptr_equal(embed_find(e->name), e);
        if (i) assert_true(strcmp(embed_at(i - 1)->name, e->name) < 0);
    }
    assert_null(embed_at(embed_count()));
}

TEST(an_embedded_file_ends_with_a_nul_that_is_not_counted)
{
    const struct embedded *e = embed_find("sql/0001_store.sql");
    assert_non_null(e);
    assert_int_equal(strlen(e->at), e->len);
    assert_int_equal(strlen(e->etag), 16);
}

TEST(only_what_a_browser_fetches_is_there_in_brotli)
{
    assert_null(embed_find("sql/0001_store.sql")->br);
    const struct embedded *e = embed_find("js/htmx.js");
    assert_non_null(e);
    assert_non_null(e->br);
    assert_true(e->br_len > 0 && e->br_len < e->len);
}

TEST(a_name_that_is_not_embedded_is_not_found)
{
    assert_null(embed_find(""));
    assert_null(embed_find("sql"));
    assert_null(embed_find("zzz"));
}
