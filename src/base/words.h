/* words.h - sentences in the reader's language.
 *
 * An English sentence is its own key; assets/i18n/zh.txt holds its Chinese.
 * Names of fields and words have short keys ("temperature.note"), which stand
 * in both files.  Never NULL: a key without a text is shown as it is (and
 * fails the build, tools/check-i18n).  Safe from any thread.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/buf.h"

enum language { LANG_ZH, LANG_EN };

const char *words_in(enum language language, const char *key);
/* A fault's sentence with what it quotes filled in; its remedy likewise
 * ("" if there is none). */
void words_fault(struct buf *b, enum language language,
                 const struct fault *f);
void words_remedy(struct buf *b, enum language language,
                  const struct fault *f);
