#include "cli/command.h"

const alm_command alm_commands[] = {
    {&alm_usage_completion, "print the completion of a shell: bash, zsh or fish", alm_command_completion},
    {&alm_usage_crawl, "visit sites politely, archive their pages, keep their records", alm_command_crawl},
    {&alm_usage_export, "write what a store holds: all of it, or what changed since", alm_command_export},
    {&alm_usage_extract, "read pages (URL, file, standard input), print their donation records", alm_command_extract},
    {&alm_usage_fetch, "fetch one URL and say what the crawler would do with it", alm_command_fetch},
    {&alm_usage_frontier, "look into what a crawl knows, and change it", alm_command_frontier},
    {&alm_usage_import, "put page documents into a store", alm_command_import},
    {&alm_usage_links, "print the links of a page as the crawler reads them", alm_command_links},
    {&alm_usage_report, "write what a store holds as one HTML page", alm_command_report},
    {&alm_usage_resolve, "tie donations that are one gift, and names that are one organisation", alm_command_resolve},
    {&alm_usage_robots, "say what a robots.txt allows", alm_command_robots},
    {&alm_usage_rules, "list, check and test the rules of a pack, explain what they do to a text", alm_command_rules},
    {&alm_usage_schema, "print the JSON Schema of an output or a configuration file", alm_command_schema},
    {&alm_usage_sitemap, "print the entries of a sitemap or feed", alm_command_sitemap},
    {&alm_usage_status, "print how the sources of almoner watch fare", alm_command_status},
    {&alm_usage_url, "resolve URLs, print their canonical form", alm_command_url},
    {&alm_usage_values, "print the numbers, money, quantities and dates in a text", alm_command_values},
    {&alm_usage_watch, "stay, and crawl each source when its schedule says so", alm_command_watch},
    {NULL, NULL, NULL},
};
