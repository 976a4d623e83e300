#include "extract/output/names.h"

#include "extract/document.h"

const char *alm_organisation_type_name(alm_organisation_type type) {
    switch (type) {
    case ALM_ORGANISATION_COMPANY: return "company";
    case ALM_ORGANISATION_ASSOCIATION: return "association";
    case ALM_ORGANISATION_CHARITY: return "charity";
    case ALM_ORGANISATION_GOVERNMENT: return "government";
    case ALM_ORGANISATION_PARTY: return "party";
    case ALM_ORGANISATION_SCHOOL: return "school";
    case ALM_ORGANISATION_HOSPITAL: return "hospital";
    case ALM_ORGANISATION_MEDIA: return "media";
    case ALM_ORGANISATION_MILITARY: return "military";
    case ALM_ORGANISATION_COMMUNITY: return "community";
    case ALM_ORGANISATION_OTHER: break;
    }
    return "other";
}

alm_organisation_type alm_organisation_type_of(alm_str name) {
    for (int type = ALM_ORGANISATION_OTHER; type <= ALM_ORGANISATION_COMMUNITY; type++)
        if (alm_str_is_c(name, alm_organisation_type_name((alm_organisation_type)type)))
            return (alm_organisation_type)type;
    return ALM_ORGANISATION_OTHER;
}

const char *alm_donation_status_name(alm_donation_status status) {
    switch (status) {
    case ALM_STATUS_PLEDGED: return "pledged";
    case ALM_STATUS_RECEIVED: return "received";
    case ALM_STATUS_DISTRIBUTED: return "distributed";
    case ALM_STATUS_GIVEN: break;
    }
    return "given";
}

alm_str alm_confidence_text(alm_confidence *room, double confidence) {
    int percent = confidence >= 1 ? 100 : confidence > 0 ? (int)(confidence * 100 + 0.5) : 0;
    room->text[0] = (char)('0' + percent / 100);
    room->text[1] = '.';
    room->text[2] = (char)('0' + percent / 10 % 10);
    room->text[3] = (char)('0' + percent % 10);
    return (alm_str){room->text, 4};
}
