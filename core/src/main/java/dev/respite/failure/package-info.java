/**
 * The facts that a failure of any library states: an HTTP status, an SQLState, a gRPC code, that nothing was sent, that time
 * was up.
 *
 * <p>Start with {@link dev.respite.failure.FailureFact}. To add the exceptions of another library, implement {@link
 * dev.respite.failure.FailureFacts}. Classes of other libraries are recognized by name, so no library is needed.
 */
@NullMarked
package dev.respite.failure;

import org.jspecify.annotations.NullMarked;
