package dev.respite.idempotency.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.testsupport.Fuzz;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class FormFuzzTest {

    private static final int MAX_PARAMETERS = 10;

    private static final List<String> FORMS =
            List.of("amount=100&to=DE%2012", "a=1&a=2&b=", "=&a", "note=a+b%2B%26&x=%C3%A9", "");

    private static final List<String> TOKENS = List.of(
            "&", "=", "%", "%4", "%zz", "%-1", "%41", "%00", "+", "a=b", "&&", ";", "\u0000", "\ud800", "é", "\n");

    /** A form that has no problem can be merged, and its canonical form be computed. */
    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    void problem_spoiltForms_areFormsOrHaveAProblem() {
        Fuzz.run(Fuzz.inputs(5_000), FORMS, TOKENS, text -> {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            Optional<String> problem = Form.problem(body, text.length() % 2 == 0 ? null : "UTF-16", MAX_PARAMETERS);
            if (problem.isPresent()) {
                assertThat(problem.get()).hasSizeLessThan(200);
                throw new IllegalArgumentException(problem.get());
            }
            Map<String, String[]> parameters = Form.merged(Map.of("q", new String[] {"1"}), body, "UTF-8");
            assertThat(Canonical.parameters(parameters)).isNotEmpty();
        });
    }
}
