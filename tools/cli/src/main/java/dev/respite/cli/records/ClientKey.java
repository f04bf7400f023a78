package dev.respite.cli.records;

import dev.respite.cli.console.UsageException;
import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.store.StorageKey;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options with which a key that a client has sent names its record. */
final class ClientKey {

    @Option(
            names = "--scope",
            paramLabel = "SCOPE",
            description = "With --operation: KEY is the key that the client sent; the scope, such as the principal.")
    private Optional<String> scope = Optional.empty();

    @Option(
            names = "--principal",
            paramLabel = "PRINCIPAL",
            description = "The principal within the scope, if the scope is a tenant or another that is not shared.")
    private Optional<String> principal = Optional.empty();

    @Option(
            names = "--operation",
            paramLabel = "OPERATION",
            description = "With --scope: the operation, such as 'POST /payments'.")
    private Optional<String> operation = Optional.empty();

    /** Returns the name of a record. With both options the text is a client's key, with none it is the name itself. */
    StorageKey name(String key) {
        if (scope.isEmpty() && operation.isEmpty() && principal.isEmpty()) {
            return KeyName.read(key);
        }
        return hashed(key);
    }

    /** Returns the name of the record of a client's key. */
    StorageKey hashed(String key) {
        if (scope.isEmpty() || operation.isEmpty()) {
            throw new UsageException(
                    (scope.isEmpty() ? "--scope" : "--operation")
                            + " is missing: the name of a record is a hash of scope, operation and key",
                    "Give both, such as --scope shop --operation 'POST /payments'.");
        }
        try {
            return new Scope(scope.get(), principal)
                    .storageKey(operation.get(), IdempotencyKey.of(KeyName.unmarked(key)));
        } catch (IllegalArgumentException malformed) {
            throw new UsageException(
                    String.valueOf(malformed.getMessage()),
                    "Give scope, operation and key as the application has them.");
        }
    }
}
