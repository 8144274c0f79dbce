#include "shop/describe_review.h"

static json_t *text_or_null(const char *text)
{
    return text && text[0] ? json_string(text) : json_null();
}

json_t *describe_activation(const struct request *r, const char *order_code)
{
    const struct billing *h = &r->holder;
    json_t *holder =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "kind", r->holder_kind, "name", h->name,
                  "tax_code", h->tax_code, "vat_number", h->vat_number, "contact_email", h->email, "street", h->street,
                  "postcode", h->postcode, "city", h->city, "province", h->province, "country", h->country);

    return json_pack(
        "{s:o, s:I, s:s, s:s, s:s, s:o, s:s, s:I, s:o, s:o, s:s, s:o, s:o, s:o, s:o}", "begins_on",
        r->state == REQUEST_WAITING ? describe_day(r->begins_on) : json_null(), "request", (json_int_t)r->id, "order",
        order_code, "brand", r->brand, "state", request_state_name(r->state), "error", text_or_null(r->error), "plan",
        r->plan, "years", (json_int_t)r->years, "name", text_or_null(r->held_name), "holder", holder, "phone", r->phone,
        "signer_name", text_or_null(r->signer_name), "signer_tax_code", text_or_null(r->signer_tax_code), "paid_at",
        describe_instant(r->paid_at), "mailbox_id", r->mailbox_id ? json_integer(r->mailbox_id) : json_null());
}

json_t *describe_review(const struct review *r)
{
    static const char *const VERDICTS[] = {
        [NAME_FREE] = "free", [NAME_HELD] = "held", [NAME_IN_USE] = "in_use", [NAME_RETIRED] = "retired"};
    json_t *all = describe_activation(&r->request, r->order.code);
    json_t *names = json_array(), *documents = json_array(), *submissions = json_array(), *others = json_array();

    for (int i = 0; i < NAMES; i++)
        if (r->names[i].address)
            json_array_append_new(names, json_pack("{s:s, s:s, s:b}", "address", r->names[i].address, "verdict",
                                                   VERDICTS[r->names[i].verdict], "held", r->names[i].held));
    for (size_t i = 0; i < r->document_count; i++)
        if (r->documents[i].submission_id)
            json_array_append_new(documents, describe_document(&r->documents[i]));
    for (size_t i = 0; i < r->submission_count; i++)
        json_array_append_new(submissions, describe_submission(&r->submissions[i]));
    for (size_t i = 0; i < r->other_count; i++)
        json_array_append_new(others, json_string(r->others[i].address));
    json_object_set_new(all, "account", json_string(r->account.email));
    json_object_set_new(all, "names", names);
    json_object_set_new(all, "documents", documents);
    json_object_set_new(all, "submissions", submissions);
    json_object_set_new(all, "other_mailboxes", others);
    json_object_set_new(all, "asking",
                        r->asking.id ? json_pack("{s:I, s:o, s:o}", "attempts", (json_int_t)r->asking.attempts,
                                                 "last_error", text_or_null(r->asking.last_error), "next_at",
                                                 describe_instant(r->asking.due_at))
                                     : json_null());
    return all;
}

json_t *describe_desk_row(const struct desk_row *r)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:s, s:I, s:I, s:o, s:o, s:o, s:o}", "request", (json_int_t)r->id,
                     "order", r->code, "brand", r->brand, "state", r->state, "holder", r->holder, "name",
                     text_or_null(r->held_name), "plan", r->plan, "years", (json_int_t)r->years, "submissions",
                     (json_int_t)r->submissions, "sent_at", describe_instant(r->sent_at), "due_at",
                     describe_instant(r->due_at), "paid_at", describe_instant(r->paid_at), "error",
                     text_or_null(r->error));
}
