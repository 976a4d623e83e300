#include "extract/output/digest.h"

#include <openssl/evp.h>
#include <stdio.h>

#include "extract/output/output.h"

enum { SHA256_LEN = 32, UID_LEN = 16, MAX_JSON = 64 << 20 };

static void to_hex(char *out, const unsigned char *bytes, size_t len) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
}

/* libcrypto calls fail only for want of memory here; the first failure is kept. */
typedef struct hasher {
    EVP_MD *sha256;
    EVP_MD_CTX *context;
    bool failed;
} hasher;

static bool hasher_init(hasher *h) {
    *h = (hasher){.sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL), .context = EVP_MD_CTX_new()};
    return h->sha256 && h->context;
}

static void hasher_release(hasher *h) {
    EVP_MD_CTX_free(h->context);
    EVP_MD_free(h->sha256);
}

static void hash_start(hasher *h) { h->failed |= EVP_DigestInit_ex2(h->context, h->sha256, NULL) != 1; }

static void hash_bytes(hasher *h, const void *bytes, size_t len) {
    h->failed |= len > 0 && EVP_DigestUpdate(h->context, bytes, len) != 1;
}

/* With its length before it: no two lists of parts hash alike. */
static void hash_part(hasher *h, alm_str part) {
    uint64_t n = part.len;
    unsigned char len[8];
    for (int i = 0; i < 8; i++) len[i] = (unsigned char)(n >> (8 * i));
    hash_bytes(h, len, sizeof len);
    hash_bytes(h, part.ptr, part.len);
}

static void hash_end(hasher *h, unsigned char out[SHA256_LEN]) {
    h->failed |= EVP_DigestFinal_ex(h->context, out, NULL) != 1;
}

static alm_str entity_name(const alm_document *document, alm_ref ref) {
    return ref.person ? document->people[ref.index].name : document->organisations[ref.index].name;
}

static void hash_donation(hasher *h, const alm_document *document, const alm_donation *donation) {
    hash_part(h, donation->evidence);
    for (size_t i = 0; i < donation->donor_count; i++) hash_part(h, entity_name(document, donation->donors[i]));
    for (size_t i = 0; i < donation->cash_count; i++) {
        hash_part(h, donation->cash[i].text);
        hash_part(h, donation->cash[i].currency);
    }
    for (size_t i = 0; i < donation->goods_count; i++) hash_part(h, donation->goods[i].text);
    if (donation->value) hash_part(h, donation->value->text);
}

/* How often each uid was given so far: open addressing, at least twice as many places as donations. */
typedef struct uid_counts {
    struct uid_count {
        uint32_t index, count; /* the first donation with this uid; 0 times: an empty place */
    } * places;
    size_t mask;
} uid_counts;

/* Count the uid of donation @p index; how often it was seen, this time included. */
static uint32_t count_uid(uid_counts *counts, const alm_document *document, size_t index) {
    const char *uid = document->donations[index].uid;
    size_t at = (size_t)alm_hash((alm_str){uid, 2 * UID_LEN}) & counts->mask;
    while (counts->places[at].count > 0 &&
           memcmp(document->donations[counts->places[at].index].uid, uid, 2 * UID_LEN) != 0)
        at = (at + 1) & counts->mask;
    if (counts->places[at].count == 0) counts->places[at].index = (uint32_t)index;
    return ++counts->places[at].count;
}

static void sign_donation(hasher *h, const alm_document *document, size_t index, alm_str number) {
    alm_donation *donation = &document->donations[index];
    alm_str url = document->page.canonical_url.len ? document->page.canonical_url : document->url;
    unsigned char digest[SHA256_LEN];
    hash_start(h);
    hash_part(h, url);
    hash_donation(h, document, donation);
    hash_part(h, number);
    hash_end(h, digest);
    to_hex(donation->uid, digest, UID_LEN);
}

static alm_status sign_donations(hasher *h, alm_document *document, alm_arena *arena) {
    uid_counts counts = {.mask = 1};
    while (counts.mask < 2 * document->donation_count) counts.mask = 2 * counts.mask + 1;
    counts.places = alm_arena_calloc(arena, counts.mask + 1, sizeof *counts.places);
    if (!counts.places) return ALM_E_NOMEM;
    for (size_t i = 0; i < document->donation_count && !h->failed; i++) {
        sign_donation(h, document, i, (alm_str){NULL, 0});
        if (h->failed) break;
        uint32_t times = count_uid(&counts, document, i);
        if (times == 1) continue;
        char number[16];
        int len = snprintf(number, sizeof number, "%u", times);
        sign_donation(h, document, i, (alm_str){number, (size_t)len});
    }
    return h->failed ? ALM_E_NOMEM : ALM_OK;
}

alm_status alm_document_sign(alm_document *document, alm_arena *arena, alm_str bytes) {
    hasher h;
    unsigned char digest[SHA256_LEN];
    alm_status status = ALM_E_NOMEM;
    if (!hasher_init(&h)) goto out;
    hash_start(&h);
    hash_bytes(&h, bytes.ptr, bytes.len);
    hash_end(&h, digest);
    if (h.failed) goto out;
    to_hex(document->content_sha256, digest, SHA256_LEN);
    status = document->donation_count ? sign_donations(&h, document, arena) : ALM_OK;
out:
    hasher_release(&h);
    return status;
}

alm_status alm_document_digest(char out[ALM_DIGEST_SIZE], const alm_document *document, alm_arena *arena) {
    alm_document timeless = *document;
    unsigned char digest[SHA256_LEN];
    alm_buf json;
    hasher h;
    timeless.fetched_at = (alm_str){NULL, 0};
    timeless.content_sha256[0] = '\0';
    alm_buf_init(&json, MAX_JSON);
    alm_status status = alm_write_page(&json, arena, &timeless, false, false);
    if (!hasher_init(&h)) status = ALM_E_NOMEM;
    if (status == ALM_OK) {
        hash_start(&h);
        hash_bytes(&h, json.ptr, json.len);
        hash_end(&h, digest);
        if (h.failed) status = ALM_E_NOMEM;
    }
    if (status == ALM_OK) to_hex(out, digest, SHA256_LEN);
    hasher_release(&h);
    alm_buf_release(&json);
    return status;
}
