/* test/flow/passing.h: VERDI on its way from Maria to Paola, step by step. */
#pragma once

#include "flow/fixture.h"
#include "shop/documents.h"
#include "shop/holder_change.h"

#define MARIA    "maria@posta.example"
#define PAOLA    "paola@posta.example"
#define PASSWORD "quattro gatti grigi"

extern const struct actor DESK;

struct stage {
    struct fixture *f;
    int64_t maria, box; /* the account that sees VERDI; VERDI */
    struct holder_change change; /* the newest */
    char session[TOKEN_TEXT];
    struct problems faults;
    struct problem why;
};

/* NULL where the engine cannot be had. */
struct stage *stage(void **state);

/* What Maria asks for, and asking it. */
struct holder_change_request asking(struct stage *s);
enum outcome ask(struct stage *s, const struct holder_change_request *r);
void must_ask(struct stage *s);

/* Of the newest mail to the new holder: the token at the end of a link. */
const char *link_in(struct stage *s, const char *template, const char *before);
/* What Paola answers to it, and answering. */
struct holder_change_answer answer(struct stage *s);
enum outcome do_accept(struct stage *s, const struct holder_change_answer *a);
void must_accept(struct stage *s);

/* A paper with a text, and sending them all to the desk. */
enum outcome put(struct stage *s, const char *slot, const char *text);
enum outcome do_send(struct stage *s);
void must_send(struct stage *s, const char *text); /* her identity card */

enum outcome decide(struct stage *s, int verdict, const char *reason, const struct actor *actor);

/* A renewal of VERDI that Maria orders. */
struct placed_order order_of_maria(struct stage *s);

const char *state_of(struct stage *s); /* of the change */
int64_t mails(struct stage *s, const char *template, const char *to);
/* Every mail of the way is made of what its row holds. */
void all_mails_go(struct stage *s);
