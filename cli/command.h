/**
 * The commands of the program: one file a command, one row a command in the table of commands.c.
 */
#ifndef ALM_CLI_COMMAND_H
#define ALM_CLI_COMMAND_H

#include "cli/options.h"

/** How the program ends (docs/DESIGN.md, failure model). */
enum {
    ALM_EXIT_OK = 0,          /**< all well */
    ALM_EXIT_SOME_FAILED = 1, /**< some inputs failed; the others are done */
    ALM_EXIT_USAGE = 2,       /**< usage or configuration: nothing was started */
    ALM_EXIT_SYSTEM = 3       /**< storage or system failure */
};

/** A command gets its own name as argv[0] and returns an exit status. */
typedef int (*alm_command_run)(int argc, char **argv);

/** A row of the table of commands, which the front help, the dispatch and the completions of shells read. */
typedef struct alm_command {
    const alm_usage *usage; /**< its name, options and help */
    const char *about;      /**< one line for the front help */
    alm_command_run run;
} alm_command;

/** Every command, by name; ends with a row whose run is NULL. In commands.c. */
extern const alm_command alm_commands[];

extern const alm_usage alm_usage_completion;
extern const alm_usage alm_usage_crawl;
extern const alm_usage alm_usage_export;
extern const alm_usage alm_usage_extract;
extern const alm_usage alm_usage_fetch;
extern const alm_usage alm_usage_frontier;
extern const alm_usage alm_usage_import;
extern const alm_usage alm_usage_links;
extern const alm_usage alm_usage_report;
extern const alm_usage alm_usage_resolve;
extern const alm_usage alm_usage_robots;
extern const alm_usage alm_usage_rules;
extern const alm_usage alm_usage_schema;
extern const alm_usage alm_usage_sitemap;
extern const alm_usage alm_usage_status;
extern const alm_usage alm_usage_url;
extern const alm_usage alm_usage_values;
extern const alm_usage alm_usage_watch;

int alm_command_completion(int argc, char **argv);
int alm_command_crawl(int argc, char **argv);
int alm_command_export(int argc, char **argv);
int alm_command_extract(int argc, char **argv);
int alm_command_fetch(int argc, char **argv);
int alm_command_frontier(int argc, char **argv);
int alm_command_import(int argc, char **argv);
int alm_command_links(int argc, char **argv);
int alm_command_report(int argc, char **argv);
int alm_command_resolve(int argc, char **argv);
int alm_command_robots(int argc, char **argv);
int alm_command_rules(int argc, char **argv);
int alm_command_schema(int argc, char **argv);
int alm_command_sitemap(int argc, char **argv);
int alm_command_status(int argc, char **argv);
int alm_command_url(int argc, char **argv);
int alm_command_values(int argc, char **argv);
int alm_command_watch(int argc, char **argv);

#endif
