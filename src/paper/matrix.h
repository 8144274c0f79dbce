/* paper/matrix.h: Data Matrix symbols (ECC 200, ISO/IEC 16022), as postal slips carry them (PAYMENTS §8.4). */
#pragma once

#include "base/outcome.h"
#include "paper/sheet.h"

#define MATRIX_WIDTH  48
#define MATRIX_HEIGHT 16

/* The symbol of 16 x 48 modules, without quiet zone; up to 98 digits. BROKEN when they are no digits or too many: whoever
 * made them has checked. `dark` is owned by `mem`. */
enum outcome matrix_encode(void *mem, const char *digits, struct symbol *symbol) must_check;
