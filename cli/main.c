#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "extract/almoner.h"

static void print_help(FILE *out) {
    fputs("Usage: almoner COMMAND [options] ...\n\n"
          "Reads who gave what to whom out of Chinese association news.\n\nCommands:\n",
          out);
    for (const alm_command *c = alm_commands; c->run; c++) fprintf(out, "  %-11s %s\n", c->usage->name, c->about);
    fputs("\n'almoner COMMAND --help' tells more; 'almoner --version' prints the version.\n\n"
          "Examples:\n"
          "  almoner extract --format table https://www.example.org/news/1.html\n"
          "  almoner crawl --store news https://www.example.org/xw/\n\n"
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
    for (const alm_command *c = alm_commands; c->run; c++)
        if (strcmp(argv[1], c->usage->name) == 0) return finish(c->run(argc - 1, argv + 1));
    fprintf(stderr, "almoner: unknown command '%s'\nTry 'almoner --help'.\n", argv[1]);
    return ALM_EXIT_USAGE;
}
