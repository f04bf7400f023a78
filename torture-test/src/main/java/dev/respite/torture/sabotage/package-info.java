/** Replacements for the transactional mode, each without one protection, to check that the torture notices the fault. */
@NullMarked
package dev.respite.torture.sabotage;

import org.jspecify.annotations.NullMarked;
