package dev.respite.stacks.idempotency.boot;

import dev.respite.spring.boot.idempotency.Idempotent;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpEntity;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** Methods that the annotation cannot be used with. */
@RestController
class BadEndpoints {

    @PostMapping("/bad/future")
    @Idempotent
    CompletableFuture<String> future() {
        return CompletableFuture.completedFuture("");
    }

    @PostMapping("/bad/callable")
    @Idempotent
    Callable<String> callable() {
        return () -> "";
    }

    @PostMapping("/bad/stream")
    @Idempotent
    ResponseEntity<StreamingResponseBody> stream() {
        return ResponseEntity.ok(out -> {});
    }

    @PostMapping("/bad/events")
    @Idempotent
    SseEmitter events() {
        return new SseEmitter();
    }

    @PostMapping(path = "/bad/params", params = "action=pay")
    @Idempotent
    String params() {
        return "";
    }

    @GetMapping("/bad/get")
    @Idempotent
    String get() {
        return "";
    }

    @RequestMapping("/bad/any")
    @Idempotent
    String any() {
        return "";
    }

    record Transfer(int amount, Account to) {}

    record Account(String iban) {}

    @PostMapping("/bad/pointer")
    @Idempotent(fingerprint = {"/amount", "/amout"})
    String pointer(@RequestBody Transfer transfer) {
        return "";
    }

    @PostMapping("/bad/nested-pointer")
    @Idempotent(fingerprint = "/0/to/ibn")
    String nestedPointer(HttpEntity<List<Transfer>> transfers) {
        return "";
    }

    @PostMapping("/bad/scope")
    @Idempotent(scope = "tenent")
    String scope() {
        return "";
    }

    @PostMapping("/bad/principal")
    @Idempotent(scope = "tenant")
    String principal() {
        return "";
    }

    @PostMapping("/bad/shared")
    @Idempotent(sharedScope = true)
    String shared() {
        return "";
    }

    @PostMapping("/bad/fingerprint")
    @Idempotent(fingerprint = "amount")
    String fingerprint() {
        return "";
    }

    @PostMapping("/bad/retention")
    @Idempotent(retention = "a week")
    String retention() {
        return "";
    }

    /** Without the annotation everything is allowed. */
    @PostMapping(path = "/good/future", params = "a=b")
    CompletableFuture<String> good() {
        return CompletableFuture.completedFuture("");
    }
}
