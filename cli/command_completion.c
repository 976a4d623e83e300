#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/completion.h"

static const alm_option options[] = {{0}};

const alm_usage alm_usage_completion = {
    "completion", "bash|zsh|fish",
    "Print a script that lets a shell complete the commands and options of almoner.\n"
    "An installed almoner brings the scripts along.\n",
    options,
    "Examples:\n"
    "  source <(almoner completion bash)\n"
    "  almoner completion zsh > ~/.zfunc/_almoner\n"
    "  almoner completion fish > ~/.config/fish/completions/almoner.fish\n"};

int alm_command_completion(int argc, char **argv) {
    static const char *const names[] = {"bash", "zsh", "fish", NULL};
    static void (*const print[])(FILE *, const alm_command *) = {alm_completion_bash, alm_completion_zsh,
                                                                 alm_completion_fish};
    const char *value;
    int first, id = alm_options_next(&alm_usage_completion, argc, argv, &value, &first);
    if (id == ALM_OPTIONS_HELP) return ALM_EXIT_OK;
    if (id == ALM_OPTIONS_BAD) return ALM_EXIT_USAGE;
    if (argc - first != 1) return alm_usage_fail(&alm_usage_completion, "expected bash, zsh or fish");
    int shell = alm_option_choice(&alm_usage_completion, "shell", argv[first], names);
    if (shell < 0) return ALM_EXIT_USAGE;
    print[shell](stdout, alm_commands);
    return ALM_EXIT_OK;
}
