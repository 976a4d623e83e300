/* One printer a shell. Texts of the help are quoted for the shell that reads them. */
#include "cli/completion.h"

static const alm_option help_option = {0, 'h', "help", NULL, "print this and exit"};

enum { WORDS_SIZE = 256 };

typedef void (*option_printer)(FILE *out, const alm_usage *usage, const alm_option *option);

static void each_option(FILE *out, const alm_usage *usage, option_printer print) {
    for (const alm_option *o = usage->options; o->name; o++) print(out, usage, o);
    print(out, usage, &help_option);
}

/* The first line of @p text, with a backslash before each byte of @p special, and ' as '\''. */
static void print_quoted(FILE *out, const char *text, const char *special) {
    for (; *text && *text != '\n'; text++) {
        if (*text == '\'')
            fputs("'\\''", out);
        else
            fprintf(out, "%s%c", strchr(special, *text) ? "\\" : "", *text);
    }
}

/* ---- bash ---- */

static void bash_name(FILE *out, const alm_usage *usage, const alm_option *o) {
    (void)usage;
    if (o->letter) fprintf(out, " -%c", o->letter);
    fprintf(out, " --%s", o->name);
}

static void bash_value(FILE *out, const alm_usage *usage, const alm_option *o) {
    char words[WORDS_SIZE];
    (void)usage;
    alm_value_kind kind = alm_completion_value(o);
    if (kind == ALM_VALUE_NONE) return;
    fprintf(out, "        --%s", o->name);
    if (o->letter) fprintf(out, " | -%c", o->letter);
    fputs(") ", out);
    if (kind == ALM_VALUE_WORDS && alm_completion_words(words, sizeof words, o->value))
        fprintf(out, "_almoner_words '%s'; ", words);
    else if (kind == ALM_VALUE_FILE || kind == ALM_VALUE_DIR)
        fprintf(out, "_almoner_paths -%c; ", kind == ALM_VALUE_FILE ? 'f' : 'd');
    fputs("return ;;\n", out);
}

static void bash_command(FILE *out, const alm_command *c) {
    char words[WORDS_SIZE];
    fprintf(out, "    %s)\n        case $prev in\n", c->usage->name);
    each_option(out, c->usage, bash_value);
    fputs("        esac\n        options='", out);
    each_option(out, c->usage, bash_name);
    fprintf(out, "' words='%s' files=%s\n        ;;\n",
            alm_completion_words(words, sizeof words, c->usage->arguments) ? words : "",
            alm_completion_takes_files(c->usage) ? "yes" : "");
}

void alm_completion_bash(FILE *out, const alm_command *table) {
    fputs("# bash completion of almoner, made by `almoner completion bash`\n"
          "_almoner_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\"); }\n"
          "_almoner_paths() {\n"
          "    compopt -o filenames 2>/dev/null\n"
          "    mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$cur\")\n"
          "}\n\n"
          "_almoner() {\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} options= words= files=\n"
          "    COMPREPLY=()\n"
          "    # readline cuts --name=value into three words\n"
          "    if [[ $cur == = ]]; then cur=\n"
          "    elif [[ $prev == = ]] && ((COMP_CWORD > 2)); then prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
          "    fi\n"
          "    if ((COMP_CWORD == 1)); then\n"
          "        _almoner_words '",
          out);
    for (const alm_command *c = table; c->run; c++) fprintf(out, "%s ", c->usage->name);
    fputs("--help --version'\n        return\n    fi\n    case ${COMP_WORDS[1]} in\n", out);
    for (const alm_command *c = table; c->run; c++) bash_command(out, c);
    fputs("    esac\n"
          "    if [[ $cur == -* ]]; then _almoner_words \"$options\"; return; fi\n"
          "    if [[ $words ]]; then _almoner_words \"$words\"; fi\n"
          "    if [[ $files && ${#COMPREPLY[@]} -eq 0 ]]; then _almoner_paths -f; fi\n"
          "}\n\n"
          "complete -F _almoner almoner\n",
          out);
}

/* ---- zsh ---- */

static void zsh_value(FILE *out, const alm_option *o) {
    char words[WORDS_SIZE];
    alm_value_kind kind = alm_completion_value(o);
    if (kind == ALM_VALUE_NONE) return;
    fputc(':', out);
    print_quoted(out, o->value, ":\\");
    if (kind == ALM_VALUE_WORDS && alm_completion_words(words, sizeof words, o->value))
        fprintf(out, ":(%s)", words);
    else
        fprintf(out, ":%s", kind == ALM_VALUE_FILE ? "_files" : kind == ALM_VALUE_DIR ? "_files -/" : " ");
}

