/* Runs every file of the folders given, and the empty input, through a fuzz target: libFuzzer's own replay for any
 * compiler. */
#include <dirent.h>
#include <string.h>

#include "fuzz/fuzz.h"

enum { MAX_PATH = 4096, MAX_FILE = 1 << 20 };

static int replay_file(const char *path, uint8_t *bytes) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return 1;
    }
    size_t len = fread(bytes, 1, MAX_FILE, file);
    fclose(file);
    /* a copy of its own: reading past the end is seen */
    uint8_t *copy = malloc(len ? len : 1);
    if (!copy) return 1;
    memcpy(copy, bytes, len);
    printf("%s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(copy, len);
    free(copy);
    return 0;
}

static int replay_folder(const char *folder, uint8_t *bytes, size_t *count) {
    DIR *dir = opendir(folder);
    if (!dir) {
        perror(folder);
        return 1;
    }
    int failed = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        char path[MAX_PATH];
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        failed |= replay_file(path, bytes);
        ++*count;
    }
    closedir(dir);
    return failed;
}

int main(int argc, char **argv) {
    uint8_t *bytes = calloc(MAX_FILE, 1); /* written all over, as gcc asks for an argument that is const */
    if (!bytes) return 1;
    int failed = 0;
    size_t count = 0;
    LLVMFuzzerTestOneInput(bytes, 0);
    for (int i = 1; i < argc; i++) failed |= replay_folder(argv[i], bytes, &count);
    printf("%zu files\n", count);
    free(bytes);
    return failed || count == 0;
}
