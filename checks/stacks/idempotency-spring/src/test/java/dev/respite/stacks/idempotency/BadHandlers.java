package dev.respite.stacks.idempotency;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** Handlers that answer after they have returned. */
@RestController
class BadHandlers {

    private final Entries entries;

    BadHandlers(Entries entries) {
        this.entries = entries;
    }

    @PostMapping("/late/deferred")
    DeferredResult<String> deferred(@RequestBody String item) {
        DeferredResult<String> result = new DeferredResult<>();
        result.setResult("order " + add(item));
        return result;
    }

    @PostMapping("/late/future")
    CompletableFuture<String> future(@RequestBody String item) {
        return CompletableFuture.completedFuture("order " + add(item));
    }

    @PostMapping("/late/entity")
    ResponseEntity<StreamingResponseBody> stream(@RequestBody String item) {
        long number = add(item);
        return ResponseEntity.ok(out -> out.write(("order " + number).getBytes(StandardCharsets.UTF_8)));
    }

    @PostMapping("/late/callable")
    Callable<String> callable(@RequestBody String item) {
        return () -> "order " + add(item);
    }

    @PostMapping("/late/task")
    WebAsyncTask<String> task(@RequestBody String item) {
        return new WebAsyncTask<>(() -> "order " + add(item));
    }

    @PostMapping("/late/events")
    SseEmitter events(@RequestBody String item) {
        add(item);
        SseEmitter events = new SseEmitter();
        events.complete();
        return events;
    }

    private long add(String item) {
        return entries.add(item);
    }
}
