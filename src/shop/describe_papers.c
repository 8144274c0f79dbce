#include "shop/describe_papers.h"
#include "shop/describe.h"

static json_t *text_or_null(const char *text)
{
    return text && text[0] ? json_string(text) : json_null();
}

json_t *describe_document(const struct document *d)
{
    return json_pack("{s:I, s:s, s:o, s:{s:s, s:s, s:I, s:s}, s:{s:s, s:o, s:o, s:o}, s:o, s:o}", "id",
                     (json_int_t)d->id, "slot", d->slot, "submission",
                     d->submission_id ? json_integer(d->submission_id) : json_null(), "file", "name", d->file_name,
                     "content_type", d->content_type, "length", (json_int_t)d->length, "sha256", d->file_sha256,
                     "signature", "state", d->signature, "signer", text_or_null(d->signer), "tax_code",
                     text_or_null(d->signer_tax_code), "signed_at", describe_instant(d->signed_at), "added_at",
                     describe_instant(d->added_at), "purged_at", describe_instant(d->purged_at));
}

json_t *describe_submission(const struct submission *s)
{
    return json_pack("{s:I, s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)s->id, "number",
                     (json_int_t)s->number, "state", s->state, "sent_at", describe_instant(s->sent_at), "opens_at",
                     describe_instant(s->opens_at), "due_at", describe_instant(s->due_at), "reason",
                     text_or_null(s->reason), "note", text_or_null(s->note), "identity_expires_on",
                     describe_day(s->identity_expires_on), "decided_at", describe_instant(s->decided_at), "decided_by",
                     text_or_null(s->decided_by));
}

json_t *describe_papers(const char *order_code, const struct papers *p)
{
    json_t *documents = json_array(), *submissions = json_array();

    for (size_t i = 0; i < p->document_count; i++)
        json_array_append_new(documents, describe_document(&p->documents[i]));
    for (size_t i = 0; i < p->submission_count; i++)
        json_array_append_new(submissions, describe_submission(&p->submissions[i]));
    return json_pack("{s:s, s:s, s:o, s:{s:o, s:o}, s:o, s:o}", "order", order_code, "state",
                     request_state_name(p->request.state), "begins_on",
                     p->request.state == REQUEST_WAITING ? describe_day(p->request.begins_on) : json_null(), "contract",
                     "version", text_or_null(p->request.contract_version), "sha256",
                     text_or_null(p->request.contract_sha256), "submissions", submissions, "documents", documents);
}
