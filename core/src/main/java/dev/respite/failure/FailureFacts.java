package dev.respite.failure;

import java.util.List;

/**
 * Reads facts from the exceptions of one library: an SPI for libraries without built-in rows. {@link java.util.ServiceLoader}
 * finds it through the class loader (or module layer) of Respite's core.
 *
 * <pre>{@code
 * public final class AcmeFacts implements FailureFacts {
 *     public List<FailureFact> of(Throwable failure) {
 *         return failure instanceof AcmeException acme ? List.of(new FailureFact.HttpStatus(acme.status())) : List.of();
 *     }
 * }
 * }</pre>
 *
 * <p>Implementations have a public constructor without parameters, are pure, quick and safe for use by any number of threads.
 * They precede the built-in table, so they can correct it. An implementation that throws states no fact.
 */
@FunctionalInterface
public interface FailureFacts {

    /**
     * The facts that a throwable itself states. The caller follows the causes.
     *
     * @param failure the throwable
     * @return its facts, the most significant first; empty if it is of no interest
     */
    List<FailureFact> of(Throwable failure);
}
