/**
 * Tests idempotency under faults: worker processes that move money under idempotency keys, clients that retry, a fault
 * injector, and a check of the ledger. {@link dev.respite.torture.Torture} is the program, {@link dev.respite.torture.Worker}
 * the process under test; {@link dev.respite.torture.durable} has the mode of durable calls.
 */
@NullMarked
package dev.respite.torture;

import org.jspecify.annotations.NullMarked;
