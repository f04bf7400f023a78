/**
 * The facts that a failure of any library states: an HTTP status, an SQLState, a gRPC code, that nothing was sent, that time
 * was up.
 *
 * <p>Start with {@link dev.respite.failure.FailureFact}. Classes of known libraries are rows of
 * tables, by name, so no library is needed. An application adds the exceptions of another library by implementing {@link
 * dev.respite.failure.FailureFacts}.
 */
@NullMarked
package dev.respite.failure;

import org.jspecify.annotations.NullMarked;
