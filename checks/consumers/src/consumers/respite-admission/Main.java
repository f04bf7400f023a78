package consumer;

import dev.respite.admission.RetryAdmission;
import java.time.Duration;
import java.util.OptionalLong;

/** Prints: false */
final class Main {

    private Main() {}

    static void main(String[] args) {
        // snippet docs/admission.md
        RetryAdmission admission = RetryAdmission.ofTimeout(Duration.ofSeconds(2));
        System.out.println(admission.admits(2, OptionalLong.of(300_000_000), 8));
        // end
    }
}
