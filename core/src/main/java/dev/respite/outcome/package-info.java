/**
 * The values that describe an attempt: what it produced, and what follows from that.
 *
 * <p>Start with {@link dev.respite.outcome.Outcome}: what an attempt produced. A {@link dev.respite.outcome.Classifier} maps it
 * to a {@link dev.respite.outcome.Verdict}, and a policy to a {@link dev.respite.outcome.Decision}. Everything here is immutable.
 */
@NullMarked
package dev.respite.outcome;

import org.jspecify.annotations.NullMarked;
