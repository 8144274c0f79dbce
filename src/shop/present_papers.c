#include "shop/present_papers.h"
#include "base/i18n.h"
#include "shop/present.h"
#include <string.h>

static json_t *window_of(const struct papers *p)
{
    if (p->request.state != REQUEST_IN_REVIEW || !p->last)
        return json_false();
    return json_pack("{s:o, s:o, s:o}", "sent_at", present_instant(p->last->sent_at), "opens_at",
                     present_instant(p->last->opens_at), "due_at", present_instant(p->last->due_at));
}

static json_t *rejection_of(const struct papers *p, const char *language)
{
    const struct submission *s = papers_rejection(p);
    enum review_reason reason;

    if (!s)
        return json_false();
    return json_pack(
        "{s:o, s:o, s:o, s:b}", "advice",
        review_reason_of(s->reason, &reason) == DONE ? json_string(i18n(language, review_reason_advice(reason)))
                                                     : json_false(),
        "note", s->note[0] ? json_string(s->note) : json_false(), "decided_at", present_instant(s->decided_at), "both",
        papers_slot_is_kept(p, SLOT_CONTRACT) && papers_slot_is_kept(p, SLOT_IDENTITY));
}

json_t *present_papers(const struct brand *brand, const struct papers *p, const char *language)
{
    enum request_state state = p->request.state;

    return json_pack("{s:o, s:b, s:b, s:b, s:b, s:b, s:b, s:o, s:o, s:{s:i, s:i}}", "waiting_until",
                     state == REQUEST_WAITING ? present_day(p->request.begins_on) : json_false(), "pending",
                     state == REQUEST_DOCS_PENDING, "review", state == REQUEST_IN_REVIEW, "activating",
                     state == REQUEST_ACTIVATING, "active", state == REQUEST_ACTIVE, "refused",
                     state == REQUEST_REFUSED, "contract",
                     state >= REQUEST_DOCS_PENDING && (state <= REQUEST_ACTIVE || p->request.contract_sha256[0]),
                     "window", window_of(p), "rejection", rejection_of(p, language), "hours", "least",
                     brand->purchase.review_least_hours, "most", brand->purchase.review_most_hours);
}

/* ---- Files ---- */

static json_t *size_of(int64_t bytes)
{
    int64_t tenths = (bytes * 10 + (1 << 19)) >> 20;

    if (tenths < 1)
        return json_sprintf("%d kB", (int)(bytes >> 10) + 1);
    return json_sprintf("%d,%d MB", (int)(tenths / 10), (int)(tenths % 10));
}

static json_t *file_of(const struct document *d, const char *language)
{
    enum signature_state state;
    bool is_signed = signature_state_of(d->signature, &state) == DONE && state != SIGNATURE_NONE;

    return json_pack("{s:I, s:s, s:o, s:b, s:o, s:b, s:o, s:o, s:b}", "id", (json_int_t)d->id, "name", d->file_name,
                     "size", size_of(d->length), "image", strncmp(d->content_type, "image/", 6) == 0, "signed",
                     is_signed ? json_string(i18n(language, signature_state_label(state))) : json_false(), "trusted",
                     is_signed && state == SIGNATURE_VALID, "signer",
                     is_signed && d->signer[0] ? json_string(d->signer) : json_false(), "signed_at",
                     is_signed && d->signed_at.us ? present_instant(d->signed_at) : json_false(), "purged",
                     d->purged_at.us != 0);
}

json_t *present_slot(const struct papers *p, const char *slot, const char *language)
{
    json_t *waiting = json_array(), *earlier = json_array();

    for (size_t i = 0; i < p->document_count; i++) {
        const struct document *d = &p->documents[i];

        if (strcmp(d->slot, slot) != 0)
            continue;
        if (!d->submission_id)
            json_array_append_new(waiting, file_of(d, language));
        else if (p->last && d->submission_id == p->last->id)
            json_array_append_new(earlier, file_of(d, language));
    }
    return json_pack("{s:s, s:b, s:b, s:b, s:o, s:o}", "slot", slot, "has_waiting", json_array_size(waiting) > 0,
                     "has_earlier", json_array_size(earlier) > 0, "kept", papers_slot_is_kept(p, slot), "waiting",
                     waiting, "earlier", earlier);
}
