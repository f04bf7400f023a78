/**
 * The torture: processes that move money under idempotency keys, a client that retries, whoever tasks both, and the oracle
 * that counts afterwards. {@link dev.respite.torture.Torture} begins it, {@link dev.respite.torture.Worker} is what it tasks.
 */
@NullMarked
package dev.respite.torture;

import org.jspecify.annotations.NullMarked;
