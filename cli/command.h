/**
 * The commands of the program: one file a command, one row a command in the table of main.c.
 */
#ifndef ALM_CLI_COMMAND_H
#define ALM_CLI_COMMAND_H

/** How the program ends (docs/DESIGN.md, failure model). */
enum {
    ALM_EXIT_OK = 0,          /**< all well */
    ALM_EXIT_SOME_FAILED = 1, /**< some inputs failed; the others are done */
    ALM_EXIT_USAGE = 2,       /**< usage or configuration: nothing was started */
    ALM_EXIT_SYSTEM = 3       /**< storage or system failure */
};

/** A command gets its own name as argv[0] and returns an exit status. */
typedef int (*alm_command_run)(int argc, char **argv);

int alm_command_crawl(int argc, char **argv);
int alm_command_extract(int argc, char **argv);
int alm_command_fetch(int argc, char **argv);
int alm_command_frontier(int argc, char **argv);
int alm_command_links(int argc, char **argv);
int alm_command_robots(int argc, char **argv);
int alm_command_rules(int argc, char **argv);
int alm_command_schema(int argc, char **argv);
int alm_command_sitemap(int argc, char **argv);
int alm_command_url(int argc, char **argv);
int alm_command_values(int argc, char **argv);

#endif
