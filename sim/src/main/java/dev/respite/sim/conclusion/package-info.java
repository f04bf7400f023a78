/**
 * Draws conclusions from a comparison for the choice of a policy, in one or two sentences.
 *
 * <p>Start with {@link dev.respite.sim.conclusion.Conclusion#of(java.util.List)}.
 */
@NullMarked
package dev.respite.sim.conclusion;

import org.jspecify.annotations.NullMarked;