static void zsh_option(FILE *out, const alm_usage *usage, const alm_option *o) {
    (void)usage;
    fputs("            ", out);
    if (o->letter)
        fprintf(out, "'(-%c --%s)'{-%c%s,--%s%s}'[", o->letter, o->name, o->letter, o->value ? "+" : "", o->name,
                o->value ? "=" : "");
    else
        fprintf(out, "'--%s%s[", o->name, o->value ? "=" : "");
    print_quoted(out, o->help, "[]:\\");
    fputc(']', out);
    zsh_value(out, o);
    fputs("' \\\n", out);
}

static void zsh_command(FILE *out, const alm_command *c) {
    char words[WORDS_SIZE];
    fprintf(out, "    %s)\n        _arguments -s -S \\\n", c->usage->name);
    each_option(out, c->usage, zsh_option);
    if (alm_completion_words(words, sizeof words, c->usage->arguments))
        fprintf(out, "            '1:action:(%s)' \\\n", words);
    fprintf(out, "            '*:argument:%s'\n        ;;\n", alm_completion_takes_files(c->usage) ? "_files" : " ");
}

void alm_completion_zsh(FILE *out, const alm_command *table) {
    fputs("#compdef almoner\n# zsh completion of almoner, made by `almoner completion zsh`\n"
          "_almoner() {\n"
          "    local -a commands\n"
          "    commands=(\n",
          out);
    for (const alm_command *c = table; c->run; c++) {
        fprintf(out, "        '%s:", c->usage->name);
        print_quoted(out, c->about, ":\\");
        fputs("'\n", out);
    }
    fputs("    )\n"
          "    if ((CURRENT == 2)); then\n"
          "        _describe -t commands command commands\n"
          "        _arguments '--help[print help]' '--version[print the version]'\n"
          "        return\n"
          "    fi\n"
          "    shift words\n"
          "    ((CURRENT--))\n"
          "    case $words[1] in\n",
          out);
    for (const alm_command *c = table; c->run; c++) zsh_command(out, c);
    fputs("    esac\n"
          "}\n\n"
          "if [[ $funcstack[1] == _almoner ]]; then _almoner \"$@\"; else compdef _almoner almoner; fi\n",
          out);
}

/* ---- fish ---- */

static void fish_option(FILE *out, const alm_usage *usage, const alm_option *o) {
    char words[WORDS_SIZE];
    fprintf(out, "complete -c almoner -n '__fish_almoner_is %s'", usage->name);
    if (o->letter) fprintf(out, " -s %c", o->letter);
    fprintf(out, " -l %s", o->name);
    switch (alm_completion_value(o)) {
    case ALM_VALUE_NONE: break;
    case ALM_VALUE_WORDS:
        alm_completion_words(words, sizeof words, o->value);
        fprintf(out, " -x -a '%s'", words);
        break;
    case ALM_VALUE_FILE: fputs(" -r -F", out); break;
    case ALM_VALUE_DIR: fputs(" -x -a '(__fish_complete_directories)'", out); break;
    case ALM_VALUE_OTHER: fputs(" -x", out); break;
    }
    fputs(" -d '", out);
    for (const char *p = o->help; *p && *p != '\n'; p++)
        fprintf(out, "%s%c", *p == '\'' || *p == '\\' ? "\\" : "", *p); /* fish escapes within quotes */
    fputs("'\n", out);
}

void alm_completion_fish(FILE *out, const alm_command *table) {
    char words[WORDS_SIZE];
    fputs("# fish completion of almoner, made by `almoner completion fish`\n"
          "function __fish_almoner_is\n"
          "    set -l words (commandline -opc)\n"
          "    test (count $words) -ge 2; and test $words[2] = $argv[1]\n"
          "end\n"
          "function __fish_almoner_none\n"
          "    test (count (commandline -opc)) -eq 1\n"
          "end\n"
          "complete -c almoner -f\n"
          "complete -c almoner -n __fish_almoner_none -l help -d 'print help'\n"
          "complete -c almoner -n __fish_almoner_none -l version -d 'print the version'\n",
          out);
    for (const alm_command *c = table; c->run; c++) {
        fprintf(out, "complete -c almoner -n __fish_almoner_none -a %s -d '", c->usage->name);
        print_quoted(out, c->about, "\\");
        fputs("'\n", out);
        each_option(out, c->usage, fish_option);
        if (alm_completion_words(words, sizeof words, c->usage->arguments))
            fprintf(out, "complete -c almoner -n '__fish_almoner_is %s' -a '%s'\n", c->usage->name, words);
        if (alm_completion_takes_files(c->usage))
            fprintf(out, "complete -c almoner -n '__fish_almoner_is %s' -F\n", c->usage->name);
    }
}
