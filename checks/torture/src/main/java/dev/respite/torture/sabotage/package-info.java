/**
 * Replacements for the transactional mode and for the effects of durable calls, each without one protection, to check that the
 * torture notices the fault.
 */
@NullMarked
package dev.respite.torture.sabotage;

import org.jspecify.annotations.NullMarked;
