package dev.respite.stacks.idempotency.boot;

import dev.respite.spring.boot.idempotency.Idempotent;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import reactor.core.publisher.Mono;

/** Methods with a key that cannot work, and one that can. */
class BadMethods {

    @Idempotent(key = "#id")
    String good(String id) {
        return id;
    }

    @Idempotent
    String keyless(String id) {
        return id;
    }

    @Idempotent(key = "#id")
    CompletableFuture<String> future(String id) {
        return CompletableFuture.completedFuture(id);
    }

    @Idempotent(key = "#id")
    Mono<String> publisher(String id) {
        return Mono.just(id);
    }

    @Idempotent(key = "#id")
    Stream<String> stream(String id) {
        return Stream.of(id);
    }

    @Idempotent(key = "#id")
    Iterator<String> iterator(String id) {
        return Stream.of(id).iterator();
    }

    @Idempotent(key = "#id")
    Object untyped(String id) {
        return id;
    }

    @Idempotent(key = "#id")
    final String fixed(String id) {
        return id;
    }

    @Idempotent(key = "#id")
    static String shared(String id) {
        return id;
    }

    @Idempotent(key = "#id")
    private String hidden(String id) {
        return id;
    }

    @Idempotent(key = "#id")
    String overloaded(String id) {
        return hidden(id);
    }

    @Idempotent(key = "#id")
    String overloaded(long id) {
        return "" + id;
    }

    @Idempotent(key = "#id", scope = "tenant")
    String scoped(String id) {
        return id;
    }

    @Idempotent(key = "#id", sharedScope = true)
    String sharing(String id) {
        return id;
    }

    @Idempotent(key = "#id", replayAuthorizer = "rule")
    String authorized(String id) {
        return id;
    }

    @Idempotent(key = "#order.id")
    String unknownParameter(String id) {
        return id;
    }

    @Idempotent(key = "id")
    String withoutParameter(String id) {
        return id;
    }

    @Idempotent(key = "#id.")
    String unparsed(String id) {
        return id;
    }

    @Idempotent(key = "#id", fingerprint = "/order/amount")
    String unknownPart(String id) {
        return id;
    }

    @Idempotent(key = "#id", fingerprint = "id")
    String noPointer(String id) {
        return id;
    }

    @Idempotent(key = "#id", retention = "a week")
    String retained(String id) {
        return id;
    }

    @Idempotent(key = "#id")
    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public String apart(String id) {
        return id;
    }

    @Idempotent(key = "#id")
    @Transactional(propagation = Propagation.NOT_SUPPORTED)
    public String without(String id) {
        return id;
    }

    @Idempotent(key = "#id")
    @Transactional(readOnly = true)
    public String reading(String id) {
        return id;
    }

    @Idempotent(key = "#id")
    @Transactional(transactionManager = "other")
    public String elsewhere(String id) {
        return id;
    }
}
