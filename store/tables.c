#include "store/tables.h"

const alm_table_form alm_table_forms[ALM_TABLE_COUNT] = {
    [ALM_TABLE_PAGES] = {"pages", "page_id, url, first_seen_ms, last_seen_ms", 4},
    [ALM_TABLE_VERSIONS] =
        {"versions",
         "version_id, page_id, digest, fetched_ms, state, gone, canonical_url, content_sha256, charset,"
         " language, title, published, source, author, site, document, seq, changed_ms",
         18},
    [ALM_TABLE_ORGANISATIONS] = {"organisations", "organisation_id, version_id, id, name, type, aliases", 6},
    [ALM_TABLE_PEOPLE] = {"people", "person_id, version_id, id, name, aliases", 5},
    [ALM_TABLE_AFFILIATIONS] = {"affiliations",
                                "affiliation_id, version_id, member_person_id, member_organisation_id, organisation_id,"
                                " role, rule",
                                7},
    [ALM_TABLE_DONATIONS] = {"donations",
                             "donation_id, uid, page_id, version_id, digest, state, replaces, superseded_in, donor,"
                             " donor_type, donor_org, donor_person, donor_role, association, association_role,"
                             " cash_amount, cash_currency, cash_qualifier, goods, goods_items, value_amount,"
                             " value_currency, recipients, channels, donation_date, status, total, evidence, rule,"
                             " confidence, seq, changed_ms",
                             32},
    [ALM_TABLE_PARTIES] = {"parties", "donation_id, part, position, name, organisation_id, person_id", 6},
    [ALM_TABLE_SPANS] = {"spans", "owner_id, field, \"start\", \"end\"", 4},
    [ALM_SET_PAGE] = {"pages", "page_id, first_seen_ms, last_seen_ms", 3},
    [ALM_SET_VERSION] = {"versions", "version_id, state, seq, changed_ms", 4},
    [ALM_SET_DONATION] = {"donations", "donation_id, state, superseded_in, seq, changed_ms", 5},
};
