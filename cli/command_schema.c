#include <stdio.h>

#include "cli/command.h"
#include "cli/schemas.h"

static const alm_option options[] = {{0}};

const alm_usage alm_usage_schema = {
    "schema", "[NAME]", "Print the JSON Schema (draft 2020-12) NAME; without NAME, the names there are.\n", options,
    "Examples:\n"
    "  almoner schema page > page.schema.json\n"
    "  almoner schema row | jq '.properties | keys'\n"};

int alm_command_schema(int argc, char **argv) {
    const char *value;
    int first, id = alm_options_next(&alm_usage_schema, argc, argv, &value, &first);
    if (id == ALM_OPTIONS_HELP) return ALM_EXIT_OK;
    if (id == ALM_OPTIONS_BAD) return ALM_EXIT_USAGE;
    if (argc - first > 1) return alm_usage_fail(&alm_usage_schema, "expected one name");
    for (const alm_schema *schema = alm_schemas; schema->name; schema++) {
        if (first == argc) {
            puts(schema->name);
        } else if (strcmp(argv[first], schema->name) == 0) {
            fwrite(schema->text.ptr, 1, schema->text.len, stdout);
            return ALM_EXIT_OK;
        }
    }
    return first == argc ? ALM_EXIT_OK : alm_usage_fail(&alm_usage_schema, "no schema '%s'", argv[first]);
}
