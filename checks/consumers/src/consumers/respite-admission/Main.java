package consumer;

import dev.respite.admission.RetryAdmission;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;

/** Prints: false */
final class Main {

    private Main() {}

    static void main(String[] args) {
        // snippet docs/admission.md
        RetryAdmission admission = RetryAdmission.ofTimeout(Duration.ofSeconds(2));
        int attempt = RetryAdmission.attemptOf(Map.of("x-envoy-attempt-count", "2")::get);
        System.out.println("limit " + admission.queueLimit().toMillis() + " ms, attempt " + attempt);
        System.out.println(admission.admits(1, OptionalLong.of(300_000_000), 8));
        System.out.println(admission.admits(attempt, OptionalLong.of(300_000_000), 8));
        // end
    }
}
