#include "store/person.h"
#include "base/text.h"
#include <string.h>
#include <talloc.h>

/* $1 the tax code, $2 the brand. Tax codes are search keys, so that each of these is a few points of an index. */
#define KEYED(about)                                                                                                   \
    "(SELECT k.id FROM search_key k WHERE k.about = '" about "' AND k.key = $1 AND ($2 = '' OR k.brand = $2))"
#define BOXES    KEYED("m")
#define ACCOUNTS KEYED("a")
#define ORDERS                                                                                                         \
    "(SELECT o.id FROM shop_order o WHERE o.account_id IN " ACCOUNTS " UNION SELECT o.id FROM order_line l JOIN "      \
    "shop_order o ON o.id = l.order_id WHERE l.mailbox_id IN " BOXES " AND o.billing_tax_code = $1 UNION SELECT b.id " \
    "FROM shop_order b WHERE b.billing_tax_code = $1 AND ($2 = '' OR b.brand = $2))"
#define CHANGES  "(SELECT c.id FROM holder_change c WHERE c.tax_code = $1 AND c.mailbox_id IN " BOXES ")"
#define REQUESTS "(SELECT r.id FROM activation_request r WHERE r.account_id IN " ACCOUNTS " AND r.tax_code = $1)"

static const struct part {
    const char *table, *columns, *where;
} PARTS[] = {
    {"holder",
     "id,brand,kind,name,tax_code,vat_number,contact_email,street,postcode,city,province,country,sdi_code,sdi_pec",
     "t.tax_code = $1 AND ($2 = '' OR t.brand = $2)"},
    {"mailbox",
     "id,brand,address,user_id,holder_id,account_id,plan,extra_gb,extra_archive_gb,used_mb,quota_mb,status,"
     "activated_on,first_expires_on,expires_on,send_until,receive_until,read_until,renew_until,auto_renew,convention,"
     "domain",
     "t.id IN " BOXES},
    {"account", "id,brand,email,user_name,name,language,created_at,proved_at", "t.id IN " ACCOUNTS},
    {"account_profile",
     "account_id,kind,phone,tax_code,vat_number,street,postcode,city,province,country,sdi_code,sdi_pec,privacy_version,"
     "privacy_at,changed_at",
     "t.account_id IN " ACCOUNTS},
    {"session", "brand,account_id,mailbox_id,created_at,seen_at",
     "t.account_id IN " ACCOUNTS " OR t.mailbox_id IN " BOXES},
    {"instrument", "id,brand,account_id,provider,label,last4,exp_month,exp_year,created_at,removed_at",
     "t.account_id IN " ACCOUNTS},
    {"shop_order",
     "id,brand,code,kind,state,mailbox_id,door,net_cents,vat_cents,gross_cents,payment_method,terms_version,"
     "billing_kind,billing_name,billing_tax_code,billing_vat_number,billing_street,billing_postcode,billing_city,"
     "billing_province,billing_country,billing_sdi_code,billing_sdi_pec,billing_email,confirmed_at,settled_at,"
     "settled_on,cancelled_at",
     "t.id IN " ORDERS},
    {"order_line",
     "order_id,line,kind,mailbox_id,description,quantity,net_cents,plan,years,old_expires_on,new_expires_on,"
     "fulfilled_at",
     "t.order_id IN " ORDERS},
    {"payment", "id,order_id,key,method,state,amount_cents,created_at,authorised_at", "t.order_id IN " ORDERS},
    {"bank_entry", "id,order_id,amount_cents,booked_on,debtor,debtor_iban,remittance,state", "t.order_id IN " ORDERS},
    {"refund", "id,order_id,destination,amount_cents,iban,payee,state,reason,created_at,done_at",
     "t.order_id IN " ORDERS},
    {"cheque", "id,order_id,kind,number,drawer,amount_cents,state,received_on", "t.order_id IN " ORDERS},
    {"proof", "id,order_id,channel,file_name,file_sha256,state,reason,received_at,decided_at", "t.order_id IN " ORDERS},
    {"invoice", "id,brand,year,number,kind,order_id,issued_on,net_cents,vat_cents,gross_cents",
     "t.order_id IN " ORDERS},
    {"withdrawal", "id,order_id,asked_at,sent_on,days_used,kept_cents", "t.order_id IN " ORDERS},
    {"wallet_entry", "id,account_id,kind,amount_cents,balance_cents,at", "t.account_id IN " ACCOUNTS},
    {"mandate",
     "id,brand,mailbox_id,method,state,years,plan,agreed_cents,consent_version,consented_at,consented_door,ended_at",
     "t.mailbox_id IN " BOXES},
    {"charge_warning", "mailbox_id,expires_on,kind,sent_on,recipient,charge_on,amount_cents", "t.mailbox_id IN " BOXES},
    {"price_told", "id,mandate_id,change_id,told_on",
     "t.mandate_id IN (SELECT d.id FROM mandate d WHERE d.mailbox_id IN " BOXES ")"},
    {"notice", "id,mailbox_id,expires_on,event,template,state,sent_to,copy_to,sent_at", "t.mailbox_id IN " BOXES},
    {"plan_change", "id,order_id,mailbox_id,state,old_plan,new_plan,consent,consent_text,ordered_at,done_at",
     "t.order_id IN " ORDERS},
    {"activation_request",
     "id,brand,state,plan,years,kind,name,tax_code,vat_number,street,postcode,city,province,country,contact_email,"
     "phone,"
     "signer_name,signer_tax_code,name_1,name_2,name_3,start_now,order_id,mailbox_id,created_at,paid_at",
     "t.id IN " REQUESTS},
    {"submission", "id,request_id,change_id,number,state,sent_at,reason,note,identity_expires_on,decided_at",
     "t.request_id IN " REQUESTS " OR t.change_id IN " CHANGES},
    {"document", "id,request_id,change_id,slot,file_name,file_sha256,signature,signer,added_at,purged_at",
     "t.request_id IN " REQUESTS " OR t.change_id IN " CHANGES},
    {"holder_change",
     "id,brand,mailbox_id,state,kind,name,tax_code,vat_number,street,postcode,city,province,country,sdi_code,sdi_pec,"
     "contact_email,phone,signer_name,signer_tax_code,terms_version,asked_at,accepted_at,ended_at",
     "t.id IN " CHANGES},
    {"member", "id,brand,convention,tax_code,name,surname,enrolment_no,mailbox_id,status,joined_on,left_on",
     "t.mailbox_id IN " BOXES " AND t.tax_code = $1"},
    {"termination", "mailbox_id,stops_on,given_at", "t.mailbox_id IN " BOXES},
    {"legal_hold", "mailbox_id,reason,set_at", "t.mailbox_id IN " BOXES},
    {"mailbox_hold", "id,mailbox_id,stops_deletion,stops_renewal,reason,until_on,set_at,lifted_at",
     "t.mailbox_id IN " BOXES},
    {"suspension", "mailbox_id,reason,set_at", "t.mailbox_id IN " BOXES},
    {"desk_note", "id,mailbox_id,account_id,order_id,body,written_at",
     "t.mailbox_id IN " BOXES " OR t.account_id IN " ACCOUNTS " OR t.order_id IN " ORDERS},
    {"event", "id,at,brand,door,kind,order_id,mailbox_id,data", "t.mailbox_id IN " BOXES " OR t.order_id IN " ORDERS},
    {"event_said", "event_id,data",
     "t.account_id IN " ACCOUNTS " OR t.event_id IN (SELECT e.id FROM event e WHERE e.mailbox_id IN " BOXES
     " OR e.order_id IN " ORDERS ")"},
};

