package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.testsupport.Fuzz;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A short run of what {@code bin/fuzz} does at length. */
class ParserFuzzTest {

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    void run_spoiltInputs_meetsNoExceptionButTheDocumentedOne() {
        // The same inputs each time: what only some seeds find is for the long run to find.
        long inputs = Fuzz.inputs(30_000);
        ParserFuzz.Report report = ParserFuzz.run(inputs, Fuzz.seed());

        System.out.println(report);
        assertThat(report.policies() + report.hints() + report.dates()).isEqualTo(inputs);
        assertThat(report.refused())
                .as("both valid and refused policies are met")
                .isBetween(inputs / 30, inputs * 33 / 100);
        assertThat(report.waits())
                .as("hints with a wait and without are met")
                .isBetween(inputs / 30, inputs * 33 / 100);
        assertThat(report.instants()).as("dates and what is none are met").isBetween(inputs / 30, inputs * 33 / 100);
    }

    @Test
    void run_sameSeed_isTheSameRun() {
        assertThat(ParserFuzz.run(3_000, 7)).isEqualTo(ParserFuzz.run(3_000, 7));
    }
}
