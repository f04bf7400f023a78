/**
 * The values that describe an attempt: its outcome, and the consequences.
 *
 * <p>Start with {@link dev.respite.outcome.Outcome}, the product of an attempt. A {@link dev.respite.outcome.Classifier} maps
 * it to a {@link dev.respite.outcome.Verdict}, and a policy to a {@link dev.respite.outcome.Decision}. Everything here is
 * immutable.
 */
@NullMarked
package dev.respite.outcome;

import org.jspecify.annotations.NullMarked;