/* One JSON object a row, made by the engine: both have the function, by another name. */
static char *text_of(struct db_tx *tx, void *mem, const struct part *p)
{
    struct text_buffer out = text_buffer(mem);
    const char *column = p->columns;

    text_put_format(&out, "SELECT CAST(%s(", db_tx_engine(tx) == DB_SQLITE ? "json_object" : "json_build_object");
    while (*column) {
        int length = (int)strcspn(column, ",");

        text_put_format(&out, "%s'%.*s', t.%.*s", column == p->columns ? "" : ", ", length, column, length, column);
        column += length + (column[length] == ',');
    }
    text_put_format(&out, ") AS TEXT) FROM %s t WHERE (%s) AND $1 <> '' AND $2 = $2 ORDER BY 1", p->table, p->where);
    return out.bytes;
}

struct row {
    char *text;
    json_t *list;
};

static enum outcome add(struct db_tx *tx, void *row, void *arg)
{
    json_t *object = json_loads(((struct row *)row)->text, 0, NULL);

    (void)tx;
    return object && json_array_append_new(arg, object) == 0 ? DONE : BROKEN;
}

enum outcome person_rows(struct db_tx *tx, void *mem, const char *tax_code, const char *brand, json_t **rows)
{
    static const struct db_column ROW[] = {DB_TEXT(struct row, text), DB_END};
    json_t *all = json_object();
    enum outcome o = DONE;

    for (size_t i = 0; i < count_of(PARTS) && o == DONE; i++) {
        json_t *list = json_array();
        struct row row;

        json_object_set_new(all, PARTS[i].table, list);
        o = db_each(tx, mem, ROW, &row, add, list, text_of(tx, mem, &PARTS[i]), db_text(tax_code), db_text(brand));
        if (json_array_size(list) == 0)
            json_object_del(all, PARTS[i].table);
    }
    if (o == DONE)
        *rows = all;
    else
        json_decref(all);
    return o;
}

enum outcome person_files(struct db_tx *tx, void *mem, const char *tax_code, const char *brand,
                          struct person_file **files, size_t *count)
{
    static const struct db_column FILE_[] = {DB_TEXT(struct person_file, sha256), DB_TEXT(struct person_file, name),
                                             DB_TEXT(struct person_file, slot), DB_END};

    return db_all(tx, mem, FILE_, files, count,
                  "SELECT d.file_sha256, d.file_name, d.slot FROM document d WHERE d.purged_at IS NULL AND "
                  "(d.request_id IN " REQUESTS " OR d.change_id IN " CHANGES ") ORDER BY d.id",
                  db_text(tax_code), db_text(brand));
}
