#include "extract/page/dom_tag.h"

typedef struct name_entry {
    const char *name;
    uint16_t len;
    uint16_t id;
} name_entry;

static const name_entry tag_names[] = {
#define X(id, name, flags) {name, sizeof(name) - 1, ALM_TAG_##id},
    ALM_TAGS(X)
#undef X
};

static const name_entry attribute_names[] = {
#define Y(id, name) {name, sizeof(name) - 1, ALM_ATTR_##id},
    ALM_ATTRIBUTES(Y)
#undef Y
};

enum {
    TAG_NAMES = sizeof tag_names / sizeof *tag_names,
    ATTRIBUTE_NAMES = sizeof attribute_names / sizeof *attribute_names
};

const uint16_t alm_tag_flags_of[ALM_TAG_COUNT] = {
#define X(id, name, flags) [ALM_TAG_##id] = (flags),
    ALM_TAGS(X)
#undef X
};

static int compare(alm_str name, const name_entry *entry) {
    for (size_t i = 0; i < name.len && i < entry->len; i++) {
        unsigned char a = (unsigned char)name.ptr[i], b = (unsigned char)entry->name[i];
        if (a >= 'A' && a <= 'Z') a |= 0x20;
        if (a != b) return a < b ? -1 : 1;
    }
    return name.len < entry->len ? -1 : name.len > entry->len;
}

static unsigned find(alm_str name, const name_entry *names, size_t count, unsigned otherwise) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare(name, &names[middle]);
        if (order == 0) return names[middle].id;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return otherwise;
}

alm_tag alm_tag_by_name(alm_str name) { return (alm_tag)find(name, tag_names, TAG_NAMES, ALM_TAG_OTHER); }

alm_attribute alm_attribute_by_name(alm_str name) {
    return (alm_attribute)find(name, attribute_names, ATTRIBUTE_NAMES, ALM_ATTR_NONE);
}

const char *alm_tag_name(alm_tag tag) {
    return tag <= ALM_TAG_OTHER || tag >= ALM_TAG_COUNT ? "" : tag_names[tag - ALM_TAG_OTHER - 1].name;
}
