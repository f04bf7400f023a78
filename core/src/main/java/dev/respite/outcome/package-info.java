/**
 * The values that an attempt is described by, from what it produced to what follows from that.
 *
 * <p>The way in is {@link dev.respite.outcome.Outcome}: what an attempt produced. A {@link dev.respite.outcome.Classifier} makes a {@link
 * dev.respite.outcome.Verdict} of it, and a policy a {@link dev.respite.outcome.Decision}. Everything here is immutable.
 */
@NullMarked
package dev.respite.outcome;

import org.jspecify.annotations.NullMarked;
