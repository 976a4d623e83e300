#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "extract/almoner.h"

static const struct {
    const char *name;
    const char *about;
    alm_command_run run;
} commands[] = {
    {"crawl", "visit sites politely, archive their pages, keep their records", alm_command_crawl},
    {"extract", "read pages (URL, file, standard input), print their donation records", alm_command_extract},
    {"fetch", "fetch one URL and say what the crawler would do with it", alm_command_fetch},
    {"frontier", "look into what a crawl knows, and change it", alm_command_frontier},
    {"links", "print the links of a page as the crawler reads them", alm_command_links},
    {"robots", "say what a robots.txt allows", alm_command_robots},
    {"rules", "list, check and test the rules of a pack, explain what they do to a text", alm_command_rules},
    {"schema", "print the JSON Schema of an output or a configuration file", alm_command_schema},
    {"sitemap", "print the entries of a sitemap or feed", alm_command_sitemap},
    {"url", "resolve URLs, print their canonical form", alm_command_url},
    {"values", "print the numbers, money, quantities and dates in a text", alm_command_values},
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static void print_help(FILE *out) {
    fputs("Usage: almoner COMMAND [options] ...\n\n"
          "Reads who gave what to whom out of Chinese association news.\n\nCommands:\n",
          out);
    for (size_t i = 0; i < COMMAND_COUNT; i++) fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].about);
    fputs("\n'almoner COMMAND --help' tells more; 'almoner --version' prints the version.\n\n"
          "Exit status: 0 all well; 1 some inputs failed; 2 usage or configuration; 3 storage or system failure.\n",
          out);
}

/* stdout is buffered: what could not be written shows at the latest here */
static int finish(int status) {
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    return ALM_EXIT_SYSTEM;
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write(2), not the end of the process */
    if (argc < 2) {
        print_help(stderr);
        return ALM_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return finish(ALM_EXIT_OK);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("almoner %s\n", alm_version());
        return finish(ALM_EXIT_OK);
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(argv[1], commands[i].name) == 0) return finish(commands[i].run(argc - 1, argv + 1));
    fprintf(stderr, "almoner: unknown command '%s'\nTry 'almoner --help'.\n", argv[1]);
    return ALM_EXIT_USAGE;
}
