#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"

enum { ID_HELP = 0x7fff, HELP_COLUMN = 26 };

int alm_usage_fail(const alm_usage *usage, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fprintf(stderr, "almoner %s: ", usage->name);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\nTry 'almoner %s --help'.\n", usage->name);
    va_end(args);
    return ALM_EXIT_USAGE;
}

static void print_option(const alm_option *option) {
    char head[80];
    if (option->letter)
        snprintf(head, sizeof head, "  -%c, --%s%s%s", option->letter, option->name, option->value ? " " : "",
                 option->value ? option->value : "");
    else
        snprintf(head, sizeof head, "      --%s%s%s", option->name, option->value ? " " : "",
                 option->value ? option->value : "");
    printf("%-*s", (int)HELP_COLUMN, head);
    if (strlen(head) >= HELP_COLUMN) printf("\n%*s", (int)HELP_COLUMN, "");
    for (const char *p = option->help; *p; p++) {
        putchar(*p);
        if (*p == '\n') printf("%*s", (int)HELP_COLUMN, "");
    }
    putchar('\n');
}

void alm_usage_print(const alm_usage *usage) {
    printf("Usage: almoner %s %s\n\n%s\nOptions:\n", usage->name, usage->arguments, usage->about);
    for (const alm_option *option = usage->options; option->name; option++) print_option(option);
    print_option(&(alm_option){ID_HELP, 'h', "help", NULL, "print this and exit"});
    if (usage->more) printf("\n%s", usage->more);
}

/* The tables that getopt_long wants. */
typedef struct getopt_tables {
    struct option longs[ALM_OPTIONS_MAX + 2];
    char shorts[2 * ALM_OPTIONS_MAX + 4];
} getopt_tables;

static void fill_tables(getopt_tables *tables, const alm_usage *usage) {
    size_t count = 0, at = 0;
    tables->shorts[at++] = ':'; /* a missing value is told apart from an unknown option */
    for (const alm_option *o = usage->options; o->name && count < ALM_OPTIONS_MAX; o++) {
        tables->longs[count++] = (struct option){o->name, o->value ? required_argument : no_argument, NULL, o->id};
        if (!o->letter) continue;
        tables->shorts[at++] = o->letter;
        if (o->value) tables->shorts[at++] = ':';
    }
    tables->longs[count++] = (struct option){"help", no_argument, NULL, ID_HELP};
    tables->longs[count] = (struct option){0};
    tables->shorts[at++] = 'h';
    tables->shorts[at] = '\0';
}

static int id_of_letter(const alm_usage *usage, int letter) {
    for (const alm_option *o = usage->options; o->name; o++)
        if (o->letter && o->letter == letter) return o->id;
    return letter;
}

static int fail_option(const alm_usage *usage, int found, char **argv) {
    const char *word = optind > 0 ? argv[optind - 1] : "";
    if (found == ':')
        alm_usage_fail(usage, "option '%s' needs a value", word);
    else if (optopt != 0 && optopt < 0x80 && !(word[0] == '-' && word[1] == '-'))
        alm_usage_fail(usage, "unknown option '-%c'", optopt);
    else
        alm_usage_fail(usage, "unknown option '%s', or it takes no value", word);
    return ALM_OPTIONS_BAD;
}

int alm_options_next(const alm_usage *usage, int argc, char **argv, const char **value, int *first) {
    getopt_tables tables;
    fill_tables(&tables, usage);
    opterr = 0;
    int found = getopt_long(argc, argv, tables.shorts, tables.longs, NULL);
    *value = optarg;
    *first = optind;
    if (found == -1) return ALM_OPTIONS_END;
    if (found == '?' || found == ':') return fail_option(usage, found, argv);
    if (found == ID_HELP || found == 'h') {
        alm_usage_print(usage);
        return ALM_OPTIONS_HELP;
    }
    return id_of_letter(usage, found);
}

bool alm_option_int(int64_t *out, const alm_usage *usage, const char *option, const char *value, int64_t min,
                    int64_t max) {
    char *end;
    errno = 0;
    long long number = strtoll(value, &end, 10);
    if (errno == 0 && end != value && *end == '\0' && number >= min && number <= max) {
        *out = number;
        return true;
    }
    alm_usage_fail(usage, "%s '%s': expected a whole number from %lld to %lld", option, value, (long long)min,
                   (long long)max);
    return false;
}

int alm_option_choice(const alm_usage *usage, const char *option, const char *value, const char *const *names) {
    char list[256] = "";
    size_t len = 0;
    for (int i = 0; names[i]; i++) {
        if (strcmp(names[i], value) == 0) return i;
        if (len < sizeof list)
            len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", i == 0 ? "" : ", ", names[i]);
    }
    alm_usage_fail(usage, "%s '%s': expected one of %s", option, value, list);
    return -1;
}
