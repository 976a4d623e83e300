/* The donations of one HTML file, a JSON line each: extract_one FILE [RULES_DIR] */
#include <almoner.h>
#include <stdio.h>

static int print(void *file, const char *bytes, size_t len) { return fwrite(bytes, 1, len, file) == len ? 0 : -1; }

int main(int argc, char **argv) {
    static char page[1 << 20], why[512];
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (!file) return 2;
    alm_input input = {.bytes = page, .len = fread(page, 1, sizeof page, file)};
    alm_extractor_options rules = {.rules_dir = argc > 2 ? argv[2] : NULL};
    alm_extractor *extractor = alm_extractor_new(&rules, why, sizeof why); /* once */
    alm_session *session = extractor ? alm_session_new(extractor) : NULL;  /* once a thread */
    int status = session ? alm_extract(session, &input) : -1;              /* once a page */
    alm_output_options lines = {.format = ALM_FORMAT_NDJSON};
    if (status == 0) status = alm_session_write(session, &lines, print, stdout);
    if (status != 0) fprintf(stderr, "%s\n", session ? alm_session_message(session) : why);
    alm_session_free(session);
    alm_extractor_free(extractor);
    fclose(file);
    return status != 0;
}
