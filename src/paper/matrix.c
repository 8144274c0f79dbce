/* paper/matrix.c: Data Matrix symbols by libdmtx. */
#include "paper/matrix.h"
#include "base/log.h"
#include "rules/code.h"
#include <dmtx.h>
#include <string.h>
#include <talloc.h>

#define DIGITS_LIMIT 98 /* 49 words of two digits */

static enum outcome broken(const char *digits)
{
    return log_broken("matrix.encode", LOG_INT("length", strlen(digits)));
}

enum outcome matrix_encode(void *mem, const char *digits, struct symbol *symbol)
{
    size_t length = strlen(digits);
    unsigned char *bytes, *dark;
    DmtxEncode *encoder;

    if (length == 0 || length > DIGITS_LIMIT || !code_is_digits(digits, length))
        return broken(digits);
    encoder = dmtxEncodeCreate();
    if (!encoder)
        return broken(digits);
    dmtxEncodeSetProp(encoder, DmtxPropSizeRequest, DmtxSymbol16x48);
    dmtxEncodeSetProp(encoder, DmtxPropScheme, DmtxSchemeAscii); /* two digits a word */
    dmtxEncodeSetProp(encoder, DmtxPropModuleSize, 1); /* its own picture of the symbol, which we do not take */
    dmtxEncodeSetProp(encoder, DmtxPropMarginSize, 0);
    bytes = (unsigned char *)talloc_strdup(mem, digits);
    if (dmtxEncodeDataMatrix(encoder, (int)length, bytes) != DmtxPass) {
        dmtxEncodeDestroy(&encoder);
        return broken(digits);
    }
    dark = talloc_array(mem, unsigned char, MATRIX_WIDTH *MATRIX_HEIGHT);
    for (int row = 0; row < MATRIX_HEIGHT; row++) /* it counts rows from the bottom */
        for (int column = 0; column < MATRIX_WIDTH; column++)
            dark[row * MATRIX_WIDTH + column] =
                (dmtxSymbolModuleStatus(encoder->message, DmtxSymbol16x48, MATRIX_HEIGHT - 1 - row, column) &
                 DmtxModuleOn) != 0;
    *symbol = (struct symbol){MATRIX_WIDTH, MATRIX_HEIGHT, dark};
    dmtxEncodeDestroy(&encoder);
    talloc_free(bytes);
    return DONE;
}
