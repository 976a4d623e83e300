#include "cli/completion.h"

#include <ctype.h>

/* Of "[options] list|check [RULE] | --file FILE" only list and check are words: lower case, and apart by bars. */
bool alm_completion_words(char *out, size_t size, const char *text) {
    size_t len = 0;
    out[0] = '\0';
    for (const char *p = text; *p;) {
        size_t run = strcspn(p, " []");
        bool has_bar = memchr(p, '|', run) != NULL && run > 1;
        for (size_t at = 0; has_bar && at < run;) {
            size_t end = at;
            bool is_word = true;
            for (; end < run && p[end] != '|'; end++)
                if (!islower((unsigned char)p[end]) && p[end] != '-') is_word = false;
            if (is_word && end > at && p[at] != '-' && len + (end - at) + 2 < size)
                len += (size_t)snprintf(out + len, size - len, "%s%.*s", len ? " " : "", (int)(end - at), p + at);
            at = end + 1;
        }
        p += run;
        p += strspn(p, " []");
    }
    return len > 0;
}

alm_value_kind alm_completion_value(const alm_option *option) {
    char words[256];
    if (!option->value) return ALM_VALUE_NONE;
    if (strstr(option->value, "FILE")) return ALM_VALUE_FILE;
    if (strstr(option->value, "DIR")) return ALM_VALUE_DIR;
    return alm_completion_words(words, sizeof words, option->value) ? ALM_VALUE_WORDS : ALM_VALUE_OTHER;
}

bool alm_completion_takes_files(const alm_usage *usage) { return strstr(usage->arguments, "FILE") != NULL; }
